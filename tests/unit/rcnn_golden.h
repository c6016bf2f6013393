/*
 * The tables of tests/golden/rcnn_boxes.py and rcnn_convention.py, and the
 * generator that they draw their inputs from.
 *
 *	struct golden g;
 *	golden_open(&g, "iou");
 *	is_near(rcnn_box_iou(&a, &b), golden_next(&g), 0, "an overlap");
 */
#ifndef UNIT_RCNN_GOLDEN_H
#define UNIT_RCNN_GOLDEN_H

#include <stdint.h>
#include <stdlib.h>
#include "rcnn/anchors.h"
#include "tap.h"

struct golden {
	char line[8192], *at;
};

/* Open a table of a file; when it is missing, a check fails and the numbers
 * are NaN. */
static inline void golden_open_in(
	struct golden *g, const char *path, const char *name)
{
	FILE *f = fopen(path, "r");
	size_t n = strlen(name);
	bool found = false;

	while (f && !found && fgets(g->line, sizeof g->line, f))
		found = !strncmp(g->line, name, n) && g->line[n] == ' ';
	if (f)
		fclose(f);
	if (!ok(found, "there is a table %s", name))
		g->line[n = 0] = 0;
	g->at = g->line + n;
}

static inline void golden_open(struct golden *g, const char *name)
{
	golden_open_in(g, "tests/golden/rcnn_boxes.txt", name);
}

static inline float golden_next(struct golden *g)
{
	char *end;
	float v = strtof(g->at, &end);

	if (end == g->at)
		return NAN;
	g->at = end;
	return v;
}

/* The numbers that follow are those of a box, to within tol. */
static inline bool golden_box(
	struct golden *g, const struct rcnn_box *b, float tol)
{
	const float got[4] = {b->x1, b->y1, b->x2, b->y2};
	bool same = true;

	for (int i = 0; i < 4; i++)
		same &= fabsf(got[i] - golden_next(g)) <= tol;
	return same;
}

static inline float draw_real(uint32_t *x, float lo, float hi)
{
	*x = *x * 1664525u + 1013904223u;
	return lo + (hi - lo) * ((float)(*x >> 8) * 0x1p-24f);
}

static inline struct rcnn_box draw_box(
	uint32_t *x, float w, float h, float least, float most)
{
	struct rcnn_box b;

	b.x1 = draw_real(x, 0, w);
	b.y1 = draw_real(x, 0, h);
	b.x2 = b.x1 + draw_real(x, least, most);
	b.y2 = b.y1 + draw_real(x, least, most);
	return b;
}

/* A list in one number. */
static inline int mix(int total, int v)
{
	return (int)(((int64_t)total * 31 + v) % 1000003);
}

/* The pyramid of the scripts: three levels of a picture of 128 x 96. */
static inline struct rcnn_anchors golden_pyramid_of(
	const struct rcnn_convention *as)
{
	static const double ratios[] = {0.5, 1, 2};
	struct rcnn_anchors a = {0};

	rcnn_anchors_add(&a, as, 24, 32, 4, 4, 32, ratios, 3);
	rcnn_anchors_add(&a, as, 12, 16, 8, 8, 64, ratios, 3);
	rcnn_anchors_add(&a, as, 6, 8, 16, 16, 128, ratios, 3);
	return a;
}

static inline struct rcnn_anchors golden_pyramid(void)
{
	return golden_pyramid_of(rcnn_convention("detectron"));
}

#endif
