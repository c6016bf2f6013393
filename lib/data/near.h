/*
 * Hashes of 64 bits that differ in few of them, found without comparing each
 * with each: two hashes that differ in no more than `bits` must be alike, but
 * for a bit or so, in one of four bands of 16 bits, and a table a band has them
 * side by side (multi-index hashing: Norouzi, Punjani, Fleet, "Fast search in
 * Hamming space with multi-index hashing", 2012).
 *
 *	near_init(&n, 4);
 *	near_add(&n, hash, 0);
 *	if (near_best(&n, other, &id, &bits))
 *		...
 *	near_release(&n);
 */
#ifndef DATA_NEAR_H
#define DATA_NEAR_H

#include <stdbool.h>
#include <stdint.h>

enum { NEAR_BANDS = 4, NEAR_BITS_MAX = 16 };

struct near {
	int bits;
	int masks[NEAR_BANDS]; /* how many of mask a band is searched by */
	uint16_t *mask;        /* by the number of their bits, fewest first */
	struct near_bucket *bucket[NEAR_BANDS]; /* [65536] each */
};

/* Search for hashes that differ in at most `bits`, up to NEAR_BITS_MAX. */
void near_init(struct near *n, int bits);
void near_release(struct near *n);
void near_add(struct near *n, uint64_t hash, int id);

/* Call hit once for each hash within bits of this one, in no order. */
void near_each(const struct near *n, uint64_t hash,
	void (*hit)(int id, int bits, void *to), void *to);
/* The nearest, the lowest id where equal; false when there is none. */
bool near_best(const struct near *n, uint64_t hash, int *id, int *bits);

#endif
