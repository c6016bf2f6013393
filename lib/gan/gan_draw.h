/*
 * Pictures out of a trained generator. Each is made alone, of its own place
 * in a series (gan/series.h), with the running statistics of the norms: the
 * 7th picture is the same to the byte whatever else is drawn.
 *
 *	struct gan_draw d;
 *	gan_draw_init(&d, be, &config, &g, 1);
 *	gan_draw(&d, 6, px);
 *	gan_draw_release(&d);
 */
#ifndef GAN_GAN_DRAW_H
#define GAN_GAN_DRAW_H

#include "gan/series.h"

struct gan_draw {
	struct nn_backend *be;
	const struct dcgan_config *config;
	const struct dcgan_net *g;
	struct gan_series series; /* picture 0 and the next ones */
	enum nn_type dtype;       /* what activations are kept as */
	struct arena arena;       /* of a picture, reset at the next */
	struct nn_pool pool;
};

/* Seeds from `seed` on, in f32; set dtype or the series for other. */
void gan_draw_init(struct gan_draw *d, struct nn_backend *be,
	const struct dcgan_config *config, const struct dcgan_net *g,
	uint64_t seed);
/* Picture i into px, h w 3 bytes. draw is a struct gan_draw: the function can
 * be handed to whoever lays out pictures. */
void gan_draw(void *draw, int i, uint8_t *px);
void gan_draw_release(struct gan_draw *d);

#endif
