/*
 * The mean of a generator's weights over its last steps, exponentially
 * weighted: it draws better than any of them (Yazici et al. 2018, arXiv
 * 1806.04498). Running statistics of norms are no weights: a mean of weights
 * has statistics of its own, which are measured by letting it draw.
 */
#ifndef GAN_MEAN_H
#define GAN_MEAN_H

#include "gan/labels.h"
#include "gan/preset.h"

/* Images in which a weight's part in the mean halves: StyleGAN2-ADA's rule, at
 * most 10,000 and a twentieth of what was seen. */
double gan_mean_half_life(int64_t images);
/* After a step of n pictures, `images` being all that were seen. */
void gan_mean_update(struct dcgan_net *mean, const struct dcgan_net *g,
	int64_t images, int n);

/*
 * Make g's running statistics the mean over pictures that it draws, always
 * the same ones' noise, so that they are a function of its weights alone.
 * labels may be NULL where the config has none. arena and pool are used, and
 * reset.
 */
void gan_mean_measure(struct dcgan_net *g, const struct dcgan_config *c,
	const struct gan_labels *labels, enum nn_type dtype, struct arena *a,
	struct nn_pool *pool);

/* A batch of that in a dry step, to see what it needs (nn/footprint.h). */
void gan_mean_foretell(struct dcgan_net *g, const struct dcgan_config *c,
	enum nn_type dtype, struct arena *a, struct nn_pool *pool);

#endif
