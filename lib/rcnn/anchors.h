/*
 * Anchors: the boxes that the region proposal network starts from, a few at
 * every cell of every level of the pyramid, numbered in the order y, x, a
 * within a level, the levels one after the other.
 *
 * They are a convention's to the bit: at stride 4, size 32 and ratio 0.5 the
 * first one of Detectron is (-22, -10, 25, 13), of torchvision (-23, -11, 23,
 * 11).
 *
 *	struct rcnn_anchors a = {0};
 *	for (int l = 2; l <= 6; l++)
 *		rcnn_anchors_add(&a, rcnn_convention("detectron"), h[l], w[l],
 *			1 << l, 1 << l, 8 << l, ratios, 3);
 */
#ifndef RCNN_ANCHORS_H
#define RCNN_ANCHORS_H

#include <stdint.h>
#include "rcnn/boxes.h"

enum { RCNN_LEVELS_MAX = 8, RCNN_SHAPES_MAX = 16 };

struct rcnn_level {
	int h, w;                               /* cells */
	int stride_y, stride_x;                 /* pixels between them */
	int shapes;                             /* anchors a cell */
	int32_t first;                          /* number of its first anchor */
	struct rcnn_box shape[RCNN_SHAPES_MAX]; /* at cell 0, 0 */
};

struct rcnn_anchors {
	int levels;
	int32_t total; /* anchors */
	float pixel;   /* the convention's */
	struct rcnn_level level[RCNN_LEVELS_MAX];
};

/* Add a level of h x w cells, stride_y and stride_x apart, whose anchors have
 * the area size x size and the ratios h/w given, n of them. All levels have
 * one convention. */
void rcnn_anchors_add(struct rcnn_anchors *a, const struct rcnn_convention *as,
	int h, int w, int stride_y, int stride_x, double size,
	const double *ratio, int n);

/* The anchor of a number, 0..total-1. */
struct rcnn_box rcnn_anchor(const struct rcnn_anchors *a, int32_t number);
/* The same, counted from the first of its level. */
struct rcnn_box rcnn_level_anchor(const struct rcnn_level *l, int32_t i);

#endif
