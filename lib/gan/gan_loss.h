/*
 * The losses of a GAN over n logits of real pictures and n of fakes, as means
 * over the pairs (nn/body/loss.h has the formulas). All is on the device:
 * nobody waits for what a loss was.
 */
#ifndef GAN_GAN_LOSS_H
#define GAN_GAN_LOSS_H

#include "gan/preset.h"
#include "nn/tape.h"

/*
 * D's loss: its derivatives by the logits into d_real and d_fake, n each, which
 * are what the way back begins with; and the sums over the pairs of what is
 * told of each into told, NN_GAN_TOLD of them.
 */
void gan_loss_d(struct nn_tape *t, enum nn_gan_loss loss,
	const struct nn_tensor *real, const struct nn_tensor *fake,
	struct nn_tensor *d_real, struct nn_tensor *d_fake, double *told);
/* G's; real is looked at by pairing alone, and may else be anything. */
void gan_loss_g(struct nn_tape *t, enum nn_gan_loss loss,
	const struct nn_tensor *real, const struct nn_tensor *fake,
	struct nn_tensor *d_fake, double *told);

#endif
