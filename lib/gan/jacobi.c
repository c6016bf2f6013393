#include "gan/symmetric.h"

#include <float.h>
#include <math.h>
#include <stddef.h>

enum { SWEEPS = 60 };

static void rotate(double *x, double *y, size_t step, int n, double c, double s)
{
	for (int i = 0; i < n; i++, x += step, y += step) {
		double a = *x, b = *y;

		*x = c * a - s * b;
		*y = s * a + c * b;
	}
}

/* Make a[p][q] zero. */
static void annihilate(double *a, int n, double *vector, int p, int q)
{
	size_t m = (size_t)n;
	double *pp = a + (size_t)p * m, *qq = a + (size_t)q * m;
	double theta = (qq[q] - pp[p]) / (2 * pp[q]);
	double t = copysign(1, theta) / (fabs(theta) + hypot(theta, 1));
	double c = 1 / hypot(t, 1), s = t * c;

	rotate(a + p, a + q, m, n, c, s);
	rotate(pp, qq, 1, n, c, s);
	pp[q] = qq[p] = 0;
	rotate(vector + (size_t)p * m, vector + (size_t)q * m, 1, n, c, s);
}

static void swap(double *x, double *y, int n)
{
	for (int i = 0; i < n; i++) {
		double t = x[i];

		x[i] = y[i];
		y[i] = t;
	}
}

/* The largest value first. */
static void order(double *a, int n, double *vector)
{
	size_t m = (size_t)n;

	for (size_t i = 0; i < m; i++) {
		size_t best = i;

		for (size_t j = i + 1; j < m; j++)
			if (a[j * m + j] > a[best * m + best])
				best = j;
		if (best == i)
			continue;
		swap(a + i * m + i, a + best * m + best, 1);
		swap(vector + i * m, vector + best * m, n);
	}
}

void gan_eigenvectors(double *a, int n, double *vector)
{
	size_t m = (size_t)n;

	for (size_t i = 0; i < m * m; i++)
		vector[i] = i % (m + 1) == 0;
	for (int sweep = 0, any = 1; any && sweep < SWEEPS; sweep++) {
		any = 0;
		for (int p = 0; p < n; p++)
			for (int q = p + 1; q < n; q++) {
				double off = a[(size_t)p * m + (size_t)q];
				double near =
					fabs(a[(size_t)p * m + (size_t)p]) +
					fabs(a[(size_t)q * m + (size_t)q]);

				if (fabs(off) <= DBL_EPSILON * near)
					continue;
				annihilate(a, n, vector, p, q);
				any = 1;
			}
	}
	order(a, n, vector);
}
