/*
 * What a training run is to be: a preset's values and the user's wishes, or,
 * where a run goes on, its checkpoint's, with which no wish may disagree.
 *
 *	struct gan_wish w = {.preset = "pytorch", .seed = -1, .batch = 32};
 *	struct gan_run run;
 *	bad = gan_plan(&run, &w, NULL, e);
 */
#ifndef GAN_GAN_PLAN_H
#define GAN_GAN_PLAN_H

#include "gan/gan_step.h"

/* 0 or NULL, and -1 for the seed: no matter. */
struct gan_wish {
	const char *preset;
	int64_t width, height, ngf, ndf, batch, seed;
};

/* old: the checkpoint's, or NULL. ERR_USAGE, by the names of dcgan-train's
 * options, for what the preset cannot do or the checkpoint has otherwise. */
int gan_plan(struct gan_run *run, const struct gan_wish *wish,
	const struct gan_run *old, struct err *e);

#endif
