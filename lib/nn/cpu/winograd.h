/*
 * 3x3 convolutions of stride 1 with a quarter of the multiplications: F(4x4,
 * 3x3) of A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural
 * Networks" (2015). Pictures are cut into tiles of 4x4 outputs, which depend
 * on 6x6 inputs each;
 *
 *	Y = A' [ (G g G') . (B' d B) ] A
 *
 * for every pair of channels, where the sum over input channels is taken
 * between the dot and the last transform: 36 matrix products. The way back
 * needs nothing else: the data gradient is a convolution with the kernel
 * turned round, and the weight gradient G' [ (A dY A') . (B' d B) ] G, summed
 * over tiles.
 *
 * Sums are of larger numbers than in a plain convolution, and some three bits
 * less exact. It pays where there are many tiles for each weight.
 */
#ifndef NN_CPU_WINOGRAD_H
#define NN_CPU_WINOGRAD_H

#include "nn/cpu/direct.h"

/* Whether it can be done this way; and is the quicker one, too. */
bool winograd_can(const struct nn_conv *c);
bool winograd_pays(const struct nn_conv *c);

/* The data gradient of c as the convolution that it is, of dy. */
struct nn_conv winograd_turned(const struct nn_conv *c);

/* Packed weights, as in direct.h, for 36 products; turned: for
 * winograd_turned(c). c is the forward pass's in both cases. */
size_t winograd_packed_size(const struct nn_conv *c, bool turned);
void winograd_pack(const struct nn_conv *c, bool turned, const float *w,
	const float *scale, bool rounded, float *to);

size_t winograd_desks(const struct nn_conv *c, int threads);
/* j's weight is packed; desks: winograd_desks() bytes. */
void winograd_conv(const struct nn_conv *c, const struct direct_job *j,
	void *desks, int threads);

/* The gradient of the weights, 36 matrices that are then turned into nine:
 * grad (+)= scale * them. */
size_t winograd_wgrad_size(const struct nn_conv *c);
void winograd_wgrad(const struct nn_conv *c, const float *x, const float *dy,
	float *dw, void *desks, int threads);
void winograd_unpack(const struct nn_conv *c, const float *dw,
	const float *scale, bool add, float *grad);

#endif
