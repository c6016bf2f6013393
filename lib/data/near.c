#include "data/near.h"
#include "base/err.h"
#include "base/mem.h"

enum { WIDTH = 16, BUCKETS = 1 << WIDTH };

struct near_bucket {
	struct near_entry {
		uint64_t hash;
		int id;
	} * entry;
	int n, cap;
};

static unsigned band_of(uint64_t hash, int band)
{
	return hash >> band * WIDTH & (BUCKETS - 1);
}

/* In how many bits of a band hashes may differ that are searched there. Of
 * 4r+a bits in four bands, either one of the first a+1 has r or fewer, or one
 * of the others r-1 or fewer: else they would be more. */
static int radius(int bits, int band)
{
	int r = bits / NEAR_BANDS, a = bits % NEAR_BANDS;

	return band <= a ? r : r - 1;
}

void near_init(struct near *n, int bits)
{
	int at = 0;

	BUG_ON(bits < 0 || bits > NEAR_BITS_MAX);
	*n = (struct near){.bits = bits};
	n->mask = mem_alloc(BUCKETS, sizeof *n->mask);
	for (int r = 0; r <= radius(bits, 0); r++) {
		for (unsigned m = 0; m < BUCKETS; m++)
			if (__builtin_popcount(m) == r)
				n->mask[at++] = (uint16_t)m;
		for (int b = 0; b < NEAR_BANDS; b++)
			if (r <= radius(bits, b))
				n->masks[b] = at;
	}
	for (int b = 0; b < NEAR_BANDS; b++)
		if (n->masks[b])
			n->bucket[b] = mem_alloc(BUCKETS, sizeof *n->bucket[b]);
}

void near_release(struct near *n)
{
	for (int b = 0; b < NEAR_BANDS; b++) {
		for (int i = 0; n->bucket[b] && i < BUCKETS; i++)
			mem_free(n->bucket[b][i].entry);
		mem_free(n->bucket[b]);
	}
	mem_free(n->mask);
}

void near_add(struct near *n, uint64_t hash, int id)
{
	for (int b = 0; b < NEAR_BANDS; b++) {
		struct near_bucket *k;

		if (!n->masks[b])
			continue;
		k = &n->bucket[b][band_of(hash, b)];
		if (k->n == k->cap) {
			k->cap = k->cap ? k->cap * 2 : 2;
			k->entry = mem_grow(
				k->entry, (size_t)k->cap, sizeof *k->entry);
		}
		k->entry[k->n++] = (struct near_entry){hash, id};
	}
}

/* Whether a pair is also found in a band before this one. */
static bool found_before(const struct near *n, uint64_t differ, int band)
{
	for (int b = 0; b < band; b++)
		if (__builtin_popcount(band_of(differ, b)) <=
			radius(n->bits, b))
			return true;
	return false;
}

void near_each(const struct near *n, uint64_t hash,
	void (*hit)(int id, int bits, void *to), void *to)
{
	for (int b = 0; b < NEAR_BANDS; b++)
		for (int m = 0; m < n->masks[b]; m++) {
			const struct near_bucket *k =
				&n->bucket[b][band_of(hash, b) ^ n->mask[m]];

			for (int i = 0; i < k->n; i++) {
				uint64_t differ = hash ^ k->entry[i].hash;
				int bits = __builtin_popcountll(differ);

				if (bits <= n->bits &&
					!found_before(n, differ, b))
					hit(k->entry[i].id, bits, to);
			}
		}
}

struct best {
	int id, bits;
};

static void keep_best(int id, int bits, void *to)
{
	struct best *best = to;

	if (best->id < 0 || bits < best->bits ||
		(bits == best->bits && id < best->id))
		*best = (struct best){id, bits};
}

bool near_best(const struct near *n, uint64_t hash, int *id, int *bits)
{
	struct best best = {-1, 0};

	near_each(n, hash, keep_best, &best);
	if (best.id < 0)
		return false;
	*id = best.id;
	*bits = best.bits;
	return true;
}
