/*
 * Drawn photographs of people in garments, for tests, demonstrations and
 * first training runs where there is no data set to download: who, where and
 * what is worn is drawn by lot, and so every box is known to the pixel.
 *
 *	struct synth_photo photo;
 *	synth_draw(&photo, seed, i, 200, 300);
 *	... photo.im, photo.garments[0..photo.n-1] ...
 *	synth_release(&photo);
 *
 * Photo i of a seed and size is always the same, however many are drawn.
 */
#ifndef DATA_SYNTH_H
#define DATA_SYNTH_H

#include <stdint.h>
#include "img/img.h"

enum { SYNTH_GARMENTS_MAX = 2, SYNTH_SIDE_MIN = 64, SYNTH_SIDE_MAX = 4096 };

/* DeepFashion's types; as COCO categories, upper, lower and full. */
enum synth_type { SYNTH_UPPER = 1, SYNTH_LOWER = 2, SYNTH_FULL = 3 };

struct synth_garment {
	enum synth_type type;
	int category;        /* 1..50 in DeepFashion's order */
	const char *pattern; /* "Striped"; never NULL */
	int x, y, w, h;      /* the extent of its visible pixels */
};

struct synth_photo {
	struct img im;
	int n; /* at least 1; the one with the largest box comes first */
	struct synth_garment garments[SYNTH_GARMENTS_MAX];
};

/* w and h from SYNTH_SIDE_MIN to SYNTH_SIDE_MAX. */
void synth_draw(
	struct synth_photo *p, uint64_t seed, uint64_t index, int w, int h);
void synth_release(struct synth_photo *p);

#endif
