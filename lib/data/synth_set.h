/*
 * A data set of drawn photographs, in the layout of DeepFashion's Category and
 * Attribute Prediction Benchmark: img/FOLDER/img_NUMBER.jpg, Anno/ and Eval/.
 * That layout holds one box a photograph, the largest garment's;
 *coco_train.json and coco_val.json beside it hold all of them, as upper 1,
 *lower 2, full 3.
 *
 *	struct synth_set set;
 *	synth_set_begin(&set, "drawn", 1, 200, 300);
 *	for (int i = 0; i < n && !bad; i++)
 *		bad = synth_set_add(&set, e);
 *	if (!bad)
 *		bad = synth_set_commit(&set, e);
 *	synth_set_release(&set);
 *
 * Photographs are written as they are drawn, what is said about them at the
 * end: where the lists are, the photographs are too. Every fifth photograph is
 * for validation.
 */
#ifndef DATA_SYNTH_SET_H
#define DATA_SYNTH_SET_H

#include <stdint.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "data/coco.h"

struct synth_set {
	const char *dir;
	uint64_t seed;
	int w, h, n;
	struct buf boxes, categories, parts; /* rows of the lists */
	struct coco_builder train, val;
	struct arena names;
};

void synth_set_begin(
	struct synth_set *set, const char *dir, uint64_t seed, int w, int h);
/* Draw and write the next photograph. */
int synth_set_add(struct synth_set *set, struct err *e);
/* Write the lists. */
int synth_set_commit(struct synth_set *set, struct err *e);
void synth_set_release(struct synth_set *set);

#endif
