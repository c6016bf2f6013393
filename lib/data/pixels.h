/*
 * Small pictures of one size, decoded once and kept as bytes: what a
 * generator learns from. A picture is scaled until it just covers the size
 * and the middle is taken (torchvision's Resize and CenterCrop).
 *
 *	struct pixels p;
 *	pixels_init(&p, 64, 64);
 *	pixels_load(&p, &gallery, 0, 64, 0, why);
 *	n = pixels_batch(&p, seed, seen, 64, batch);
 *	pixels_release(&p);
 */
#ifndef DATA_PIXELS_H
#define DATA_PIXELS_H

#include <stdint.h>
#include "base/err.h"
#include "data/gallery.h"

struct pixels {
	int w, h;
	int n, cap;
	uint8_t *px; /* [n][h][w][3] */

	int32_t *order; /* [n], of one passage through the data */
	int64_t epoch;  /* that order is for; -1: none */
};

void pixels_init(struct pixels *p, int w, int h);
void pixels_release(struct pixels *p);

/*
 * Add n pictures of a gallery, from the first, in their order, decoded by
 * `threads` threads (0: as many as the process may use). Those that cannot be
 * used are left out: why[i].code, of n, tells which, and why[i].msg the reason
 * and the line that names them. Returns how many were added.
 */
int pixels_load(struct pixels *p, const struct gallery *g, int first, int n,
	int threads, struct err *why);

/*
 * The pictures that follow after `seen`, one behind the other in to: at most
 * max, and none beyond the end of the passage through the data, whose last
 * batch is the rest. Every passage has an order of its own, by seed, so that
 * seed and seen say all: a resumed run gets what an uninterrupted one would.
 * There must be pictures. Returns how many.
 */
int pixels_batch(struct pixels *p, uint64_t seed, int64_t seen, int max,
	uint8_t *to);

#endif
