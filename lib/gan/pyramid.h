/*
 * A Laplacian pyramid (Burt and Adelson, "The Laplacian pyramid as a compact
 * image code", 1983) of a picture of three channels: each level is what is lost
 * when it is blurred by 1 4 6 4 1 and halved, the last one is what is left.
 * Beyond the edges the picture is mirrored, the edge's pixel not repeated.
 */
#ifndef GAN_PYRAMID_H
#define GAN_PYRAMID_H

#include <stdint.h>
#include "base/arena.h"

/* A level, [h][w][3]. */
struct gan_level {
	int w, h;
	float *v;
};

/* Level number `level` of `levels` of the picture px, in the arena. */
struct gan_level gan_pyramid_level(const uint8_t *px, int w, int h, int level,
	int levels, struct arena *a);

#endif
