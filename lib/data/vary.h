/*
 * How photographs are varied while a detector learns from them, so that it
 * does not learn a small data set by heart: other colours, a part of the
 * photograph for the whole, of another shape, and something in front of it.
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
	/* Colours are turned around the greys by up to this share of a circle
	 * to either side: 0 to 0.5. */
	float hue;
	/* A part's sides are at least this share of the photograph's, before
	 * it is stretched: above 0 to 1. */
	float crop;
	/* Then one side of the part is longer by a factor of up to the root of
	 * 1 + stretch, as far as there is more, and the other shorter by it:
	 * down to crop over that root of the photograph's. The part
	 * is shown as large as the whole: stretched. 0 to 1. */
	float stretch;
	/* How likely a rectangle of one colour covers something (Zhong et al.,
	 * "Random Erasing Data Augmentation", 2017): 0 to 1. */
	float erase;
};

struct variation {
	float brightness, contrast, saturation;
	float hue;        /* radians */
	float wide, high; /* the part's sides, */
	float x, y;       /* and where it is in what is left */
	/* The rectangle in front, in shares of the part's sides; none of them
	 * without one. */
	float cover_w, cover_h, cover_x, cover_y;
	uint8_t cover[3];
};

/* As many numbers are drawn whatever the rule is. */
struct variation vary_draw(const struct vary_rule *rule, struct rng *r);

/* The part of a photograph of w by h. */
struct img_part vary_part(const struct variation *v, int w, int h);

/*
 * n boxes of a photograph, x1 y1 x2 y2 as in data/truth.h, become those of a
 * part: what reaches beyond it is cut off. Boxes that are outside of it are
 * left out, and those of which less than half is seen become crowds: no
 * objects, and regions of the head that show them are no background, but
 * anchors that do are (rcnn/targets.h). Keeps the order; returns how many are
 * left, at most n, and sets *objects to how many of them are no crowds.
 */
int vary_boxes(const struct img_part *part, float (*box)[4], int32_t *classes,
	uint8_t *crowd, int n, int pixel, int *objects);

/* The colours of a picture, in place: brightness, then contrast, around the
 * mean of its greys, then saturation, as torchvision's ColorJitter has them;
 * hue, last, is turned in the plane of YIQ, where greys stay and nothing
 * jumps. */
void vary_colours(struct img *im, const struct variation *v);

/* Put the rectangle in front of a part, in place. */
void vary_cover(struct img *im, const struct variation *v);

#endif
