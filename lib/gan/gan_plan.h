/*
 * What somebody wants of a run, by the names of dcgan-train's options, and
 * what it will be: a preset's values but for the wishes.
 */
#ifndef GAN_GAN_PLAN_H
#define GAN_GAN_PLAN_H

#include "gan/preset.h"

/* NULL, and -1 for numbers: no matter. Begin with gan_no_wish. */
struct gan_wish {
	const char *preset, *latent, *loss;
	const char *r1, *r2; /* a number or "auto" */
	const char *augment; /* the same */
	int64_t width, height, nz, ngf, ndf, batch, seed, span;
	int64_t d_norm, upsample, ema, flip, colour; /* 1 or 0 */
	double lr_g, lr_d, lr_end;
};
extern const struct gan_wish gan_no_wish;

/*
 * A run by a preset's values and the wishes, to learn from pictures with so
 * many labels; old is NULL. Or, where one goes on, by its checkpoint's, with
 * which no wish may disagree. ERR_USAGE, by the names of the options, for what
 * does not go.
 */
int gan_plan(struct gan_run *run, const struct gan_wish *wish, int64_t labels,
	const struct gan_run *old, struct err *e);

/* Whether anything of a run depends on its span: rates or penalties that fall,
 * labels that come in. */
bool gan_plan_falls(const struct gan_run *run);

#endif
