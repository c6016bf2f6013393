/*
 * The four losses of training, as Detectron weighs them, and the step that
 * follows.
 */
#ifndef RCNN_OBJECTIVE_H
#define RCNN_OBJECTIVE_H

#include "nn/readback.h"
#include "nn/footprint.h"
#include "rcnn/lesson.h"

struct rcnn_losses {
	float rpn_cls, rpn_box, cls, box;
	float total;
	float accuracy; /* share of regions whose class is right */
	int fg, regions;
};

/* A step that is asked for; until the tape is reset. */
struct rcnn_step {
	struct rcnn_model *m;
	struct nn_tape *t;
	struct nn_tensor
		*told; /* the losses by term, and their sum, as doubles */
	struct rcnn_lesson lesson;
	const struct nn_tensor *logits; /* the head's, of the lesson; or NULL */
};

/* What a step tells. Where the memory is the host's, it lies there until the
 * tape is reset; else it stays until the next is told by the same readback. */
enum { RCNN_TOLD, RCNN_TALLY, RCNN_LABEL, RCNN_LOGITS, RCNN_NORM, RCNN_LINES };
struct rcnn_readback {
	struct nn_readback readback; /* the caller makes and releases it */
	struct nn_line line[RCNN_LINES];
	int64_t rows, classes; /* of the logits */
};

/*
 * A step is asked for, all of it, and told afterwards, so that a device is
 * waited for only then: the next step may be asked for before.
 *
 *	rcnn_losses(&m, &tape, x, example, i, &s);
 *	rcnn_update(&s, i);
 *	rcnn_tell(&s, &readback);
 *	... what there is to do meanwhile ...
 *	bad = rcnn_told(&readback, &losses, &norm, e);
 *
 * rcnn_losses: forward, losses and gradients (added to those of the
 * parameters) of n examples, x: n h w 3. Random choices depend on (RNG_SEED,
 * step) only.
 */
void rcnn_losses(struct rcnn_model *m, struct nn_tape *t, struct nn_tensor *x,
	const struct rcnn_example *example, int64_t step, struct rcnn_step *s);

/* Change the parameters by their gradients, at iteration `step` of the
 * schedule; but nothing, when a loss or the gradient is not finite. Gradients
 * and losses are the mean of all ranks' (nn/ranks.h) from then on. */
void rcnn_update(const struct rcnn_step *s, int64_t step);

/* Have it told what came of it, after rcnn_update. */
void rcnn_tell(const struct rcnn_step *s, struct rcnn_readback *to);

/* Waits for that. *norm is the length of the gradient. ERR_DATA when a loss
 * or the gradient is not finite, naming it. */
int rcnn_told(const struct rcnn_readback *from, struct rcnn_losses *out,
	double *norm, struct err *e);

/* The losses alone, of n pictures whose features are there and stay: in a
 * validation, on a tape that does not record. */
void rcnn_losses_of(struct rcnn_model *m, struct nn_tape *t,
	const struct rcnn_features *f, const struct rcnn_example *example,
	int n, int64_t step, struct rcnn_losses *out);

/* The memory that steps of n pictures of h x w need at most. */
struct nn_footprint rcnn_losses_footprint(
	struct rcnn_model *m, struct nn_tape *t, int n, int h, int w);

#endif
