#include "img/dhash.h"

enum { ACROSS = 8, DOWN = 8 };

/* Rec. 601, in thousandths: the eight bits of a channel would make two pixels
 * equal that a few bits more tell apart. */
static int grey(const uint8_t *px)
{
	return 299 * px[0] + 587 * px[1] + 114 * px[2];
}

uint64_t img_dhash(const struct img *im)
{
	struct img small;
	uint64_t hash = 0;

	img_resize(&small, im, ACROSS + 1, DOWN);
	for (int y = 0; y < DOWN; y++) {
		const uint8_t *px = small.px + (size_t)y * (ACROSS + 1) * 3;

		for (int x = 0; x < ACROSS; x++, px += 3)
			hash = hash << 1 | (grey(px + 3) > grey(px));
	}
	img_release(&small);
	return hash;
}
