#include "gan/swd.h"
#include "base/mem.h"
#include "base/rng.h"
#include "gan/pyramid.h"
#include "nn/sort_key.h"

#include <math.h>
#include <string.h>

enum {
	PATCHES = 128, /* of a picture */
	SIDE = GAN_SWD_PATCH,
	LONG = SIDE * SIDE * 3, /* numbers in a patch */
	DIRECTIONS = 512,
	BESIDE = 8, /* directions that are worked on at a time, */
	ROWS = 8    /* and patches */
};

/* A number for each direction: a register, where registers are so long. */
typedef float lanes __attribute__((vector_size(BESIDE * sizeof(float))));

/* What all sets of a level share. */
struct level {
	int number, levels, n, w, h;
	uint64_t seed;
};

int gan_swd_levels(int w, int h)
{
	int levels = w >= SIDE && h >= SIDE;

	while (levels && levels < GAN_SWD_LEVELS && w % 2 == 0 && h % 2 == 0 &&
		w / 2 >= GAN_SWD_LEAST && h / 2 >= GAN_SWD_LEAST) {
		levels++;
		w /= 2;
		h /= 2;
	}
	return levels;
}

/* ---- patches ---- */

static void take_patches(
	const struct level *of, const uint8_t *px, int picture, float *to)
{
	struct rng r = rng_item(of->seed, RNG_SCORE,
		(uint64_t)picture * GAN_SWD_LEVELS + (uint64_t)of->number);
	struct arena a = {0};
	struct gan_level l =
		gan_pyramid_level(px, of->w, of->h, of->number, of->levels, &a);

	for (int i = 0; i < PATCHES; i++) {
		int x = (int)rng_below(&r, (uint32_t)(l.w - SIDE + 1));
		int y = (int)rng_below(&r, (uint32_t)(l.h - SIDE + 1));

		for (int j = 0; j < SIDE; j++, to += SIDE * 3)
			memcpy(to,
				l.v + ((size_t)(y + j) * (size_t)l.w +
					      (size_t)x) *
						3,
				SIDE * 3 * sizeof *to);
	}
	arena_release(&a);
}

/* Each channel to mean 0 and deviation 1; one that is constant to 0. */
static void normalise(float *v, int64_t n)
{
	for (int c = 0; c < 3; c++) {
		double sum = 0, squares = 0, mean, over;

		for (int64_t i = c; i < n; i += 3)
			sum += (double)v[i];
		mean = sum / ((double)n / 3);
		for (int64_t i = c; i < n; i += 3)
			squares +=
				((double)v[i] - mean) * ((double)v[i] - mean);
		over = squares > 0 ? 1 / sqrt(squares / ((double)n / 3)) : 0;
		for (int64_t i = c; i < n; i += 3)
			v[i] = (float)(((double)v[i] - mean) * over);
	}
}

/* The patches of a set, [n * PATCHES][LONG]. */
static float *patches(const struct level *of, const uint8_t *px)
{
	size_t each = (size_t)PATCHES * LONG;
	float *v = mem_alloc((size_t)of->n * each, sizeof *v);

#pragma omp parallel for schedule(static)
	for (int i = 0; i < of->n; i++)
		take_patches(of,
			px + (size_t)i * (size_t)of->w * (size_t)of->h * 3, i,
			v + (size_t)i * each);
	normalise(v, (int64_t)of->n * (int64_t)each);
	return v;
}

/* ---- directions ---- */

/* BESIDE unit vectors from number `first` on, side by side: [LONG][BESIDE]. */
static void directions(
	float to[LONG][BESIDE], uint64_t seed, int level, int first)
{
	for (int k = 0; k < BESIDE; k++) {
		/* Items from the end: the patches have those from 0 on. */
		uint64_t item =
			(uint64_t)level * DIRECTIONS + (uint64_t)(first + k);
		struct rng r = rng_item(seed, RNG_SCORE, (1ULL << 48) + item);
		double v[LONG], norm = 0;

		for (int i = 0; i < LONG; i++) {
			v[i] = (double)rng_normal(&r);
			norm += v[i] * v[i];
		}
		norm = sqrt(norm);
		for (int i = 0; i < LONG; i++)
			to[i][k] = (float)(v[i] / norm);
	}
}

/* Where n patches, a multiple of ROWS, lie along the directions: [BESIDE][n].
 * Several patches at a time, so that no sum waits for the one before. */
static void project(const float *v, size_t n, float by[LONG][BESIDE], float *to)
{
	for (size_t i = 0; i < n; i += ROWS, v += ROWS * LONG) {
		lanes sum[ROWS] = {{0}};

		for (int k = 0; k < LONG; k++) {
			lanes d;

			memcpy(&d, by[k], sizeof d);
#pragma GCC unroll 8
			for (int r = 0; r < ROWS; r++)
				sum[r] += v[r * LONG + k] * d;
		}
		for (int r = 0; r < ROWS; r++)
			for (int j = 0; j < BESIDE; j++)
				to[(size_t)j * n + i + (size_t)r] = sum[r][j];
	}
}

/* Least digit first, three digits of 11 bits; key and spare have room for n. */
static void sort(float *v, size_t n, uint32_t *key, uint32_t *spare)
{
	enum { BITS = 11, BUCKETS = 1 << BITS, DIGITS = 3 };

	for (size_t i = 0; i < n; i++)
		key[i] = nn_sort_key(v[i]);
	for (int digit = 0; digit < DIGITS; digit++) {
		size_t at[BUCKETS] = {0}, sum = 0;
		uint32_t *swap = key;
		int shift = digit * BITS;

		for (size_t i = 0; i < n; i++)
			at[key[i] >> shift & (BUCKETS - 1)]++;
		for (int b = 0; b < BUCKETS; b++) {
			size_t many = at[b];

			at[b] = sum;
			sum += many;
		}
		for (size_t i = 0; i < n; i++)
			spare[at[key[i] >> shift & (BUCKETS - 1)]++] = key[i];
		key = spare;
		spare = swap;
	}
	for (size_t i = 0; i < n; i++)
		v[i] = nn_sort_value(key[i]);
}

static double difference(const float *a, const float *b, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += fabs((double)a[i] - (double)b[i]);
	return sum / (double)n;
}

/* ---- a level ---- */

/* A thread's share: some directions, all sets, the first of which the others
 * are compared with. far[direction][set - 1]. */
static void compare(const struct level *of, float *const *set, int sets,
	int first, double *far)
{
	float by[LONG][BESIDE];
	size_t n = (size_t)of->n * PATCHES;
	float *a = mem_alloc(n * BESIDE, sizeof *a);
	float *b = mem_alloc(n * BESIDE, sizeof *b);
	uint32_t *key = mem_alloc(2 * n, sizeof *key);

	directions(by, of->seed, of->number, first);
	for (int s = 0; s < sets; s++) {
		float *to = s ? b : a;

		project(set[s], n, by, to);
		for (int j = 0; j < BESIDE; j++) {
			sort(to + (size_t)j * n, n, key, key + n);
			if (s)
				far[(first + j) * (sets - 1) + s - 1] =
					difference(a + (size_t)j * n,
						b + (size_t)j * n, n);
		}
	}
	mem_free(a);
	mem_free(b);
	mem_free(key);
}

/* Add the distances at a level to those of the others. */
static void measure(const struct level *of, struct gan_swd *swd,
	float *const *set, int others)
{
	double *far =
		mem_alloc((size_t)DIRECTIONS * (size_t)others, sizeof *far);

#pragma omp parallel for schedule(static)
	for (int i = 0; i < DIRECTIONS; i += BESIDE)
		compare(of, set, others + 1, i, far);
	for (int s = 0; s < others; s++) {
		double sum = 0;

		for (int i = 0; i < DIRECTIONS; i++)
			sum += far[i * others + s];
		swd[s].level[of->number] = sum / DIRECTIONS * 1000;
		swd[s].mean += swd[s].level[of->number] / of->levels;
	}
	mem_free(far);
}

void gan_swd(struct gan_swd *swd, const uint8_t *a, const uint8_t *const *other,
	int others, int n, int w, int h, uint64_t seed)
{
	struct level of = {0, gan_swd_levels(w, h), n, w, h, seed};
	float **set = mem_alloc((size_t)others + 1, sizeof *set);

	for (int s = 0; s < others; s++)
		swd[s] = (struct gan_swd){.levels = of.levels};
	for (; of.number < of.levels; of.number++) {
		for (int s = 0; s <= others; s++)
			set[s] = patches(&of, s ? other[s - 1] : a);
		measure(&of, swd, set, others);
		for (int s = 0; s <= others; s++)
			mem_free(set[s]);
	}
	mem_free(set);
}
