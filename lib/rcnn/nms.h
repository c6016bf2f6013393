/*
 * The best of many boxes: the highest scores in order, and of boxes that
 * overlap only the best (greedy non-maximum suppression).
 *
 * Both are deterministic: of equal scores the one of the lower index is
 * first, and a NaN is below every number.
 */
#ifndef RCNN_NMS_H
#define RCNN_NMS_H

#include <stdint.h>
#include "base/arena.h"
#include "rcnn/boxes.h"

/*
 * The indices of the k highest of n scores, highest first, in the arena.
 * Returns how many: the smaller of n and k.
 */
int rcnn_top(
	const float *score, int n, int k, struct arena *a, int32_t **order);

/*
 * Of n boxes, best first, the indices of those that no better one that is
 * kept overlaps by an IoU of at least threshold; at most max of them. keep
 * has room for the smaller of n and max. Returns how many.
 */
int rcnn_nms(const struct rcnn_box *box, int n, float threshold, float pixel,
	int max, struct arena *a, int32_t *keep);

/* Suppression that is soft (Bodla et al. 2017): what overlaps a better box by
 * iou keeps of its score, where that reaches the threshold, 1 - iou; or, at
 * any overlap, exp(-iou^2 / sigma). */
struct rcnn_soften {
	enum { RCNN_HARD, RCNN_LINEAR, RCNN_GAUSSIAN } how;
	float sigma;
};

/*
 * Change the scores of n boxes so. The best of those that are left, the first
 * of equals, weakens the others, in turn; what falls below `least` is out.
 * keep receives the indices of the rest in that order. Returns how many.
 */
int rcnn_soft_nms(const struct rcnn_box *box, float *score, int n,
	const struct rcnn_soften *how, float threshold, float least,
	float pixel, int32_t *keep);

#endif
