#include "gan/frechet.h"
#include "base/err.h"
#include "base/mem.h"
#include "gan/symmetric.h"

#include <math.h>
#include <string.h>

/* A set's mean, and the factor R, rows x d, of its covariance. */
struct normal {
	double *mean, *r;
	int rows;
	double trace;
};

static void fit(struct normal *f, const struct gan_rows *x)
{
	size_t d = (size_t)x->d, n = (size_t)x->n;
	double over = 1 / sqrt((double)x->n - 1);

	f->mean = mem_alloc(d, sizeof *f->mean);
	f->r = mem_alloc(n * d, sizeof *f->r);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < d; j++)
			f->mean[j] += (double)x->v[i * d + j];
	for (size_t j = 0; j < d; j++)
		f->mean[j] /= x->n;
	f->trace = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < d; j++) {
			double v =
				((double)x->v[i * d + j] - f->mean[j]) * over;

			f->r[i * d + j] = v;
			f->trace += v * v;
		}
	f->rows = x->n;
	if (n > d) {
		gan_triangle(f->r, x->n, x->d);
		f->rows = x->d;
	}
}

static void forget(struct normal *f)
{
	mem_free(f->mean);
	mem_free(f->r);
}

/* a b', of n and m rows of d. */
static double *product(const double *a, int n, const double *b, int m, int d)
{
	double *to = mem_alloc((size_t)n * (size_t)m, sizeof *to);

#pragma omp parallel for schedule(static)
	for (int i = 0; i < n; i++)
		for (int j = 0; j < m; j++)
			to[(size_t)i * (size_t)m + (size_t)j] =
				gan_dot(a + (size_t)i * (size_t)d,
					b + (size_t)j * (size_t)d, d);
	return to;
}

/* The sum of the singular values of R1 R2': the roots of the eigenvalues of
 * that times its transpose. */
static double cross(const struct normal *a, const struct normal *b, int d)
{
	double *m = product(a->r, a->rows, b->r, b->rows, d);
	double *s = product(m, a->rows, m, a->rows, b->rows);
	double *value = mem_alloc((size_t)a->rows, sizeof *value), sum = 0;

	gan_eigenvalues(s, a->rows, value);
	/* What is below zero is rounding. */
	for (int i = 0; i < a->rows; i++)
		sum += sqrt(fmax(value[i], 0));
	mem_free(m);
	mem_free(s);
	mem_free(value);
	return sum;
}

double gan_frechet(const struct gan_rows *x, const struct gan_rows *y)
{
	struct normal a, b;
	double apart = 0, v;

	BUG_ON(x->d != y->d || x->n < 2 || y->n < 2);
	fit(&a, x);
	fit(&b, y);
	for (int j = 0; j < x->d; j++) {
		v = a.mean[j] - b.mean[j];
		apart += v * v;
	}
	/* The square matrix that is left is the smaller one. */
	v = a.rows <= b.rows ? cross(&a, &b, x->d) : cross(&b, &a, x->d);
	v = apart + a.trace + b.trace - 2 * v;
	forget(&a);
	forget(&b);
	return v;
}
