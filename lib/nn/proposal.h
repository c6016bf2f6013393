/*
 * Proposals of regions (rcnn/proposals.h says what they are), as far as a
 * device and the host must agree on the arithmetic. A box is four floats, x1,
 * y1, x2, y2, and x2 - x1 + pixel wide.
 */
#ifndef NN_PROPOSAL_H
#define NN_PROPOSAL_H

#include <stdbool.h>

#include "nn/sort_key.h"

/* The most that a side grows by decoding: log(1000/16). */
#define NN_BOX_GROWTH 4.135166556742356f

/* At most: levels, anchors a cell, boxes of a level that are suppressed. */
enum { NN_PROPOSE_LEVELS = 8, NN_PROPOSE_SHAPES = 16, NN_PROPOSE_MOST = 16384 };

struct nn_propose_level {
	const float *logit, *delta; /* n h w shapes (4), on the device */
	int32_t h, w, stride_y, stride_x, shapes;
	float shape[NN_PROPOSE_SHAPES][4]; /* the anchors of cell 0, 0 */
};

/* Anchor i of a level, counted y, x, shape. */
NN_HD void nn_anchor(const struct nn_propose_level *l, int32_t i, float to[4])
{
	int32_t cell = i / l->shapes, shape = i - cell * l->shapes;
	float x = (float)(cell % l->w * l->stride_x);
	float y = (float)(cell / l->w * l->stride_y);

	to[0] = l->shape[shape][0] + x;
	to[1] = l->shape[shape][1] + y;
	to[2] = l->shape[shape][2] + x;
	to[3] = l->shape[shape][3] + y;
}

struct nn_propose_view {
	float w, h, scale;
};

struct nn_propose {
	int32_t n, levels;
	int32_t before, after; /* of a level: into, out of suppression */
	float nms, min_size, pixel;
	const struct nn_propose_view *view; /* n, on the device */
	struct nn_propose_level level[NN_PROPOSE_LEVELS];
};

struct nn_proposal {
	float box[4], score;
};

NN_HD void nn_box_decode(const float from[4], const float delta[4],
	const float weight[4], float pixel, float to[4])
{
	float w = from[2] - from[0] + pixel, h = from[3] - from[1] + pixel;
	float x = from[0] + 0.5f * w, y = from[1] + 0.5f * h;
	float dw = delta[2] / weight[2], dh = delta[3] / weight[3];

	/* Not fminf: a NaN must stay one, for the filters to see. */
	dw = dw > NN_BOX_GROWTH ? NN_BOX_GROWTH : dw;
	dh = dh > NN_BOX_GROWTH ? NN_BOX_GROWTH : dh;
	x += delta[0] / weight[0] * w;
	y += delta[1] / weight[1] * h;
	w *= expf(dw);
	h *= expf(dh);
	to[0] = x - 0.5f * w;
	to[1] = y - 0.5f * h;
	to[2] = x + 0.5f * w - pixel;
	to[3] = y + 0.5f * h - pixel;
}

/* Into a picture of w x h; a NaN stays one. */
NN_HD void nn_box_clip(float b[4], float w, float h, float pixel)
{
	for (int i = 0; i < 4; i++) {
		float most = (i % 2 ? h : w) - pixel;

		b[i] = b[i] > most ? most : b[i];
		b[i] = b[i] < 0 ? 0 : b[i];
	}
}

/* Of a clipped box, so that its centre is inside. */
NN_HD bool nn_box_usable(
	const float b[4], float score, float pixel, float scale, float min_size)
{
	/* A NaN fails each of these. */
	return score == score && (b[2] - b[0]) / scale + pixel >= min_size &&
	       (b[3] - b[1]) / scale + pixel >= min_size;
}

/* How much of a side, from a1 to a2 and from b1 to b2, is both boxes'. */
NN_HD float nn_shared_side(float a1, float a2, float b1, float b2, float pixel)
{
	float side = (a2 < b2 ? a2 : b2) - (a1 > b1 ? a1 : b1) + pixel;

	return side > 0 ? side : 0;
}

NN_HD bool nn_box_overlaps(
	const float a[4], const float b[4], float pixel, float threshold)
{
	float both = nn_shared_side(a[0], a[2], b[0], b[2], pixel) *
		     nn_shared_side(a[1], a[3], b[1], b[3], pixel);
	float areas[2];

	areas[0] = (a[2] - a[0] + pixel) * (a[3] - a[1] + pixel);
	areas[1] = (b[2] - b[0] + pixel) * (b[3] - b[1] + pixel);
	return both / (areas[0] + areas[1] - both) >= threshold;
}

#endif
