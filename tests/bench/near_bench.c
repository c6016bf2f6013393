/*
 * How long all near pairs among many hashes take to find: random ones, a tenth
 * of them a few bits from another.
 *
 *	near_bench [N [BITS]]
 */
#include "base/mem.h"
#include "base/rng.h"
#include "data/near.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void count(int id, int bits, void *to)
{
	(void)id;
	(void)bits;
	++*(long *)to;
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 100000;
	int bits = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 4;
	uint64_t *hash = mem_alloc((size_t)n, sizeof *hash);
	struct rng r = rng_new(1, RNG_DRAW);
	struct near near;
	long pairs = 0;
	double t;

	for (int i = 0; i < n; i++) {
		hash[i] = (uint64_t)rng_u32(&r) << 32 | rng_u32(&r);
		if (i && i % 10 == 0)
			hash[i] = hash[rng_below(&r, (uint32_t)i)] ^
				  (uint64_t)1 << rng_below(&r, 64) ^
				  (uint64_t)1 << rng_below(&r, 64);
	}
	t = now();
	near_init(&near, bits);
	for (int i = 0; i < n; i++) {
		near_each(&near, hash[i], count, &pairs);
		near_add(&near, hash[i], i);
	}
	printf("%d hashes, %d bits: %ld pairs in %.3f s\n", n, bits, pairs,
		now() - t);
	near_release(&near);
	mem_free(hash);
	return 0;
}
