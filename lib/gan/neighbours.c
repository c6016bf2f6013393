#include "gan/neighbours.h"
#include "base/mem.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

/* ---- the nearest ---- */

struct nearest {
	int n, same;
	int *at;
	double *distance;
};

static void take_nearest(void *to, int i, double *v)
{
	struct nearest *s = to;
	int best = -1;

	for (int j = 0; j < s->n; j++)
		if (!(s->same && i == j) && (best < 0 || v[j] < v[best]))
			best = j;
	if (s->at)
		s->at[i] = best;
	if (s->distance)
		s->distance[i] = best < 0 ? INFINITY : sqrt(v[best]);
}

void gan_nearest(const struct gan_rows *x, const struct gan_rows *y, int same,
	int *at, double *distance)
{
	struct nearest s = {y->n, same, at, distance};

	gan_pairs(GAN_PAIR_SQUARES, x, y, take_nearest, &s);
}

static double squares(const float *x, const float *y, int d)
{
	enum { SIDE = 8 };
	double part[SIDE] = {0}, sum = 0;
	int k = 0;

	for (; k + SIDE <= d; k += SIDE)
		for (int j = 0; j < SIDE; j++) {
			double v = (double)x[k + j] - (double)y[k + j];

			part[j] += v * v;
		}
	for (; k < d; k++)
		sum += ((double)x[k] - (double)y[k]) *
		       ((double)x[k] - (double)y[k]);
	for (int j = 0; j < SIDE; j++)
		sum += part[j];
	return sum;
}

int gan_nearest_one(
	const float *x, const struct gan_rows *y, int skip, double *distance)
{
	double *far = mem_alloc((size_t)y->n, sizeof *far);
	int best = -1;

#pragma omp parallel for schedule(static)
	for (int i = 0; i < y->n; i++)
		far[i] = squares(x, y->v + (size_t)i * (size_t)y->d, y->d);
	for (int i = 0; i < y->n; i++)
		if (i != skip && (best < 0 || far[i] < far[best]))
			best = i;
	*distance = best < 0 ? INFINITY : sqrt(far[best]);
	mem_free(far);
	return best;
}

/* ---- balls ---- */

struct radii {
	int n, k;
	double *r; /* squared */
};

/* The k-th smallest but for the row's own 0: an insertion into k places. */
static void take_radius(void *to, int i, double *v)
{
	struct radii *s = to;
	int held = 0;

	v[i] = INFINITY;
	/* The places are v's own first ones, already read. */
	for (int j = 0; j < s->n; j++) {
		double d = v[j];
		int at = held < s->k ? held++ : s->k;

		if (at == s->k && !(d < v[at - 1]))
			continue;
		if (at == s->k)
			at--;
		for (; at > 0 && v[at - 1] > d; at--)
			v[at] = v[at - 1];
		v[at] = d;
	}
	s->r[i] = v[s->k - 1];
}

static double *radii(const struct gan_rows *x, int k)
{
	struct radii s = {x->n, k, mem_alloc((size_t)x->n, sizeof(double))};

	gan_pairs(GAN_PAIR_SQUARES, x, x, take_radius, &s);
	return s.r;
}

struct balls {
	int n;
	const double *rx, *ry; /* squared radii of the rows of x and y */
	int *inside;   /* [x->n] y's rows within the ball of a row of x */
	char *near;    /* [x->n] within the ball of any of y's rows */
	char *covered; /* [y->n] within the ball of any of x's rows */
};

static void take_balls(void *to, int i, double *v)
{
	struct balls *b = to;

	for (int j = 0; j < b->n; j++) {
		if (v[j] <= b->rx[i]) {
			b->inside[i]++;
			/* Every thread would write the same. */
#pragma omp atomic write
			b->covered[j] = 1;
		}
		if (v[j] <= b->ry[j])
			b->near[i] = 1;
	}
}

void gan_prdc(struct gan_prdc *p, const struct gan_rows *x,
	const struct gan_rows *y, int k)
{
	double *rx = radii(x, k), *ry = radii(y, k);
	size_t nx = (size_t)x->n, ny = (size_t)y->n;
	struct balls b = {y->n, rx, ry, mem_alloc(nx, sizeof(int)),
		mem_alloc(nx, 1), mem_alloc(ny, 1)};
	long pairs = 0, hit = 0, near = 0, covered = 0;

	gan_pairs(GAN_PAIR_SQUARES, x, y, take_balls, &b);
	for (int i = 0; i < x->n; i++) {
		pairs += b.inside[i];
		hit += b.inside[i] > 0;
		near += b.near[i];
	}
	for (int j = 0; j < y->n; j++)
		covered += b.covered[j];
	p->precision = (double)covered / y->n;
	p->recall = (double)near / x->n;
	p->density = (double)pairs / ((double)k * y->n);
	p->coverage = (double)hit / x->n;
	mem_free(rx);
	mem_free(ry);
	mem_free(b.inside);
	mem_free(b.near);
	mem_free(b.covered);
}

/* ---- copies ---- */

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

double gan_median(double *v, int n)
{
	qsort(v, (size_t)n, sizeof *v, by_value);
	return (v[(n - 1) / 2] + v[n / 2]) / 2;
}

double gan_copies(
	const struct gan_rows *x, const struct gan_rows *y, double *limit)
{
	double *d = mem_alloc((size_t)(x->n > y->n ? x->n : y->n), sizeof *d);
	double half;
	int copies = 0;

	gan_nearest(x, x, 1, NULL, d);
	half = gan_median(d, x->n) / 2;
	gan_nearest(y, x, 0, NULL, d);
	for (int i = 0; i < y->n; i++)
		copies += d[i] < half || d[i] == 0;
	mem_free(d);
	if (limit)
		*limit = half;
	return (double)copies / y->n;
}

/* ---- two samples ---- */

double gan_one_nn(const struct gan_rows *x, const struct gan_rows *y)
{
	const struct gan_rows *set[] = {x, y};
	size_t most = (size_t)(x->n > y->n ? x->n : y->n);
	double *own = mem_alloc(most, sizeof *own);
	double *other = mem_alloc(most, sizeof *other), right = 0;

	for (int s = 0; s < 2; s++) {
		gan_nearest(set[s], set[s], 1, NULL, own);
		gan_nearest(set[s], set[1 - s], 0, NULL, other);
		for (int i = 0; i < set[s]->n; i++)
			right += own[i] < other[i]   ? 1
				 : own[i] > other[i] ? 0
						     : 0.5;
	}
	mem_free(own);
	mem_free(other);
	return right / (x->n + y->n);
}
