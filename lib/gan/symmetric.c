#include "gan/symmetric.h"
#include "base/mem.h"

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

double gan_dot(const double *x, const double *y, int n)
{
	/* Several sums side by side, which are one vector's. */
	enum { SIDE = 8 };
	double part[SIDE] = {0}, sum = 0;
	int i = 0;

	for (; i + SIDE <= n; i += SIDE)
		for (int j = 0; j < SIDE; j++)
			part[j] += x[i + j] * y[i + j];
	for (; i < n; i++)
		sum += x[i] * y[i];
	for (int j = 0; j < SIDE; j++)
		sum += part[j];
	return sum;
}

/* Make of v, n numbers, the vector of the reflection that leaves only a first
 * component of it, which is returned; *scale is 2/|v|^2, 0 when nothing is to
 * be done. */
static double reflector(double *v, int n, double *scale)
{
	double tail = 0, first = v[0], norm;

	for (int i = 1; i < n; i++)
		tail += v[i] * v[i];
	*scale = 0;
	if (tail == 0)
		return first;
	norm = sqrt(first * first + tail);
	if (first > 0)
		norm = -norm;
	v[0] = first - norm;
	*scale = 2 / (v[0] * v[0] + tail);
	return norm;
}

/* ---- QR ---- */

enum { COLUMNS = 32 };

/* Reflect the columns from..to of the n rows at a, which are d apart. */
static void reflect(double *a, int n, int d, int from, int to, const double *v,
	double scale)
{
	double dot[COLUMNS] = {0};

	for (int i = 0; i < n; i++)
		for (int j = from; j < to; j++)
			dot[j - from] +=
				v[i] * a[(size_t)i * (size_t)d + (size_t)j];
	for (int i = 0; i < n; i++)
		for (int j = from; j < to; j++)
			a[(size_t)i * (size_t)d + (size_t)j] -=
				scale * v[i] * dot[j - from];
}

void gan_triangle(double *a, int n, int d)
{
	double *v = mem_alloc((size_t)n, sizeof *v);

	for (int k = 0; k < d; k++) {
		double *at = a + (size_t)k * (size_t)d, scale, first;

		for (int i = 0; i < n - k; i++)
			v[i] = at[(size_t)i * (size_t)d + (size_t)k];
		first = reflector(v, n - k, &scale);
		if (scale > 0) {
#pragma omp parallel for schedule(static)
			for (int j = k + 1; j < d; j += COLUMNS)
				reflect(at, n - k, d, j,
					j + COLUMNS < d ? j + COLUMNS : d, v,
					scale);
		}
		at[k] = first;
		for (int i = 1; i < n - k; i++)
			at[(size_t)i * (size_t)d + (size_t)k] = 0;
	}
	mem_free(v);
}

/* ---- eigenvalues ---- */

/* a = H a H for the reflection H of v, on the m x m block at a, whose rows are
 * n apart; p has room for m. */
static void reflect_both(
	double *a, int m, int n, const double *v, double scale, double *p)
{
	double half;

#pragma omp parallel for schedule(static) if (m > 64)
	for (int i = 0; i < m; i++)
		p[i] = scale * gan_dot(a + (size_t)i * (size_t)n, v, m);
	half = scale / 2 * gan_dot(p, v, m);
	for (int i = 0; i < m; i++)
		p[i] -= half * v[i];
#pragma omp parallel for schedule(static) if (m > 64)
	for (int i = 0; i < m; i++) {
		double *row = a + (size_t)i * (size_t)n;

		for (int j = 0; j < m; j++)
			row[j] -= v[i] * p[j] + p[i] * v[j];
	}
}

/* To a diagonal, and off[0..n-2] beside it. */
static void tridiagonal(double *a, int n, double *diagonal, double *off)
{
	double *v = mem_alloc((size_t)n, sizeof *v);
	double *p = mem_alloc((size_t)n, sizeof *p);

	for (int k = 0; k < n; k++) {
		double *row = a + (size_t)k * (size_t)n, scale;
		int m = n - k - 1;

		diagonal[k] = row[k];
		if (!m)
			break;
		memcpy(v, row + k + 1, (size_t)m * sizeof *v);
		off[k] = reflector(v, m, &scale);
		if (scale > 0)
			reflect_both(row + n + k + 1, m, n, v, scale, p);
	}
	mem_free(v);
	mem_free(p);
}

/* One sweep with the shift of Wilkinson, from m down to l. */
static void sweep(double *d, double *off, int l, int m)
{
	double g = (d[l + 1] - d[l]) / (2 * off[l]);
	double r = hypot(g, 1), s = 1, c = 1, p = 0;

	g = d[m] - d[l] + off[l] / (g + copysign(r, g));
	for (int i = m - 1; i >= l; i--) {
		double f = s * off[i], b = c * off[i];

		r = hypot(f, g);
		off[i + 1] = r;
		if (r == 0) {
			/* It falls apart here. */
			d[i + 1] -= p;
			off[m] = 0;
			return;
		}
		s = f / r;
		c = g / r;
		g = d[i + 1] - p;
		r = (d[i] - g) * s + 2 * c * b;
		p = s * r;
		d[i + 1] = g + p;
		g = c * r - b;
	}
	d[l] -= p;
	off[l] = g;
	off[m] = 0;
}

void gan_eigenvalues(double *a, int n, double *value)
{
	double *off = mem_alloc((size_t)n + 1, sizeof *off);

	tridiagonal(a, n, value, off);
	for (int l = 0; l < n; l++) {
		for (;;) {
			int m = l;

			while (m + 1 < n &&
				fabs(off[m]) >
					DBL_EPSILON *
						(fabs(value[m]) +
							fabs(value[m + 1])))
				m++;
			if (m == l)
				break;
			sweep(value, off, l, m);
		}
	}
	mem_free(off);
}
