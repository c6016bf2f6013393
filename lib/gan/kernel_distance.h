/*
 * The kernel distance: the squared maximum mean discrepancy of two sets of
 * features under the kernel (x.y/d + 1)^3, without bias, so that it is around
 * zero, and may be below, when both come from one source (Gretton et al. 2012;
 * Binkowski et al. 2018, arXiv 1801.01401, who call it KID where the features
 * are Inception's).
 *
 * mean and deviation are those of 100 subsets of each set, drawn by the seed
 * without repeats, of half of its rows but no more than 1000. Of larger sets
 * than 4096 rows, the first 4096 are used.
 */
#ifndef GAN_KERNEL_DISTANCE_H
#define GAN_KERNEL_DISTANCE_H

#include <stdint.h>
#include "gan/pairs.h"

struct gan_kernel_distance {
	double mean, std;
};

/* Both sets have at least 4 rows, of as many numbers. */
void gan_kernel_distance(struct gan_kernel_distance *k,
	const struct gan_rows *x, const struct gan_rows *y, uint64_t seed);

#endif
