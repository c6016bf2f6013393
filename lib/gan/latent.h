/* The noise that a generator makes pictures of. */
#ifndef GAN_LATENT_H
#define GAN_LATENT_H

#include "base/rng.h"
#include "gan/dcgan.h"

/* nz numbers as the config wants them, drawn from r. */
void gan_latent(const struct dcgan_config *c, struct rng *r, float *z);
/* Make any nz numbers (a mixture, a walk) such as the config wants them: on
 * the sphere, of its radius; else they stay. */
void gan_latent_project(const struct dcgan_config *c, float *z);

#endif
