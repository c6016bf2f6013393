/*
 * What a generator is to be given, picture by picture: seeds one after the
 * other, or a walk between seeds, variations of one, crosses of two, or a seed
 * pushed along a direction. Pictures are numbered from 0; number i depends on
 * the series and i alone.
 *
 *	struct gan_series s = {.config = &config, .seed = 7,
 *		.kind = GAN_SERIES_WALK, .seeds = 4, .loop = true, .count = 60};
 *	gan_series_inputs(&s, 12, z);
 */
#ifndef GAN_SERIES_H
#define GAN_SERIES_H

#include "gan/dcgan.h"
#include "gan/labels.h"

enum gan_series_kind {
	GAN_SERIES_SEEDS, /* seed, seed + 1, ... */
	/* From seed past the next ones, `seeds` of them, in count pictures
	 * evenly: along great circles (White 2016, arXiv 1609.04468). */
	GAN_SERIES_WALK,
	/* The noise of `other`, moved by that of seed, seed + 1, ...: a mixture
	 * of as much of each that it is as long as noise is. */
	GAN_SERIES_LIKE,
	/* Rows of seeds from seed on, columns of seeds from `other` on: half
	 * way between both. */
	GAN_SERIES_CROSS,
	/* Rows of seeds; along a row from -amount to amount of a direction; in
	 * a single column amount. */
	GAN_SERIES_SLIDE
};

struct gan_series {
	const struct dcgan_config *config;
	uint64_t seed; /* of picture 0 */
	enum gan_series_kind kind;
	int count;      /* pictures in all, of a walk */
	int columns;    /* of a grid; 0: a list */
	int seeds;      /* of a walk, at least 2 */
	bool loop;      /* it ends where it began */
	uint64_t other; /* see the kinds */
	double spread;  /* of GAN_SERIES_LIKE: 0 the same, 1 any */
	double share;   /* of GAN_SERIES_CROSS: how much is the column's */
	double amount;  /* of GAN_SERIES_SLIDE */
	const double *direction; /* [nz], of length 1 */
	/* Noise is made shorter by this factor: fewer surprises, less variety
	 * (0: 1, as it is). */
	double truncation;
	/* What the numbers beside the noise are: NULL, zeros. A key's are drawn
	 * by the seed as often as pictures have them, unless label, a row of
	 * them, says what they are. */
	const struct gan_labels *labels;
	const float *label;
	bool fixed[GAN_LABEL_KEYS]; /* whose keys label says */
};

/* What G takes for picture i: dcgan_inputs numbers. */
void gan_series_inputs(const struct gan_series *s, int i, float *to);
/* What picture i is called: its seed "7", "7x12", "7+0.50". */
enum { GAN_SERIES_CAPTION = 48 };
void gan_series_caption(
	const struct gan_series *s, int i, char text[GAN_SERIES_CAPTION]);
/* The seed of picture i; of a grid, of its row. */
uint64_t gan_series_seed(const struct gan_series *s, int i);

#endif
