/*
 * The sliced Wasserstein distance of pictures, level by level of their
 * Laplacian pyramids (Karras et al. 2018, "Progressive growing of GANs", arXiv
 * 1710.10196, section 5; the pyramid is Burt and Adelson's, 1983, with edges
 * mirrored). At each level
 *
 *	128 patches of 7 x 7 x 3 are taken of each picture, anywhere;
 *	of each set, each channel of all its patches is brought to mean 0 and
 *	deviation 1;
 *	512 directions are drawn; along each, the patches of both sets are
 *	sorted, and the mean of the differences is taken;
 *
 * and the level's distance is the mean over the directions, times 1000. Levels
 * are halved down to 16 pixels. The paper used 16,384 pictures; the fewer
 * there are, the larger is the distance between any two sets.
 *
 *	struct gan_swd swd[1];
 *	gan_swd(swd, real, &fake, 1, n, 64, 64, seed);
 */
#ifndef GAN_SWD_H
#define GAN_SWD_H

#include <stdint.h>

enum {
	GAN_SWD_LEVELS = 8,
	GAN_SWD_LEAST = 16, /* pixels of the shorter side of a level */
	GAN_SWD_PATCH = 7   /* pixels a side of a patch */
};

struct gan_swd {
	int levels;
	double level[GAN_SWD_LEVELS]; /* the finest first */
	double mean;                  /* of the levels */
};

/* How many levels pictures of w by h have; 0 where no patch fits in. */
int gan_swd_levels(int w, int h);
/* The distances of each of `others` sets from a; every set is n pictures, h w
 * 3. The same patches are taken of each, so that a is at 0 from itself. */
void gan_swd(struct gan_swd *swd, const uint8_t *a, const uint8_t *const *other,
	int others, int n, int w, int h, uint64_t seed);

#endif
