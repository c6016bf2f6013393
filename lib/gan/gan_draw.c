#include "gan/gan_draw.h"

#include <math.h>

/* -1 is 0, 1 is 255. */
static void to_bytes(const float *x, int64_t n, uint8_t *px)
{
	for (int64_t i = 0; i < n; i++) {
		float v = (x[i] + 1) * 127.5f;

		px[i] = (uint8_t)lrintf(v > 0 ? v < 255 ? v : 255 : 0);
	}
}

void gan_draw_init(struct gan_draw *d, struct nn_backend *be,
	const struct dcgan_config *config, const struct dcgan_net *g,
	uint64_t seed)
{
	*d = (struct gan_draw){.be = be,
		.config = config,
		.g = g,
		.series = {.config = config, .seed = seed}};
	nn_pool_init(&d->pool, be);
}

void gan_draw(void *draw, int i, uint8_t *px)
{
	struct gan_draw *d = draw;
	struct nn_tape t = {.be = d->be, .arena = &d->arena, .pool = &d->pool};
	int64_t in = dcgan_inputs(d->config);
	float *inputs = arena_alloc(&d->arena, (size_t)in * sizeof *inputs), *x;
	struct nn_tensor *y, *z;

	gan_series_inputs(&d->series, i, inputs);
	z = nn_new(&t, NN_F32, 4, (int64_t[]){1, 1, 1, in});
	d->be->copy(d->be, z->data, inputs, nn_bytes(z));
	/* One at a time: for a larger batch, a convolution may add in another
	 * order. */
	y = nn_cast(
		&t, dcgan_generate(&t, d->g, nn_cast(&t, z, d->dtype)), NN_F32);
	x = arena_alloc(&d->arena, nn_bytes(y));
	d->be->copy(d->be, x, y->data, nn_bytes(y));
	to_bytes(x, nn_count(y), px);
	nn_tape_reset(&t);
}

void gan_draw_release(struct gan_draw *d)
{
	nn_pool_release(&d->pool);
	arena_release(&d->arena);
}
