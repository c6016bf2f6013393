/*
 * A training run from its start, or its checkpoint, to its end. Whoever runs
 * it brings the pictures and takes what comes.
 *
 *	struct gan_wish w = {.seed = -1, .batch = 32};
 *	struct gan_loop how = {.images = 100000, .save_every = 6400, ...};
 *	struct gan gan;
 *	if (gan_start(&gan, &w, be, "out/model.safetensors", true, e))
 *		return -1;
 *	bad = gan_train(&gan, &how, e);
 *	gan_release(&gan);
 */
#ifndef GAN_GAN_TRAIN_H
#define GAN_GAN_TRAIN_H

#include "gan/gan_step.h"

/* What somebody wants of a run. 0 or NULL, and -1 for the seed: no matter. */
struct gan_wish {
	const char *preset;
	int64_t width, height, ngf, ndf, batch, seed;
};

/*
 * A run by a preset's values and the wishes; old is NULL. Or, where one goes
 * on, by its checkpoint's, with which no wish may disagree. ERR_USAGE, by the
 * names of dcgan-train's options, for what does not go.
 */
int gan_plan(struct gan_run *run, const struct gan_wish *wish,
	const struct gan_run *old, struct err *e);

/*
 * Networks for a run: those of the checkpoint in `model`, if it is there, else
 * new ones. ERR_CREATE when it is there and resume is false, so that no run
 * overwrites another. m->run.steps is 0 for a new one.
 */
int gan_start(struct gan *m, const struct gan_wish *wish, struct nn_backend *be,
	const char *model, bool resume, struct err *e);

struct gan_loop {
	const char *model; /* where checkpoints are written */
	int64_t images;    /* stop when so many were shown to D */
	int64_t save_every, sample_every; /* images */

	/* At most max pictures after `seen`, n h w 3 from -1 to 1; how many. */
	int (*batch)(void *to, int64_t seen, int max, float *real);
	/* A step of n pictures was made. */
	int (*report)(
		void *to, const struct gan_report *r, int n, struct err *e);
	/* Time to draw samples. */
	int (*sample)(void *to, struct err *e);
	void *to;

	/* Asked between steps: shall it end, or write a checkpoint now? */
	bool (*stopped)(void);
	bool (*save_asked)(void);
};

/*
 * Step after step until enough was shown, it is stopped, or fails; ends with a
 * checkpoint, except after a failure, when the last good one stays. A run that
 * is stopped and started again makes the same steps as one that isn't.
 */
int gan_train(struct gan *m, const struct gan_loop *how, struct err *e);

#endif
