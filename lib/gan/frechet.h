/*
 * The Frechet distance of two sets of features, each taken for a normal
 * distribution (Frechet 1957; Dowson and Landau 1982; for GANs Heusel et al.
 * 2017, arXiv 1706.08500, who call it FID where the features are Inception's):
 *
 *	|m1 - m2|^2 + Tr(C1 + C2 - 2 (C1 C2)^1/2)
 *
 * It is biased upwards, the more the fewer rows there are and depending on what
 * made them (Chong and Forsyth 2019, arXiv 1911.07023): compare only what has
 * the same number of rows.
 *
 * No root of a matrix is taken. A covariance is R'R, with R either the centred
 * rows over the root of n-1 or, where there are more rows than numbers in one,
 * the triangle of their QR decomposition; and then the trace is the sum of the
 * singular values of R1 R2'. So few rows of many numbers cost little.
 */
#ifndef GAN_FRECHET_H
#define GAN_FRECHET_H

#include "gan/pairs.h"

/* Both sets have at least 2 rows, of as many numbers. */
double gan_frechet(const struct gan_rows *x, const struct gan_rows *y);

#endif
