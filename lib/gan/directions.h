/*
 * The directions in which a generator's noise changes most of what its first
 * layer makes: the principal components of that layer's output, behind its
 * norm, over all noise. The layer is linear, so they are eigenvectors of
 * W'D^2W, of its weight W and the norm's scale D, and no picture has to be
 * drawn (GANSpace, Harkonen et al. 2020, arXiv 2004.02546; in this form SeFa,
 * Shen and Zhou 2021, arXiv 2007.06600). What a direction does to garments one
 * must look at.
 */
#ifndef GAN_DIRECTIONS_H
#define GAN_DIRECTIONS_H

#include "base/err.h"
#include "gan/dcgan.h"

/* Noise of more numbers has no directions: it would take too long. */
enum { GAN_DIRECTIONS_NZ_MAX = 1024 };

/*
 * Direction number k, from 0, the strongest first, into `direction`, nz numbers
 * of length 1, the largest of them positive; *share, which may be NULL, is its
 * part of the variance. ERR_USAGE where there is none of that number.
 */
int gan_direction(const struct dcgan_config *c, const struct dcgan_net *g,
	int k, double *direction, double *share, struct err *e);

#endif
