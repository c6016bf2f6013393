/* What the files of the trainer share and nobody else sees. */
#ifndef APP_TRAINER_INT_H
#define APP_TRAINER_INT_H

#include "app/trainer.h"

/* ---- trainer_begin.c ---- */

/* The weights that a run begins with where there is no checkpoint: random
 * ones, and what TRAIN.WEIGHTS has of them. */
int trainer_start_weights(struct trainer *t, struct err *e);

/* ---- trainer_step.c ---- */

/* What one step said. */
struct trainer_step {
	struct rcnn_losses losses;
	double norm;  /* of the gradient */
	int pictures; /* 0: it was passed over */
};

/*
 * The next batch: learnt, or passed over. With `on`, another step follows at
 * once, before anybody looks at the weights: on a device it may then be asked
 * for already, so that the device need not wait for the host, and t->nasked is
 * 1 afterwards.
 */
int trainer_step(
	struct trainer *t, bool on, struct trainer_step *s, struct err *e);

/* ---- trainer_rescue.c ---- */

/*
 * The batch gave what is no number, as e says, and nothing was changed by it:
 * tell it, and let the run go on without. After TRAIN.MAX_SKIPS in a row the
 * weights themselves are no good, and those of the newest checkpoint are taken
 * again, of an older one the next time, in the end the beginning's. -1 when
 * that was of no use either.
 */
int trainer_pass_over(struct trainer *t, struct err *e);

/* ---- trainer_save.c ---- */

/* The weights at the end, and those of the best validation. */
#define TRAINER_FINAL "model_final.safetensors"
#define TRAINER_BEST "model_best.safetensors"

/* OUTPUT_DIR/name */
char *trainer_file(const struct trainer *t, struct arena *a, const char *name);
/* The newest model_iterN.safetensors in OUTPUT_DIR, or NULL. */
char *trainer_newest(const struct trainer *t, struct arena *a);
/* The N of the newest of this run whose N is less than a limit; 0: there is
 * none. */
int64_t trainer_newest_before(const struct trainer *t, int64_t limit);
/* Its name, with the folder. */
char *trainer_checkpoint_path(
	const struct trainer *t, struct arena *a, int64_t iteration);
/* Remove those that are more than are to be kept, the oldest, of iterations
 * that the run has reached. */
void trainer_thin_out(struct trainer *t);
/* Remove what runs that were killed had begun to write. */
void trainer_sweep(const struct trainer *t);
/* Write a checkpoint, and remove those that are more than are to be kept. */
int trainer_checkpoint(struct trainer *t, struct err *e);
/* The weights alone, the averages of them where there are any, under a name in
 * OUTPUT_DIR. */
int trainer_save_weights(struct trainer *t, const char *name, struct err *e);

/* ---- trainer_rate.c ---- */

/* Validate, in the first process, and tell the others; keep the weights when
 * none were better. */
int trainer_rate(struct trainer *t, struct err *e);
/* Whether so many validations brought nothing better that it is to end. */
bool trainer_tired(const struct trainer *t);

#endif
