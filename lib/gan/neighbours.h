/*
 * What nearest neighbours tell of two sets: whether drawn pictures lie where
 * real ones do, cover them, or copy them. x is the real set, y the other one;
 * a picture is never its own neighbour, but its copy is.
 */
#ifndef GAN_NEIGHBOURS_H
#define GAN_NEIGHBOURS_H

#include "gan/pairs.h"

/* For each row of x, the nearest of y (the first where several are) and its
 * distance; either may be NULL. same: x is y, and a row is not compared with
 * itself. */
void gan_nearest(const struct gan_rows *x, const struct gan_rows *y, int same,
	int *at, double *distance);

/* The same for one row alone, but for row `skip` of y (-1: none); its number.
 */
int gan_nearest_one(
	const float *x, const struct gan_rows *y, int skip, double *distance);

/*
 * Precision and recall: the share of y within a ball that reaches from a row of
 * x to its k-th nearest in x, and the other way round (Kynkaanniemi et al.
 * 2019, arXiv 1904.06991). Density and coverage: how many such balls hold a row
 * of y, over k, and the share of the balls that hold any (Naeem et al. 2020,
 * arXiv 2002.09797). Both sets have more than k rows.
 */
struct gan_prdc {
	double precision, recall, density, coverage;
};
void gan_prdc(struct gan_prdc *p, const struct gan_rows *x,
	const struct gan_rows *y, int k);

/*
 * How often the nearest other row, of both sets together, is of the same set:
 * one half when nobody can tell them apart, 1 when they lie apart, below one
 * half when y copies x (Lopez-Paz and Oquab 2016, arXiv 1610.06545; for GANs
 * Xu et al. 2018, arXiv 1806.07755). Sets of as many rows; where a row of
 * either set is as near, half counts.
 */
double gan_one_nn(const struct gan_rows *x, const struct gan_rows *y);

/*
 * The share of y that is a row of x, or nearer to one than half of what usually
 * (median) parts a row of x from its nearest in x; *limit, which may be NULL,
 * is that distance.
 */
double gan_copies(
	const struct gan_rows *x, const struct gan_rows *y, double *limit);

/* The median of n numbers, which are sorted. */
double gan_median(double *v, int n);

#endif
