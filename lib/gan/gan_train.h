/*
 * A training run from its start, or its checkpoint, to its end. Whoever runs
 * it brings the pictures and takes what comes.
 *
 *	struct gan_loop how = {.images = 100000, .save_every = 6400, ...};
 *	struct gan gan;
 *	if (gan_start(&gan, &wish, &labels, be, "out/model.safetensors", true,
 *		    e))
 *		return -1;
 *	bad = gan_train(&gan, &how, e);
 *	gan_release(&gan);
 */
#ifndef GAN_GAN_TRAIN_H
#define GAN_GAN_TRAIN_H

#include "gan/gan_plan.h"
#include "gan/gan_step.h"

/*
 * Networks for a run: those of the checkpoint in `model`, if it is there, else
 * new ones. ERR_CREATE when it is there and resume is false, so that no run
 * overwrites another. m->run.steps is 0 for a new one. labels may be NULL;
 * a checkpoint must have the same.
 */
int gan_start(struct gan *m, const struct gan_wish *wish,
	const struct gan_labels *labels, struct nn_backend *be,
	const char *model, bool resume, struct err *e);

struct gan_loop {
	const char *model; /* where checkpoints are written */
	const char *best;  /* and the one of the lowest score; NULL: none */
	int keep;          /* so many of the last ones are kept: gan/ring.h */
	int64_t images;    /* stop when so many were shown to D */
	int64_t save_every, sample_every, score_every; /* images; 0: never */

	const uint8_t *store; /* of a gan_batch */
	/* Which pictures, at most b->n, come after `seen`, and their labels,
	 * into b; how many. */
	int (*batch)(void *to, int64_t seen, struct gan_batch *b);
	/* A step was made; the next may be asked for already. */
	int (*report)(void *to, const struct gan_report *r, struct err *e);
	/* Time to draw samples. */
	int (*sample)(void *to, struct err *e);
	/* Time to measure on held-out pictures: the lower the better. */
	int (*score)(void *to, double *score, struct err *e);
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
