/* What the two halves of a step share: gan_step.c asks, gan_told.c reads. */
#ifndef GAN_GAN_SAID_H
#define GAN_GAN_SAID_H

#include "gan/gan_loss.h"
#include "gan/gan_step.h"

/* What a step tells, on the device. */
struct gan_said {
	double d[NN_GAN_TOLD], g[NN_GAN_TOLD]; /* gan_loss_d, gan_loss_g */
	double r1[DCGAN_COLOURS], r2[DCGAN_COLOURS]; /* critic_backward */
};

#endif
