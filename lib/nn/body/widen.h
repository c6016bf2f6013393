/* Bodies that turn a weight into another one (nn/op/conv_double.c). */
#ifndef NN_BODY_WIDEN_H
#define NN_BODY_WIDEN_H

#include "nn/body/hd.h"

/*
 * The kernel of a transposed convolution that does what doubling by nearest
 * neighbour and a 3x3 convolution do. A row is a pair of an input and an
 * output channel, one lane does it all. Along an axis, place i of the narrow
 * kernel counts at places 2-i and 3-i of the wide one.
 */
struct nn_widen_args {
	float *k;       /* ic oc 4 4 */
	const float *w; /* oc ic 3 3 */
	int64_t ic, oc;
};

NN_HD void nn_widen_at(
	const struct nn_widen_args *a, int64_t row, int64_t c0, int64_t c1)
{
	const float *w = a->w + (row % a->oc * a->ic + row / a->oc) * 9;
	float *k = a->k + row * 16;

	(void)c0;
	(void)c1;
	for (int i = 0; i < 16; i++)
		k[i] = 0;
	for (int i = 0; i < 9; i++)
		for (int j = 0; j < 4; j++) {
			int y = 2 - i / 3 + j / 2, x = 2 - i % 3 + j % 2;

			k[4 * y + x] += w[i];
		}
}

/* w's gradient from k's. */
struct nn_widen_grad_args {
	const float *dk;
	float *dw;
	int64_t ic, oc;
};

NN_HD void nn_widen_grad_at(
	const struct nn_widen_grad_args *a, int64_t row, int64_t c0, int64_t c1)
{
	float *w = a->dw + (row % a->oc * a->ic + row / a->oc) * 9;
	const float *k = a->dk + row * 16;

	(void)c0;
	(void)c1;
	for (int i = 0; i < 9; i++) {
		int y = 2 - i / 3, x = 2 - i % 3;

		w[i] = k[4 * y + x] + k[4 * y + x + 1] + k[4 * y + x + 4] +
		       k[4 * y + x + 5];
	}
}

#endif
