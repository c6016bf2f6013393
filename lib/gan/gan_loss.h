/*
 * The losses of a GAN, of n logits of real pictures and n of fakes, means over
 * the pairs, all in terms of s(x) = softplus(x) = log(1 + exp(x)):
 *
 *	       D                        G
 *	bce    s(-real) + s(fake)       s(-fake)
 *	hinge  (1-real)+ + (1+fake)+    -fake
 *	rp     s(fake-real)             s(real-fake)
 *
 * Each returns its value and leaves its derivatives by the logits, which are
 * what the way back begins with.
 */
#ifndef GAN_GAN_LOSS_H
#define GAN_GAN_LOSS_H

#include "gan/preset.h"

double gan_loss_d(enum gan_loss loss, int n, const float *real,
	const float *fake, float *d_real, float *d_fake);
/* real is read by rp alone. */
double gan_loss_g(enum gan_loss loss, int n, const float *real,
	const float *fake, float *d_fake);

/* Of pairs, or of real pictures alone, how far D is right: the mean of the
 * sign of real - fake, or of real. */
double gan_loss_sign(
	enum gan_loss loss, int n, const float *real, const float *fake);
/* Mean of the logits as probabilities. */
double gan_loss_probability(int n, const float *logit);

#endif
