#include "gan/mean.h"
#include "gan/latent.h"
#include "nn/ema.h"

#include <math.h>

/* Pictures that statistics are measured on, and how many at once. */
enum { MEASURED = 1024, AT_ONCE = 64 };
/* Of the noise's items: no step has this number. */
#define FIRST_ITEM ((uint64_t)1 << 62)

double gan_mean_half_life(int64_t images)
{
	return fmin(10e3, 0.05 * (double)images);
}

void gan_mean_update(struct dcgan_net *mean, const struct dcgan_net *g,
	int64_t images, int n)
{
	double keep = pow(0.5, n / gan_mean_half_life(images));

	nn_mean_step(&mean->params, &g->params, (float)(1 - keep), false);
}

static struct nn_tensor *inputs(struct nn_tape *t, const struct dcgan_config *c)
{
	return nn_new(
		t, NN_F32, 4, (int64_t[]){AT_ONCE, 1, 1, dcgan_inputs(c)});
}

static struct nn_tensor *noise(struct nn_tape *t, const struct dcgan_config *c,
	const struct gan_labels *labels, uint64_t item)
{
	int64_t in = dcgan_inputs(c);
	struct nn_tensor *z = inputs(t, c);
	struct rng r = rng_item(0, RNG_LATENT, FIRST_ITEM + item);
	float *v = arena_alloc(t->arena, nn_bytes(z));

	for (int i = 0; i < AT_ONCE; i++) {
		gan_latent(c, &r, v + i * in);
		if (c->labels)
			gan_labels_draw(labels, &r, v + i * in + c->nz);
	}
	t->be->copy(t->be, z->data, v, nn_bytes(z));
	return z;
}

/* What was not finite once would stay so. */
static void forget(struct dcgan_net *g)
{
	struct nn_params *ps = &g->params;

	for (int i = 0; i < ps->n; i++)
		if (ps->p[i]->role == NN_BUFFER)
			ps->be->clear(ps->be, ps->p[i]->x.data,
				nn_bytes(&ps->p[i]->x));
}

static void set_momentum(struct dcgan_net *g, float momentum)
{
	for (int i = 0; i < g->n; i++)
		g->layer[i].norm.momentum = momentum;
}

void gan_mean_measure(struct dcgan_net *g, const struct dcgan_config *c,
	const struct gan_labels *labels, enum nn_type dtype, struct arena *a,
	struct nn_pool *pool)
{
	struct nn_tape t = {
		.be = g->params.be, .arena = a, .pool = pool, .train = true};
	float momentum = g->layer[0].norm.momentum;

	forget(g);
	/* The first batch replaces what was there: a plain mean of all. */
	for (int i = 0; i < MEASURED / AT_ONCE; i++) {
		set_momentum(g, 1 / (float)(i + 1));
		dcgan_generate(&t, g,
			nn_cast(&t, noise(&t, c, labels, (uint64_t)i), dtype));
		nn_tape_reset(&t);
	}
	set_momentum(g, momentum);
}

void gan_mean_foretell(struct dcgan_net *g, const struct dcgan_config *c,
	enum nn_type dtype, struct arena *a, struct nn_pool *pool)
{
	struct nn_tape t = {
		.be = g->params.be, .arena = a, .pool = pool, .train = true};

	dcgan_generate(&t, g, nn_cast(&t, inputs(&t, c), dtype));
	nn_tape_reset(&t);
}
