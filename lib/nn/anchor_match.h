/*
 * Anchors that are chosen to learn from (rcnn/match.h and rcnn/targets.h
 * say how), on a device: what it is asked, and what becomes of it. The host and
 * the device draw the same, by nn_draw.
 */
#ifndef NN_ANCHOR_MATCH_H
#define NN_ANCHOR_MATCH_H

#include "nn/choice.h"

/* Lots of one seed for different purposes: nn_lot(seed + one of these, i). */
enum nn_lots { NN_LOTS_REGIONS, NN_LOTS_OBJECTS, NN_LOTS_BACKGROUND };

/* What a loss of a picture's anchors is divided by: pictures times what is
 * asked for, or times what that picture has; or all that the batch has. */
enum nn_divisor { NN_BY_ASKED, NN_BY_PICTURE, NN_BY_BATCH };

/* Pointers are the device's. */
struct nn_match {
	int32_t n, levels;
	struct nn_propose_level level[NN_PROPOSE_LEVELS]; /* shapes only */
	const struct nn_propose_view *view;               /* n */
	/* Picture i's are those from first[i] to first[i + 1]. */
	const struct nn_choose_truth *truth;
	const int32_t *first;     /* n + 1 */
	int32_t truths;           /* no picture has more */
	const uint64_t *seed;     /* n */
	float positive, negative; /* object: IoU at least; background: below */
	float straddle;           /* pixels that one may leave a picture by;
				   * < 0: any */
	float pixel;
	int32_t batch, most_fg; /* anchors a picture, and of them objects */
	int32_t redraw;         /* rcnn_rpn_sample says what */
	enum nn_divisor by, box_by;
};

/* As many rows for each picture, objects first; those that count nothing
 * anywhere have -1 wherever at and place say where in a level. */
struct nn_matched {
	int32_t *at[NN_PROPOSE_LEVELS];    /* n*batch: in a level's logits */
	float *label;                      /* n*batch: 1 object, 0 none */
	float *share;                      /* n*batch: 1 / divisor */
	int32_t *place[NN_PROPOSE_LEVELS]; /* n*most_fg 4: in its deltas */
	float *delta;                      /* n*most_fg 4: what is there */
	float *part;                       /* n*most_fg 4: 1 / divisor */
};

#endif
