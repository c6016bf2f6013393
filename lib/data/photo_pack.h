/*
 * Photographs for a device that scales and normalises them itself, as
 * photo_fill does (there: nn_resize): their bytes, and where each row and
 * column of the result lies among them. One block, to be copied as it is:
 *
 *	int64_t start[most]        where in the block a picture's bytes begin
 *	int32_t from[most][h + w][2]
 *	                           of each row of the result, then of each
 *	                           column, the two that it lies between: where
 *	                           they begin in the bytes, or in a row of them;
 *	                           -1 for the padding, which is 0
 *	float part[most][h + w]    how far it is from the first to the second
 *	uint8_t [][][3]            the pictures: pixels of R, G, B
 *
 * Rows and columns between which nothing of the result lies are left out where
 * that makes fewer of them, so that a picture is never more bytes than the
 * floats of its result. What Pillow's filter has antialiased
 * (PHOTO_PIL), which rounds to bytes, was that here; it travels at the size of
 * the result.
 *
 *	p.block = room; // photo_pack_room(2, h, w) and photo_pack_most of each
 *	photo_pack_begin(&p, 2, h, w);
 *	photo_pack_add(&p, 0, &look, &fit, &im, false);
 *	photo_pack_add(&p, 1, &look, &fit, &im, true);
 *	send(p.block, photo_pack_bytes(&p));
 */
#ifndef DATA_PHOTO_PACK_H
#define DATA_PHOTO_PACK_H

#include <stdatomic.h>
#include <stddef.h>
#include "data/photo.h"

struct photo_pack {
	int n, h, w;    /* pictures, and the size of each with its padding */
	int most;       /* pictures that the tables have room for */
	uint8_t *block; /* the caller's, for 8-byte numbers */
	atomic_size_t used;
};

/* Where in the block things begin; start: at 0. */
size_t photo_pack_from(const struct photo_pack *p);
size_t photo_pack_part(const struct photo_pack *p);

/* Bytes of a block without its pictures. */
size_t photo_pack_room(int n, int h, int w);
/* Bytes of a w by h photograph, or a part of it, at most. */
size_t photo_pack_most(const struct photo_look *look,
	const struct photo_fit *fit, int w, int h);
/* Bytes of a block so far: what there is to be copied. */
size_t photo_pack_bytes(const struct photo_pack *p);

/* Make it one of n pictures; block must be set. */
void photo_pack_begin(struct photo_pack *p, int n, int h, int w);
/* Put a photograph in place i, as photo_fill takes it. Threads may do so for
 * different places at a time. */
void photo_pack_add(struct photo_pack *p, int i, const struct photo_look *look,
	const struct photo_fit *fit, const struct img *im, bool flip);
/* What is in place `from` comes to an earlier one, whose picture is left out
 * then; n is the caller's to change. */
void photo_pack_move(struct photo_pack *p, int to, int from);

#endif
