#include "data/near.h"
#include "base/mem.h"
#include "base/rng.h"
#include "tap.h"

enum { N = 3000 };

static uint64_t hashes[N];

/* Random ones, each third near one before it, and some that are equal. */
static void make_hashes(void)
{
	struct rng r = rng_new(11, RNG_DRAW);

	for (int i = 0; i < N; i++) {
		hashes[i] = (uint64_t)rng_u32(&r) << 32 | rng_u32(&r);
		if (i % 3 || !i)
			continue;
		hashes[i] = hashes[rng_below(&r, (uint32_t)i)];
		for (int k = (int)rng_below(&r, 20); k > 0; k--)
			hashes[i] ^= (uint64_t)1 << rng_below(&r, 64);
	}
}

static void count_pair(int id, int bits, void *to)
{
	int *seen = to; /* [N]: bits + 1 */

	seen[id] = seen[id] ? -1 : bits + 1;
}

static void check_pairs(int bits)
{
	struct near n;
	static int seen[N];
	int wrong = 0, pairs = 0;

	near_init(&n, bits);
	for (int i = 0; i < N; i++) {
		memset(seen, 0, sizeof seen);
		near_each(&n, hashes[i], count_pair, seen);
		for (int j = 0; j < i; j++) {
			int differ =
				__builtin_popcountll(hashes[i] ^ hashes[j]);

			wrong += seen[j] != (differ <= bits ? differ + 1 : 0);
			pairs += differ <= bits;
		}
		near_add(&n, hashes[i], i);
	}
	ok(!wrong && pairs > 20,
		"within %d bits: all %d pairs are found, each once, no other",
		bits, pairs);
	near_release(&n);
}

static void check_best(void)
{
	struct near n;
	int id = -1, bits = -1;

	near_init(&n, 6);
	ok(!near_best(&n, 0, &id, &bits), "nothing is near in an empty set");
	near_add(&n, 0x7, 4);
	near_add(&n, 0x1, 9);
	near_add(&n, 0x2, 5);
	ok(near_best(&n, 0, &id, &bits) && id == 5 && bits == 1,
		"the nearest, the first of two: %d at %d", id, bits);
	ok(!near_best(&n, UINT64_MAX, &id, &bits), "none is near");
	near_release(&n);
}

int main(void)
{
	make_hashes();
	for (int bits = 0; bits <= NEAR_BITS_MAX; bits++)
		check_pairs(bits);
	check_best();
	return done();
}
