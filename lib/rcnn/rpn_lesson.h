/*
 * What the proposal network is to learn of a batch: anchors sampled by what
 * they overlap (targets.h), by the device where that can, so that the host has
 * none of it to do; else by the host. They are the same.
 */
#ifndef RCNN_RPN_LESSON_H
#define RCNN_RPN_LESSON_H

#include "rcnn/examples.h"
#include "rcnn/model.h"

/* All on the device: see struct nn_matched. The device's has rows that count
 * nothing where fewer are drawn than asked for. */
struct rcnn_rpn_lesson {
	struct nn_tensor *at[RCNN_PYRAMID]; /* rows: in a level's logits */
	struct nn_tensor *label;            /* rows */
	struct nn_tensor *share;            /* rows: 1 / divisor */
	/* Of a level's deltas those that learn, what they should be, and the
	 * shares of their anchors. */
	struct nn_tensor *place[RCNN_PYRAMID], *delta, *part;
};

void rcnn_rpn_lesson(const struct rcnn_model *m, struct nn_tape *t,
	const struct rcnn_anchors *anchors, const struct rcnn_examples *x,
	struct rcnn_rpn_lesson *l);

#endif
