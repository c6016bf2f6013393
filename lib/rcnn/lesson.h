/*
 * What the box head is to learn of a batch: regions sampled from the proposals
 * and the truths (targets.h), by the device where that can, so that nobody
 * waits for it; else by the host. They are the same but for rounding.
 */
#ifndef RCNN_LESSON_H
#define RCNN_LESSON_H

#include "rcnn/examples.h"
#include "rcnn/model.h"

/* All on the device: see struct nn_choice. The device's has rows that count
 * nothing where there are fewer regions than asked for. */
struct rcnn_lesson {
	int rows;                   /* 0: there is nothing to learn */
	struct nn_tensor *roi, *at; /* for rcnn_head */
	struct nn_tensor *label;    /* rows */
	struct nn_tensor *share;    /* rows: 1 / regions */
	struct nn_tensor *place;    /* of the deltas that learn, */
	struct nn_tensor *delta;    /* what they should be, */
	struct nn_tensor *part;     /* and the shares of their regions */
	struct nn_tensor *tally;    /* 2: objects, regions */
};

/* Of the examples of a batch, whose features f are. */
void rcnn_lesson(struct rcnn_model *m, struct nn_tape *t,
	const struct rcnn_features *f, const struct rcnn_examples *x,
	struct rcnn_lesson *l);

#endif
