/*
 * What a batch is to teach: of each picture where its objects are, and the seed
 * of what is drawn for it; and the same as a device has it, where that draws.
 */
#ifndef RCNN_EXAMPLES_H
#define RCNN_EXAMPLES_H

#include "nn/anchor_match.h"
#include "nn/tape.h"
#include "rcnn/boxes.h"

/* What is known of a picture of a batch. */
struct rcnn_example {
	struct rcnn_view view;
	const struct rcnn_truth *truth; /* in pixels of the original */
	int ntruths;
};

struct rcnn_examples {
	int n;
	const struct rcnn_example *example; /* n */
	const uint64_t *seed;               /* n */

	/* The device's, until the tape's reset; see struct nn_match. */
	struct {
		bool is; /* else the host draws */
		const struct nn_propose_view *view;
		const struct nn_choose_truth *truth;
		const int32_t *first;
		const uint64_t *seed;
		int32_t truths;
	} there;
};

/* n examples of a step; sent to the device, where that can choose. */
struct rcnn_examples rcnn_examples(struct nn_tape *t,
	const struct rcnn_example *example, int n, uint64_t seed, int64_t step);

#endif
