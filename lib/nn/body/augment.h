/*
 * Bodies of what a discriminator sees: pictures, and their augmentation (Zhao
 * et al. 2020, "Differentiable augmentation", arXiv 2006.10738): pictures are
 * moved, with zeros where nothing is left, a rectangle is cut out, and colours
 * change. Each step is affine in the picture.
 */
#ifndef NN_BODY_AUGMENT_H
#define NN_BODY_AUGMENT_H

#include "nn/body/hd.h"

/*
 * Pictures of bytes, all of one size, as a network wants them: from -1 to 1,
 * as torchvision's ToTensor and Normalize(0.5, 0.5) round. A row is a pixel of
 * y, all in one lane.
 */
struct nn_fetch_args {
	enum nn_type type;
	const uint8_t *store; /* any number of pictures */
	const int32_t *which; /* of y's pictures: k, or mirrored ~k */
	void *y;
	int32_t h, w;
	int64_t lanes;
};

NN_HD void nn_fetch_at(
	const struct nn_fetch_args *a, int64_t row, int64_t c0, int64_t c1)
{
	int32_t x = (int32_t)(row % a->w), y = (int32_t)(row / a->w % a->h);
	int32_t k = a->which[row / a->w / a->h];
	int64_t from = k < 0 ? ~k : k;
	const uint8_t *px;

	(void)c0;
	(void)c1;
	from = (from * a->h + y) * a->w + (k < 0 ? a->w - 1 - x : x);
	px = a->store + from * a->lanes;
	for (int64_t c = 0; c < a->lanes; c++)
		nn_put(a->y, row * a->lanes + c, a->type,
			((float)px[c] / 255 - 0.5f) / 0.5f);
}

/* What happens to one picture: all 0, with saturation and contrast 1, nothing.
 */
struct nn_augment_picture {
	int32_t dx, dy;           /* moved by so many pixels */
	int32_t cx, cy, cx1, cy1; /* cut out: from cx,cy to before cx1,cy1 */
	float brightness;         /* added */
	float saturation;         /* distance from grey, times this */
	float contrast;           /* and from the picture's mean */
};

/* Moving and cutting. A row is a pixel of y; back: the transpose, y and x
 * having changed places. */
struct nn_shift_args {
	enum nn_type type;
	const void *x;
	void *y;
	const struct nn_augment_picture *picture;
	int32_t h, w, back;
	int64_t lanes;
};

NN_HD void nn_shift_at(
	const struct nn_shift_args *a, int64_t row, int64_t c0, int64_t c1)
{
	int32_t ix = (int32_t)(row % a->w), iy = (int32_t)(row / a->w % a->h);
	int64_t n = row / a->w / a->h;
	const struct nn_augment_picture *p = a->picture + n;
	int32_t sx = a->back ? ix + p->dx : ix - p->dx;
	int32_t sy = a->back ? iy + p->dy : iy - p->dy;
	/* The pixel of the augmented picture that is looked at. */
	int32_t ox = a->back ? sx : ix, oy = a->back ? sy : iy;
	int cut = ox >= p->cx && ox < p->cx1 && oy >= p->cy && oy < p->cy1;
	void *y = nn_at_mut(a->y, row * a->lanes, a->type);
	const void *x;

	if (cut || sx < 0 || sy < 0 || sx >= a->w || sy >= a->h) {
		for (int64_t c = c0; c < c1; c++)
			nn_put(y, c, a->type, 0);
		return;
	}
	x = nn_at(a->x, ((n * a->h + sy) * a->w + sx) * a->lanes, a->type);
	for (int64_t c = c0; c < c1; c++)
		nn_put(y, c, a->type, nn_get(x, c, a->type));
}

/*
 * Colours: with a pixel's grey g (mean of its channels), and the picture's
 * mean m,
 *	y = contrast * (saturation * (x - g) + g - m) + m + brightness
 * which, without brightness, is its own transpose. A row is a pixel; in place
 * or not.
 */
struct nn_recolour_args {
	enum nn_type type;
	const void *x;
	void *y;
	const struct nn_augment_picture *picture;
	const double *sum; /* of each picture's pixels, by lanes */
	int64_t size;      /* pixels of a picture */
	int64_t lanes;
	float brightness; /* 1, or 0 for the linear part */
};

NN_HD void nn_recolour_at(
	const struct nn_recolour_args *a, int64_t row, int64_t c0, int64_t c1)
{
	int64_t n = row / a->size;
	const struct nn_augment_picture *p = a->picture + n;
	const void *x = nn_at(a->x, row * a->lanes, a->type);
	void *y = nn_at_mut(a->y, row * a->lanes, a->type);
	double all = 0;
	float g = 0, m, add;

	(void)c0;
	(void)c1;
	for (int64_t c = 0; c < a->lanes; c++)
		all += a->sum[n * a->lanes + c];
	m = (float)(all / (double)(a->size * a->lanes));
	for (int64_t c = 0; c < a->lanes; c++)
		g += nn_get(x, c, a->type) / (float)a->lanes;
	add = p->contrast * (g - m) + m + a->brightness * p->brightness;
	for (int64_t c = 0; c < a->lanes; c++)
		nn_put(y, c, a->type,
			p->contrast * p->saturation *
					(nn_get(x, c, a->type) - g) +
				add);
}

#endif
