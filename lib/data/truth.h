/*
 * What of a data set's annotations a detector learns from: Detectron's rules
 * (detectron/datasets/json_dataset.py, _add_gt_annotations; roidb.py,
 * filter_for_training), and what was wrong with the rest.
 *
 *	float box[4];
 *	if (truth_drops(truth_box(box, &ann, -1, im->width, im->height, 1)))
 *		continue;
 *
 * Boxes leave COCO's x, y, w, h for x1, y1, x2, y2. With pixel 1, as in
 * Detectron's arithmetic, both corners are inside: x2 = x1 + max(0, w - 1);
 * with 0 they are edges: x2 = x1 + w.
 */
#ifndef DATA_TRUTH_H
#define DATA_TRUTH_H

#include <stdbool.h>
#include "data/coco.h"

/* What can be wrong, the box, its picture or the photograph. */
enum truth_defect {
	TRUTH_GOOD,
	TRUTH_CROSSING, /* reaches beyond its picture: clipped */
	TRUTH_IGNORED,  /* marked ignore */
	TRUTH_SMALL,    /* of an area of 0, or below the least */
	TRUTH_THIN,     /* a pixel wide or high, or less, in its picture */
	TRUTH_EMPTY,    /* a picture without an object to learn */
	TRUTH_PHOTO,    /* a photograph that can't be read */
	TRUTH_DEFECTS
};

/* A few words for people. */
const char *truth_words(enum truth_defect d);
static inline bool truth_drops(enum truth_defect d)
{
	return d > TRUTH_CROSSING;
}

/* The box of an annotation, whose area must be at least min_area and not 0, in
 * a picture of w by h pixels; undefined when it is to be dropped. */
enum truth_defect truth_box(float box[4], const struct coco_ann *ann,
	double min_area, int64_t w, int64_t h, int pixel);

/* Mirror a box in a picture w wide, pixels or scaled ones. */
void truth_flip(float box[4], float w, int pixel);

#endif
