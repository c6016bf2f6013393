/*
 * The four losses of training, as Detectron weighs them, and the step that
 * follows.
 */
#ifndef RCNN_OBJECTIVE_H
#define RCNN_OBJECTIVE_H

#include "nn/need.h"
#include "rcnn/model.h"

/* What is known of a picture of a batch. */
struct rcnn_example {
	struct rcnn_view view;
	const struct rcnn_truth *truth; /* in pixels of the original */
	int ntruths;
};

struct rcnn_losses {
	float rpn_cls, rpn_box, cls, box;
	float total;
	float accuracy; /* share of regions whose class is right */
	int fg, regions;
};

/*
 * Forward, losses and gradients (added to those of the parameters) of n
 * examples, x: n h w 3. Random choices depend on (RNG_SEED, step) only.
 */
void rcnn_losses(struct rcnn_model *m, struct nn_tape *t, struct nn_tensor *x,
	const struct rcnn_example *example, int64_t step,
	struct rcnn_losses *out);

/* The losses alone, of n pictures whose features are there and stay: in a
 * validation, on a tape that does not record. */
void rcnn_losses_of(struct rcnn_model *m, struct nn_tape *t,
	const struct rcnn_features *f, const struct rcnn_example *example,
	int n, int64_t step, struct rcnn_losses *out);

/* The memory that steps of n pictures of h x w need at most. */
struct nn_need rcnn_losses_need(
	struct rcnn_model *m, struct nn_tape *t, int n, int h, int w);

/*
 * Change the parameters by their gradients, at iteration `step` of the
 * schedule. ERR_DATA when a loss or the gradient is not finite, naming it;
 * nothing is changed then. *norm is the length of the gradient.
 */
int rcnn_update(struct rcnn_model *m, const struct rcnn_losses *l, int64_t step,
	double *norm, struct err *e);

#endif
