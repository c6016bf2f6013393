/*
 * How photographs are varied while a detector learns from them, so that it
 * does not learn a small data set by heart: other colours, and a part of the
 * photograph for the whole.
 *
 *	struct variation v = vary_draw(&rule, &rng);
 *	struct img_part part = vary_part(&v, w, h);
 *
 *	if (vary_boxes(&part, box, crowd, &n, 1))
 *		...
 *	vary_colours(&im, &v);
 */
#ifndef DATA_VARY_H
#define DATA_VARY_H

#include <stdbool.h>
#include "base/rng.h"
#include "img/img.h"

struct vary_rule {
	/* Brightness, contrast and saturation change by a factor from 1 -
	 * jitter to 1 + jitter each: 0 to 1. */
	float jitter;
	/* A part is at least so large, each side of the photograph's: above 0
	 * to 1. */
	float crop;
};

struct variation {
	float brightness, contrast, saturation;
	float side, x, y; /* the part's sides; where it is in what is left */
};

/* As many numbers are drawn whatever the rule is. */
struct variation vary_draw(const struct vary_rule *rule, struct rng *r);

/* The part of a photograph of w by h, of its shape but for rounding. */
struct img_part vary_part(const struct variation *v, int w, int h);

/*
 * n boxes of a photograph, x1 y1 x2 y2 as in data/truth.h, become those of a
 * part: what reaches beyond it is cut off. Boxes that are outside of it are
 * left out, and those of which less than half is seen become crowds, which are
 * neither objects nor background. Keeps the order; returns how many are left,
 * at most n, and sets *objects to how many of them are no crowds.
 */
int vary_boxes(const struct img_part *part, float (*box)[4], int32_t *classes,
	uint8_t *crowd, int n, int pixel, int *objects);

/* The colours of a picture, in place: brightness, then contrast, around the
 * mean of its greys, then saturation, as torchvision's ColorJitter has them. */
void vary_colours(struct img *im, const struct variation *v);

#endif
