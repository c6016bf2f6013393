/*
 * What pictures go through before D sees them, so that it does not learn a
 * small set by heart: DiffAugment's translation and cutout (Zhao et al. 2020),
 * and its changes of colour where they are wanted. Each picture goes through
 * each of them with a probability, which either is fixed or follows D's
 * certainty, as in StyleGAN2-ADA (Karras et al. 2020): more, while D ranks
 * real above fake more often than it should. It never passes a cap, beyond
 * which what was cut out shows in what is drawn.
 *
 * All is a function of seed and step.
 */
#ifndef GAN_GAN_AUGMENT_H
#define GAN_GAN_AUGMENT_H

#include "gan/preset.h"

/* The probability that a run begins with. */
double gan_augment_first(const struct gan_how *how);
/* Count a step, at whose start D's mean sign was so (gan_report), and move the
 * probability, every few of them. */
void gan_augment_adapt(struct gan_run *run, double sign, int n);

/* Draws of the run's next step: turn 0 for the real pictures, 1 for the
 * fakes, 2 for the fakes that G learns by. n entries in arena a; NULL when
 * none is to be changed. */
const struct nn_augment_picture *gan_augment_draw(
	const struct gan_run *run, int turn, int n, struct arena *a);

/* About half of the n real pictures mirrored, k becoming ~k, as the run's next
 * step wants. */
void gan_augment_flip(const struct gan_run *run, int n, int32_t *which);

#endif
