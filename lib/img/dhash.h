/*
 * A perceptual hash: pictures that look alike have hashes that differ in few
 * of their 64 bits, whatever their size, quality or format.
 *
 *	if (img_load(&im, "photo.jpg", IMG_DHASH_SIDE, e))
 *		return -1;
 *	hash = img_dhash(&im);
 *	if (img_dhash_distance(hash, other) <= 4)
 *		...
 *
 * This is dHash (Krawetz, "Kind of like that", 2013): the picture is shrunk to
 * 9 by 8 grey pixels, and a bit tells whether a pixel is brighter than the one
 * to its left; the first row's leftmost in the highest bit, rows from the top.
 * It knows nothing of mirrored, turned or cut pictures.
 */
#ifndef IMG_DHASH_H
#define IMG_DHASH_H

#include <stdint.h>
#include "img/img.h"

/* A JPEG of this shorter side is large enough to be hashed: what img_load may
 * shrink it to. */
enum { IMG_DHASH_SIDE = 96 };

uint64_t img_dhash(const struct img *im);

/* In how many bits two hashes differ: 0 to 64. */
static inline int img_dhash_distance(uint64_t a, uint64_t b)
{
	return __builtin_popcountll(a ^ b);
}

#endif
