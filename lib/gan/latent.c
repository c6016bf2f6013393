#include "gan/latent.h"

#include <math.h>

void gan_latent_project(const struct dcgan_config *c, float *z)
{
	double sum = 0;
	float by;

	if (c->latent != DCGAN_SPHERE)
		return;
	for (int64_t i = 0; i < c->nz; i++)
		sum += (double)z[i] * (double)z[i];
	by = sum > 0 ? (float)sqrt((double)c->nz / sum) : 0;
	for (int64_t i = 0; i < c->nz; i++)
		z[i] *= by;
}

void gan_latent(const struct dcgan_config *c, struct rng *r, float *z)
{
	for (int64_t i = 0; i < c->nz; i++)
		z[i] = c->latent == DCGAN_UNIFORM ? 2 * rng_uniform(r) - 1
						  : rng_normal(r);
	gan_latent_project(c, z);
}
