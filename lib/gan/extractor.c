#include "gan/extractor.h"
#include "base/mem.h"
#include "nn/ops.h"
#include "nn/param.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LAYERS = 3, KERNEL = 4, LEAST = 1 << LAYERS };

static const int channels[LAYERS + 1] = {3, 32, 64, 128};

struct random_net {
	struct nn_backend *be;
	struct nn_params params;
	struct nn_tensor *w[LAYERS];
	struct arena arena;
	struct nn_pool pool;
};

static void look_at(
	struct random_net *r, const uint8_t *px, int w, int h, float *to)
{
	struct nn_tape t = {.be = r->be, .arena = &r->arena, .pool = &r->pool};
	size_t n = (size_t)w * (size_t)h * 3;
	float *host = arena_alloc(&r->arena, n * sizeof *host);
	struct nn_tensor *x = nn_new(&t, NN_F32, 4, (int64_t[]){1, h, w, 3});
	int64_t rows;

	for (size_t i = 0; i < n; i++)
		host[i] = (float)px[i] / 127.5f - 1;
	r->be->copy(r->be, x->data, host, nn_bytes(x));
	for (int i = 0; i < LAYERS; i++)
		x = nn_conv(&t, x, r->w[i], NULL, NULL, NULL,
			(struct nn_conv_how){
				.stride = 2, .pad = 1, .act = NN_LEAKY});
	rows = nn_rows(x);
	host = arena_alloc(&r->arena, nn_bytes(x));
	r->be->copy(r->be, host, x->data, nn_bytes(x));
	gan_extractor_pool(host, rows, channels[LAYERS], to);
	nn_tape_reset(&t);
}

void gan_extractor_pool(const float *map, int64_t rows, int c, float *to)
{
	for (int j = 0; j < c; j++) {
		double sum = 0;

		for (int64_t i = 0; i < rows; i++)
			sum += (double)map[i * c + j];
		to[j] = (float)(sum / (double)rows);
	}
}

static void look(void *self, const uint8_t *px, int n, int w, int h, float *to)
{
	/* One at a time: for a larger batch, a convolution may add in another
	 * order. */
	for (int i = 0; i < n; i++)
		look_at(self, px + (size_t)i * (size_t)w * (size_t)h * 3, w, h,
			to + (size_t)i * (size_t)channels[LAYERS]);
}

static void release(void *self)
{
	struct random_net *r = self;

	nn_params_release(&r->params);
	nn_pool_release(&r->pool);
	arena_release(&r->arena);
	mem_free(r);
}

void gan_extractor_random(
	struct gan_extractor *extractor, struct nn_backend *be, uint64_t seed)
{
	struct random_net *r = mem_alloc(1, sizeof *r);

	r->be = be;
	nn_pool_init(&r->pool, be);
	nn_params_init(&r->params, be, seed);
	for (int i = 0; i < LAYERS; i++) {
		char name[16];
		int in = channels[i], out = channels[i + 1];

		snprintf(name, sizeof name, "%d.weight", i);
		/* He's rule: what comes out varies as much as what goes in. */
		r->w[i] = nn_param(&r->params, name, NN_BUFFER, 4,
			(int64_t[]){out, in, KERNEL, KERNEL},
			(struct nn_fill){NN_FILL_NORMAL, 0,
				(float)sqrt(2.0 / (in * KERNEL * KERNEL))});
	}
	*extractor = (struct gan_extractor){.d = channels[LAYERS],
		.least = LEAST,
		.look = look,
		.release = release,
		.self = r};
	snprintf(extractor->name, sizeof extractor->name, "rand%llu",
		(unsigned long long)seed);
}

int gan_extractor_check(
	const struct gan_extractor *extractor, int w, int h, struct err *e)
{
	if (w >= extractor->least && h >= extractor->least)
		return 0;
	return err_set(e, ERR_USAGE,
		"pictures of %dx%d are too small to compare by features of "
		"'%s': both sides need %d pixels",
		w, h, extractor->name, extractor->least);
}

void gan_extractor_release(struct gan_extractor *extractor)
{
	if (extractor->release)
		extractor->release(extractor->self);
	*extractor = (struct gan_extractor){0};
}
