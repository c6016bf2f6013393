/*
 * Detectron's and Detectron2's ways, as tests/golden/rcnn_convention.py has
 * them: each test replays its tables for each of the two.
 */
#ifndef UNIT_RCNN_WAYS_H
#define UNIT_RCNN_WAYS_H

#include "rcnn/config.h"
#include "rcnn_golden.h"

static struct arena a;
static struct rcnn_config config;
static const struct rcnn_convention *as;

static inline void table(struct golden *g, const char *name)
{
	char full[64];

	snprintf(full, sizeof full, "%s_%s", as->name, name);
	golden_open_in(g, "tests/golden/rcnn_convention.txt", full);
}

/* The numbers v are the table's, to within tol of 1 or of themselves. */
static inline void are_near(
	struct golden *g, const float *v, int n, float tol, const char *what)
{
	int wrong = 0;

	for (int i = 0; i < n; i++) {
		float want = golden_next(g);

		wrong += !(fabsf(v[i] - want) <= tol * fmaxf(fabsf(want), 1));
	}
	is_int(wrong, 0, what);
}

/* Begin the replay of one. */
static inline void ways_of(const char *name)
{
	config = rcnn_config_default;
	config.num_classes = 4;
	snprintf(config.conventions, sizeof config.conventions, "%s", name);
	as = rcnn_convention(name);
	if (!as->photo)
		config.rpn_straddle_thresh = -1;
}

#endif
