/*
 * What looks at pictures and makes a row of numbers of each, its features, in
 * which pictures can be compared: the body of a trained network (app/), or, to
 * see whether training runs at all, one of random weights.
 */
#ifndef GAN_EXTRACTOR_H
#define GAN_EXTRACTOR_H

#include <stdint.h>
#include "base/err.h"
#include "nn/backend.h"

enum { GAN_EXTRACTOR_NAME = 64 };

/* Inception networks' names begin so (inception.h); and the one by which the
 * FID is defined, whose file's SHA-256 begins with these digits. */
#define GAN_EXTRACTOR_INCEPTION_NAME "inception-"
#define GAN_EXTRACTOR_FID GAN_EXTRACTOR_INCEPTION_NAME "6726825d"

struct gan_extractor {
	char name[GAN_EXTRACTOR_NAME]; /* behind FD- and KD-: "1a2b3c4d",
					  "rand1" */
	int d;                         /* numbers a picture */
	int least;                     /* pixels that either side must have */
	/* The features of n pictures, h w 3, into [n][d]: of each alone,
	 * whatever the others are. */
	void (*look)(
		void *self, const uint8_t *px, int n, int w, int h, float *to);
	void (*release)(void *self);
	void *self;
};

/*
 * An untrained one: three convolutions of 4x4 and stride 2 with random weights
 * of that seed, leaky ReLU, then the mean of each of 128 channels. It tells
 * noise from pictures, and little more. Sides have 8 pixels or more. Works on
 * the host's memory.
 */
void gan_extractor_random(
	struct gan_extractor *extractor, struct nn_backend *be, uint64_t seed);
void gan_extractor_release(struct gan_extractor *extractor);
/* Whether it can look at pictures of w by h; ERR_USAGE: they are too small. */
int gan_extractor_check(
	const struct gan_extractor *extractor, int w, int h, struct err *e);

/* For those who make extractors: the mean of each of c channels over the rows
 * of a map in the host's memory. */
void gan_extractor_pool(const float *map, int64_t rows, int c, float *to);

#endif
