/* The body that makes a network's input of photographs. */
#ifndef NN_BODY_RESIZE_H
#define NN_BODY_RESIZE_H

#include "nn/body/hd.h"

/*
 * Photographs of bytes, each of its own size, between whose pixels those of y
 * lie: linear by rows first and by columns then, and normalised,
 *	y = (value - mean) * gain
 * Rows and columns of y are described together, [n][h + w], rows first. A row
 * is one of y's, a lane a pixel, n h w 3.
 */
struct nn_resize_args {
	enum nn_type type;
	const uint8_t *bytes;
	const int64_t *start;     /* [n] where in the bytes a picture begins */
	const int32_t (*from)[2]; /* where in the picture, or in a row of it,
				   * begin the two rows, or pixels, that it
				   * lies between; -1: y is 0 */
	const float *part;        /* how far it is from the first */
	void *y;
	int32_t h, w;
	int32_t channel[3]; /* of a pixel, that become y's */
	float mean[3], gain[3];
};

NN_HD void nn_resize_at(
	const struct nn_resize_args *a, int64_t row, int64_t c0, int64_t c1)
{
	int64_t n = row / a->h, taps = n * (a->h + a->w);
	int64_t down = taps + row % a->h, across = taps + a->h;
	const uint8_t *px = a->bytes + a->start[n];
	int32_t up = a->from[down][0], low = a->from[down][1];
	float t = a->part[down];

	for (int64_t c = c0; c < c1; c++) {
		const int32_t *x = a->from[across + c];
		float s = a->part[across + c];

		for (int k = 0; k < 3; k++) {
			int32_t at = a->channel[k];
			float v = 0, l, r;

			if (up >= 0 && x[0] >= 0) {
				l = (float)px[up + x[0] + at] * (1 - t) +
				    (float)px[low + x[0] + at] * t;
				r = (float)px[up + x[1] + at] * (1 - t) +
				    (float)px[low + x[1] + at] * t;
				v = l * (1 - s) + r * s;
				v = (v - a->mean[k]) * a->gain[k];
			}
			nn_put(a->y, (row * a->w + c) * 3 + k, a->type, v);
		}
	}
}

#endif
