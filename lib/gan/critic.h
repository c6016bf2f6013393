/*
 * A discriminator without norms, forward and back by hand, for R1 and R2: the
 * gradient by its weights of
 *
 *	sum_n s_n D(x_n) + k/2 sum_n |grad_x D(x_n)|^2
 *
 * exactly, without a second way back through the tape. With g = grad_x D,
 * the gradient of |g|^2/2 is that of D's derivative along g, g being held
 * constant; and since D is convolutions and leaky ReLUs, that derivative is a
 * convolution network too, with the same masks and no biases. So with
 *	y_l = m_l (w_l * y_{l-1} + b_l)		forward
 *	d_l = m_l (w_{l+1}^T d_{l+1})		back, from 1 at the logit
 *	v_l = m_l (w_l * v_{l-1}),  v_0 = g	forward again, along g
 * both parts want the same products of what came in and d_l, and
 *	dw_l = d_l (x) (s y_{l-1} + k v_{l-1}),  db_l = sum s d_l
 * is one weight gradient a layer. It costs one pass more than a step without
 * penalties. Augmentation is part of D: the penalty is by the picture before
 * it.
 *
 *	critic_forward(&c, &tape, &d, x, augment, colour, select);
 *	... c.y[d.n - 1] -> s[n]
 *	critic_backward(&c, s, gamma / n, length);
 *
 * All that it is given is on the device, and so is what it leaves.
 */
#ifndef GAN_CRITIC_H
#define GAN_CRITIC_H

#include "gan/dcgan.h"

struct critic {
	struct nn_tape *t; /* not recording */
	const struct dcgan_net *d;
	const struct nn_augment_picture *augment; /* or NULL */
	bool colour;
	/* [n][1+labels]: what of D's outputs is the logit. */
	const struct nn_tensor *select;
	int n;
	struct nn_tensor *x; /* augmented */
	struct nn_tensor *y[DCGAN_LAYERS_MAX];
};

/* D's outputs, [n][1+labels], are in c->y[d->n - 1]. select lives as long as
 * c does. */
void critic_forward(struct critic *c, struct nn_tape *t,
	const struct dcgan_net *d, struct nn_tensor *x,
	const struct nn_augment_picture *augment, bool colour,
	const struct nn_tensor *select);
/* Adds to D's gradients, and lets go of what forward kept. s: n numbers.
 * Where k is not 0, the sums over all pictures of |grad_x D|^2 go into length,
 * one a colour. */
void critic_backward(
	struct critic *c, const struct nn_tensor *s, float k, double *length);

#endif
