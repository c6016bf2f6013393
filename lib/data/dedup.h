/*
 * Which pictures of a set are kept, and of which of these the others are
 * duplicates. Pictures are placed one after the other, the most wanted first:
 * one is kept unless a file of the same bytes was kept, or a picture whose
 * perceptual hash differs in few bits. So what is dropped always has what it
 * looks like among what is kept: likeness is not handed on from duplicate to
 * duplicate.
 */
#ifndef DATA_DEDUP_H
#define DATA_DEDUP_H

#include "base/err.h"
#include "data/near.h"
#include "data/print.h"

struct dedup_item {
	const char *file;
	struct print print;
	int keeper; /* the item that is kept instead; -1: this one is kept */
	int bits;   /* in which their hashes differ */
	bool exact; /* the same bytes */
};

struct dedup {
	bool look; /* compare hashes, not bytes alone */
	struct near near;
	struct names contents;
	int *first; /* [cap], by number in contents: the item kept */
	int cap;
	struct arena arena;
};

/* bits -1: only the same bytes. */
void dedup_init(struct dedup *d, int bits);
void dedup_release(struct dedup *d);
/* Decide on item i of all. */
int dedup_place(struct dedup *d, struct dedup_item *item, int i, struct err *e);

#endif
