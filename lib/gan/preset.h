/*
 * What a run is: its networks, how they learn, and how far they came. Presets
 * are recipes for all of it:
 *
 *	pytorch     PyTorch's DCGAN tutorial
 *	radford2015 Radford, Metz and Chintala's own code
 *	garment     what is known since: ours
 *
 *	struct gan_run run;
 *	gan_preset(&run, "garment", e);
 *	run.net.width = 128, run.net.height = 192;
 */
#ifndef GAN_PRESET_H
#define GAN_PRESET_H

#include "gan/dcgan.h"
#include "nn/type.h"

struct gan_how {
	int64_t loss; /* enum nn_gan_loss */
	/* Weights of R1 and R2, gamma / 2 * mean |gradient of the logit with
	 * respect to the picture|^2 over real ones and fakes (Mescheder 2018,
	 * Huang 2024): of pictures from -1 to 1, summed over pixels. */
	double r1, r2;
	double r_end; /* what is left of both in the end */

	/* Adam; l2: added to the gradient, of everything. */
	double lr_g, lr_d, lr_end; /* end: what is left of it in the end */
	double beta1, beta2, l2;

	/* G learns first, of noise of its own; D then of fresh fakes. Else D
	 * learns first, and G of the same fakes. */
	bool g_first;
	bool whole; /* batches run on into the next passage, none is smaller */
	bool flip;  /* mirror half of the real pictures */
	/* Probability of augmentation of what D sees (DiffAugment; Zhao
	 * 2020); -1: as much as D's certainty asks for (ADA; Karras 2020). */
	double augment;
	bool colour;  /* colours are augmented too */
	bool ema;     /* keep a mean of G's weights (Yazici 2018) */
	bool measure; /* G's running statistics are measured before it draws:
		       * gan_mean_measure */
	int64_t skip; /* steps that are not finite to leave out in a row */
};

#define GAN_NO_SCORE 1e300

struct gan_run {
	struct dcgan_config net;
	struct gan_how how;
	int64_t seed;     /* of weights, noise, order and augmentation */
	int64_t batch;    /* pictures a step, and a last one may have fewer */
	int64_t span;     /* images over which rates and penalties fall */
	int64_t pictures; /* that it learns from */
	int64_t images;   /* shown to D so far, the same ones counted again */
	int64_t steps;
	double augment;    /* the probability now */
	double sign;       /* mean since p was last moved: gan/gan_augment.h */
	int64_t signs;     /* steps in that mean */
	int64_t saturated; /* steps in a row: gan/watch.h, which also */
	bool varied;       /* saw different pictures drawn */
	double best;       /* score of the best checkpoint, or GAN_NO_SCORE */
};

/* Fill run with a preset's values, as a run that has not begun; ERR_USAGE,
 * with those there are, where the name is unknown. */
int gan_preset(struct gan_run *run, const char *name, struct err *e);

/* gamma for pictures of a size: R3GAN's for its 32, 64 and 256 pixels. */
double gan_auto_gamma(int64_t width, int64_t height);
/* What is left at `images` of a value that falls to the share `end` over the
 * run's span, along a cosine. */
double gan_falls(const struct gan_run *run, double end);

/* Names of enum nn_gan_loss and enum dcgan_latent, ended by NULL. */
extern const char *const gan_losses[], *const gan_latents[];

#endif
