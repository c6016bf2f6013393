/*
 * Training a DCGAN, step by step, exactly as PyTorch's tutorial does it. In a
 * step
 *
 *	1. D sees n real pictures, to be called 1, then n fakes, to be called
 *	   0: two minibatches, each with its own statistics; their gradients
 *	   add up, and D moves;
 *	2. D, as it is now, sees the same fakes again, to be called 1; the
 *	   gradient goes through it into G, and G moves.
 *
 * The losses are binary cross entropies, both optimisers are Adam with a rate
 * of 2e-4 and betas of 0.5 and 0.999.
 *
 *	struct gan gan;
 *	gan_init(&gan, &run, be);
 *	while (gan.run.images < limit) {
 *		gan_noise(&gan, n, z);
 *		if (gan_step(&gan, real, z, n, &report, e))
 *			return -1;
 *	}
 *	gan_release(&gan);
 */
#ifndef GAN_GAN_STEP_H
#define GAN_GAN_STEP_H

#include "gan/dcgan.h"
#include "nn/need.h"

/* What a run is, and how far it came: with the weights, a checkpoint. */
struct gan_run {
	struct dcgan_config net;
	int64_t seed;     /* of weights, noise and the order of the pictures */
	int64_t batch;    /* pictures a step, and a last one may have fewer */
	int64_t pictures; /* that it learns from */
	int64_t images;   /* shown to D so far, the same ones counted again */
	int64_t steps;
};

struct gan {
	struct gan_run run;
	struct nn_backend *be;
	struct dcgan_net g, d;
	struct arena step;   /* a step's tapes, */
	struct nn_pool pool; /* and activations */
	/* What activations are kept as: NN_F32, or NN_BF16. */
	enum nn_type dtype;
};

/* Networks as they are before training. */
void gan_init(struct gan *m, const struct gan_run *run, struct nn_backend *be);
void gan_release(struct gan *m);

struct gan_report {
	double loss_d, loss_g;
	/* Means of D's answers, as probabilities of being real: to the real
	 * pictures, and to the fakes before and after D moved. */
	double d_real, d_fake, d_fake_after;
};

/* The memory that steps of n pictures need at most. */
struct nn_need gan_need(struct gan *m, int n);

/* The noise of the next step, n times nz: a function of seed and step. */
void gan_noise(const struct gan *m, int n, float *z);
/*
 * Learn from n pictures, n h w 3 from -1 to 1, and n times nz of noise, both
 * in the host's memory; images and steps are counted on. ERR_DATA, naming the
 * step, when a loss or a gradient is not finite: the networks must then not be
 * saved.
 */
int gan_step(struct gan *m, const float *real, const float *z, int n,
	struct gan_report *r, struct err *e);

#endif
