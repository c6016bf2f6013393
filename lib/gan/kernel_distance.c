#include "gan/kernel_distance.h"
#include "base/mem.h"
#include "base/rng.h"

#include <math.h>

enum { SUBSETS = 100, SUBSET_MOST = 1000, ROWS_MOST = 4096 };

/* The kernel of all rows of two sets. */
struct kernel {
	double *k; /* [x->n][n] */
	int n, d;
};

static void take(void *to, int i, double *v)
{
	struct kernel *s = to;
	double *row = s->k + (size_t)i * (size_t)s->n;

	for (int j = 0; j < s->n; j++) {
		double t = v[j] / s->d + 1;

		row[j] = t * t * t;
	}
}

static struct kernel kernel(const struct gan_rows *x, const struct gan_rows *y)
{
	struct kernel s = {.n = y->n, .d = y->d};

	s.k = mem_alloc((size_t)x->n * (size_t)y->n, sizeof *s.k);
	gan_pairs(GAN_PAIR_DOT, x, y, take, &s);
	return s;
}

/* The sum over some rows and columns; apart: but for equal ones. */
static double sum(const struct kernel *s, const int32_t *row,
	const int32_t *column, int n, int apart)
{
	double total = 0;

	for (int i = 0; i < n; i++) {
		const double *v = s->k + (size_t)row[i] * (size_t)s->n;
		double part = 0;

		for (int j = 0; j < n; j++)
			part += v[column[j]];
		total += apart ? part - v[row[i]] : part;
	}
	return total;
}

/* n of `of` rows, the first places of a shuffle. */
static int32_t *subset(uint64_t seed, int item, int of)
{
	struct rng r = rng_item(seed, RNG_SCORE, (uint64_t)item);
	int32_t *v = mem_alloc((size_t)of, sizeof *v);

	for (int32_t i = 0; i < of; i++)
		v[i] = i;
	rng_shuffle(&r, v, of);
	return v;
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

void gan_kernel_distance(struct gan_kernel_distance *k,
	const struct gan_rows *x, const struct gan_rows *y, uint64_t seed)
{
	struct gan_rows a = {x->v, least(x->n, ROWS_MOST), x->d};
	struct gan_rows b = {y->v, least(y->n, ROWS_MOST), y->d};
	struct kernel aa = kernel(&a, &a), bb = kernel(&b, &b);
	struct kernel ab = kernel(&a, &b);
	int n = least(least(a.n, b.n) / 2, SUBSET_MOST);
	double value[SUBSETS], pairs = (double)n * (n - 1), squares = 0;

#pragma omp parallel for schedule(static)
	for (int s = 0; s < SUBSETS; s++) {
		int32_t *i = subset(seed, 2 * s, a.n);
		int32_t *j = subset(seed, 2 * s + 1, b.n);

		value[s] =
			(sum(&aa, i, i, n, 1) + sum(&bb, j, j, n, 1)) / pairs -
			2 * sum(&ab, i, j, n, 0) / ((double)n * n);
		mem_free(i);
		mem_free(j);
	}
	k->mean = 0;
	for (int s = 0; s < SUBSETS; s++)
		k->mean += value[s] / SUBSETS;
	for (int s = 0; s < SUBSETS; s++)
		squares += (value[s] - k->mean) * (value[s] - k->mean);
	k->std = sqrt(squares / SUBSETS);
	mem_free(aa.k);
	mem_free(bb.k);
	mem_free(ab.k);
}
