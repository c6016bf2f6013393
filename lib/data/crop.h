/*
 * Which boxes of a record are cut out, and which pixels each of them is.
 *
 *	struct crop_filter want = {.score = 0.7};
 *	struct crop_rule rule = {.pad = 0.1};
 *	const struct record_box *const *box = crop_choose(&want, &r, &n);
 *	for (int i = 0; i < n; i++)
 *		if (crop_pixels(&rule, box[i], w, h, &part))
 *			img_crop(&out, &im, &part);
 */
#ifndef DATA_CROP_H
#define DATA_CROP_H

#include <stdbool.h>
#include "data/record.h"
#include "img/img.h"

struct crop_filter {
	const char *const *classes; /* categories that are wanted; none: all */
	int nclasses;
	double score; /* at least; a box without a score passes */
	bool best;    /* only the best scored, the largest where none is */
};

/* The n boxes that pass, the largest first, as they came where equal; in the
 * record's arena. */
const struct record_box *const *crop_choose(
	const struct crop_filter *f, const struct record *r, int *n);

struct crop_rule {
	double pad;    /* added at each side, as a part of the box's side */
	double aspect; /* grown to this width / height; 0: as it is */
};

/*
 * The pixels of a box in a picture of w by h: padded, grown to the aspect
 * (shifted inwards at the picture's border, and short of the aspect where the
 * picture is too small), its edges rounded half to even, and clipped. False
 * when no pixel is left.
 */
bool crop_pixels(const struct crop_rule *rule, const struct record_box *box,
	int w, int h, struct img_part *out);

/*
 * Complete the record of a crop, which has its path and size: where it came
 * from ("crop_of", and "box", the pixels), the box's category and score, and
 * the photograph's other keys but for its boxes, which say nothing about the
 * crop.
 */
void crop_describe(struct record *crop, const struct record *photo,
	const struct record_box *box, const struct img_part *part);

#endif
