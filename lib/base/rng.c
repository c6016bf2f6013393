#include "base/rng.h"

#include <math.h>

void rng_block(uint64_t seed, uint64_t stream, uint64_t block, uint32_t out[4])
{
	uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
	uint32_t c0 = (uint32_t)block, c1 = (uint32_t)(block >> 32);
	uint32_t c2 = (uint32_t)stream, c3 = (uint32_t)(stream >> 32);

	for (int round = 0; round < 10; round++) {
		uint64_t a = (uint64_t)0xD2511F53u * c0;
		uint64_t b = (uint64_t)0xCD9E8D57u * c2;

		c0 = (uint32_t)(b >> 32) ^ c1 ^ k0;
		c2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
		c1 = (uint32_t)b;
		c3 = (uint32_t)a;
		k0 += 0x9E3779B9u;
		k1 += 0xBB67AE85u;
	}
	out[0] = c0;
	out[1] = c1;
	out[2] = c2;
	out[3] = c3;
}

struct rng rng_new(uint64_t seed, uint64_t stream)
{
	return (struct rng){.seed = seed, .stream = stream};
}

struct rng rng_at(uint64_t seed, uint64_t stream, uint64_t at)
{
	struct rng r = {.seed = seed, .stream = stream, .at = at};

	if (at & 3)
		rng_block(seed, stream, at >> 2, r.word);
	return r;
}

struct rng rng_item(uint64_t seed, uint64_t stream, uint64_t item)
{
	/* The item takes the high part of the stream's counter word. */
	return rng_new(seed, stream | (item + 1) << 8);
}

uint32_t rng_u32(struct rng *r)
{
	if ((r->at & 3) == 0)
		rng_block(r->seed, r->stream, r->at >> 2, r->word);
	return r->word[r->at++ & 3];
}

uint32_t rng_below(struct rng *r, uint32_t n)
{
	/* Lemire's multiply-and-reject. */
	uint64_t m = (uint64_t)rng_u32(r) * n;

	if ((uint32_t)m < n) {
		uint32_t least = -n % n;

		while ((uint32_t)m < least)
			m = (uint64_t)rng_u32(r) * n;
	}
	return (uint32_t)(m >> 32);
}

float rng_uniform(struct rng *r)
{
	return (float)(rng_u32(r) >> 8) * 0x1p-24f;
}

float rng_normal(struct rng *r)
{
	double u = ((double)rng_u32(r) + 1) * 0x1p-32;
	double v = (double)rng_u32(r) * 0x1p-32;

	return (float)(sqrt(-2 * log(u)) * cos(6.283185307179586 * v));
}

void rng_shuffle(struct rng *r, int32_t *v, int32_t n)
{
	for (int32_t i = n - 1; i > 0; i--) {
		int32_t j = (int32_t)rng_below(r, (uint32_t)i + 1);
		int32_t t = v[i];

		v[i] = v[j];
		v[j] = t;
	}
}
