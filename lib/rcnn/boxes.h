/*
 * Boxes and their arithmetic, in f32. A box is x2 - x1 + pixel wide, where
 * pixel, a convention's (convention.h), is 1 if corners are the centres of
 * pixels, both inside, and 0 if they are edges.
 *
 *	struct rcnn_box roi = {0, 0, 15, 15}, truth = {4, 4, 19, 19};
 *	float d[4];
 *
 *	if (rcnn_box_iou(&roi, &truth, pixel) >= 0.5f)
 *		rcnn_box_encode(&roi, &truth, weights, pixel, d);
 */
#ifndef RCNN_BOXES_H
#define RCNN_BOXES_H

#include <stdbool.h>
#include "rcnn/convention.h"

struct rcnn_box {
	float x1, y1, x2, y2; /* four floats in a row: a float[4] serves too */
};

/*
 * A picture as the network sees it (Detectron's im_info): its size in the
 * network's pixels, and those per pixel of the original.
 */
struct rcnn_view {
	float w, h, scale;
};

/* A labelled object, in pixels of the original (of the network where `scale`
 * of its view is 1). */
struct rcnn_truth {
	struct rcnn_box box;
	int label;  /* 1..K */
	bool crowd; /* a region of many: neither object nor background */
};

static inline float rcnn_box_area(const struct rcnn_box *b, float pixel)
{
	return (b->x2 - b->x1 + pixel) * (b->y2 - b->y1 + pixel);
}

static inline struct rcnn_box rcnn_box_scale(const struct rcnn_box *b, float s)
{
	return (struct rcnn_box){b->x1 * s, b->y1 * s, b->x2 * s, b->y2 * s};
}

/* Intersection over union; 0 when they do not touch. */
float rcnn_box_iou(
	const struct rcnn_box *a, const struct rcnn_box *b, float pixel);

/*
 * What a regressor should say at `from` to mean `to` (Girshick et al. 2014,
 * appendix C): shifts of the centre in sides of `from`, logarithms of the
 * ratios of the sides, each times its weight.
 */
void rcnn_box_encode(const struct rcnn_box *from, const struct rcnn_box *to,
	const float weight[4], float pixel, float delta[4]);
/* The reverse. A side grows to 1000/16 of itself at most. */
struct rcnn_box rcnn_box_decode(const struct rcnn_box *from,
	const float delta[4], const float weight[4], float pixel);

/* Into a picture of w x h pixels. */
struct rcnn_box rcnn_box_clip(
	const struct rcnn_box *b, float w, float h, float pixel);

/* The pyramid's levels that regions are taken from, and the one, `level`, that
 * a box of the area scale x scale belongs to. */
struct rcnn_pyramid {
	int min, max, level;
	float scale;
	const struct rcnn_convention *as;
};

/* The level of a box: floor(level + log2(sqrt(area)/scale)), in min..max (Lin
 * et al. 2017, eq. 1), with the convention's small numbers. */
int rcnn_box_level(const struct rcnn_box *b, const struct rcnn_pyramid *p);

#endif
