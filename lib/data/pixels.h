/*
 * Small pictures of one size, decoded once and kept as bytes: what a
 * generator learns from. A picture is scaled until it just covers the size
 * and the middle is taken (torchvision's Resize and CenterCrop).
 *
 *	struct pixels p;
 *	pixels_init(&p, 64, 64, seed);
 *	pixels_load(&p, &gallery, 0, loaded, to, e);
 *	n = pixels_next(&p, seen, 64, which);
 *	pixels_release(&p);
 */
#ifndef DATA_PIXELS_H
#define DATA_PIXELS_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "data/gallery.h"

struct pixels {
	int w, h;
	int n;
	uint8_t *px; /* [n][h][w][3] */

	bool whole; /* batches run on into the next passage */
	uint64_t seed;
	int32_t *order; /* [n], of one passage through the data */
	int64_t epoch;  /* that order is for; -1: none */
};

/* seed: of the order of the pictures. */
void pixels_init(struct pixels *p, int w, int h, uint64_t seed);
void pixels_release(struct pixels *p);

/*
 * Add the pictures of a gallery in their order, decoded by `threads` threads
 * (0: as many as the process may use). `each` is told of every one of them, in
 * order: i of the gallery, and why it was left out, with the line that names
 * it; why->code is ERR_NONE for those that were added. When it returns -1 the
 * loading ends, and e becomes why.
 */
int pixels_load(struct pixels *p, const struct gallery *g, int threads,
	int (*each)(void *to, int i, const struct err *why), void *to,
	struct err *e);
/* How many pictures are of one colour all over. */
int pixels_flat(const struct pixels *p);

/*
 * Which pictures follow after `seen`: at most max, and none beyond the end of
 * the passage through the data, whose last batch is the rest; unless p->whole
 * is set, when all batches are of max and the next passage begins within one.
 * Every passage has an order of its own, by seed, so that seed and seen say
 * all: a resumed run gets what an uninterrupted one would. There must be
 * pictures. Returns how many.
 */
int pixels_next(struct pixels *p, int64_t seen, int max, int32_t *which);

#endif
