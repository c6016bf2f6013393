#include "base/rng.h"

#include "tap.h"

/* Known answers of Random123 (kat_vectors, philox4x32 of ten rounds). */
static void test_known(void)
{
	static const struct {
		const char *name;
		uint64_t seed, stream, block;
		uint32_t want[4];
	} known[] = {
		{"all zeros", 0, 0, 0,
			{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{"all ones", UINT64_MAX, UINT64_MAX, UINT64_MAX,
			{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{"digits of pi", 0x299f31d0a4093822, 0x0370734413198a2e,
			0x85a308d3243f6a88,
			{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		uint32_t got[4];

		rng_block(known[i].seed, known[i].stream, known[i].block, got);
		ok(!memcmp(got, known[i].want, sizeof got),
			"Random123's known answer: %s", known[i].name);
	}
}

static void test_stream(void)
{
	struct rng r = rng_new(7, RNG_ORDER), again = rng_new(7, RNG_ORDER);
	struct rng other = rng_new(7, RNG_SAMPLE);
	struct rng item = rng_item(7, RNG_ORDER, 0);
	uint32_t block[4], first = rng_u32(&r);

	rng_block(7, RNG_ORDER, 0, block);
	ok(first == block[0] && rng_u32(&r) == block[1],
		"words come in the order of their blocks");
	ok(rng_u32(&again) == first, "same seed, same stream, same words");
	ok(rng_u32(&other) != first, "another stream, other words");
	ok(rng_u32(&item) != first, "an item's words are not the stream's");

	for (int i = 0; i < 9; i++) {
		struct rng resumed = rng_at(r.seed, r.stream, r.at);
		struct rng on = r;

		ok(rng_u32(&resumed) == rng_u32(&on) &&
				rng_u32(&resumed) == rng_u32(&on),
			"resumed after %d words", i + 2);
		rng_u32(&r);
	}
}

static void test_ranges(void)
{
	struct rng r = rng_new(1, 2);
	int seen[3] = {0}, n = 30000, outside = 0;
	double sum = 0, squares = 0, low = 1, high = 0;

	for (int i = 0; i < n; i++) {
		uint32_t k = rng_below(&r, 3);
		float u = rng_uniform(&r), g = rng_normal(&r);

		if (k < 3)
			seen[k]++;
		else
			outside++;
		low = u < low ? u : low;
		high = u > high ? u : high;
		sum += g;
		squares += (double)g * g;
	}
	is_int(outside, 0, "rng_below stays below");
	for (int k = 0; k < 3; k++)
		is_near(seen[k], n / 3.0, 4 * 82, "each as often");
	ok(low >= 0 && high < 1, "rng_uniform is in [0,1)");
	ok(low < 1e-3 && high > 1 - 1e-3, "and fills it");
	is_near(sum / n, 0, 4 / 173.0, "the mean of rng_normal");
	is_near(squares / n, 1, 4 * 1.42 / 173, "its variance");
	is_int(rng_below(&r, 1), 0, "one of one");
}

static void test_shuffle(void)
{
	struct rng r = rng_new(3, RNG_ORDER);
	int32_t v[100], seen[100] = {0}, moved = 0, once = 0;

	for (int32_t i = 0; i < 100; i++)
		v[i] = i;
	rng_shuffle(&r, v, 100);
	for (int32_t i = 0; i < 100; i++) {
		moved += v[i] != i;
		seen[v[i]]++;
	}
	for (int32_t i = 0; i < 100; i++)
		once += seen[i] == 1;
	is_int(once, 100, "a shuffle loses and doubles nothing");
	ok(moved > 90, "and moves most: %d", moved);
	rng_shuffle(&r, v, 1);
	rng_shuffle(&r, v, 0);
	ok(r.at == 99, "one and none need no draws");
}

int main(void)
{
	test_known();
	test_stream();
	test_ranges();
	test_shuffle();
	return done();
}
