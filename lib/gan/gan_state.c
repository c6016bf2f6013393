#include "gan/gan_step.h"
#include "base/mem.h"
#include "gan/latent.h"
#include "gan/mean.h"
#include "nn/parts.h"

#include <string.h>

void gan_init(struct gan *m, const struct gan_run *run, struct nn_backend *be)
{
	uint64_t seed = (uint64_t)run->seed;

	BUG_ON(run->how.r1 < 0 || run->how.r2 < 0);
	*m = (struct gan){.run = *run, .be = be, .measured = -1};
	nn_pool_init(&m->pool, be);
	for (int i = 0; i < NN_TELLS; i++)
		nn_readback_init(&m->asked[i].readback, be, i);
	dcgan_generator_init(&m->g, &run->net, be, seed);
	dcgan_discriminator_init(&m->d, &run->net, be, seed);
	if (run->how.ema) {
		dcgan_generator_init(&m->mean, &run->net, be, seed);
		nn_params_freeze(&m->mean.params, "");
	}
}

void gan_release(struct gan *m)
{
	for (int i = 0; i < NN_TELLS; i++)
		nn_readback_release(&m->asked[i].readback);
	dcgan_net_release(&m->g);
	dcgan_net_release(&m->d);
	if (m->run.how.ema)
		dcgan_net_release(&m->mean);
	nn_pool_release(&m->pool);
	arena_release(&m->step);
}

void gan_batch_init(struct gan_batch *b, const struct gan_run *run, int n)
{
	const struct dcgan_config *c = &run->net;
	size_t z = (size_t)dcgan_inputs(c) * (run->how.g_first ? 2 : 1);

	*b = (struct gan_batch){.n = n};
	b->which = mem_alloc((size_t)n, sizeof *b->which);
	b->z = mem_alloc((size_t)n, z * sizeof *b->z);
	if (c->labels)
		b->label = mem_alloc(
			(size_t)n, (size_t)c->labels * sizeof *b->label);
}

void gan_batch_release(struct gan_batch *b)
{
	mem_free(b->which);
	mem_free(b->label);
	mem_free(b->z);
	*b = (struct gan_batch){0};
}

void gan_noise(const struct gan *m, struct gan_batch *b)
{
	const struct dcgan_config *c = &m->run.net;
	struct rng r = rng_item(
		(uint64_t)m->run.seed, RNG_LATENT, (uint64_t)m->run.steps);
	int rows = b->n * (m->run.how.g_first ? 2 : 1);
	float *z = b->z;

	for (int i = 0; i < rows; i++, z += dcgan_inputs(c)) {
		gan_latent(c, &r, z);
		if (c->labels)
			memcpy(z + c->nz, b->label + i % b->n * c->labels,
				(size_t)c->labels * sizeof *z);
	}
}

/* Kernels that are made of weights. */
static size_t wide_bytes(const struct dcgan_net *net)
{
	size_t n = 0;

	for (int i = 0; i < net->n; i++)
		if (net->layer[i].wide)
			n += nn_wide_bytes(net->layer[i].wide);
	return n;
}

/* The networks' besides D's parameters. */
static size_t weights(struct gan *m)
{
	size_t n =
		nn_params_bytes(&m->g.params, 2) + nn_parts_bytes(&m->g.params);

	n += wide_bytes(&m->g) + wide_bytes(&m->d);
	if (m->run.how.ema)
		n += nn_params_bytes(&m->mean.params, 0) +
		     nn_parts_bytes(&m->mean.params) + wide_bytes(&m->mean);
	return n;
}

/* What draws, once its statistics are measured where they have to be. */
static struct dcgan_net *drawing(struct gan *m, bool *measured)
{
	*measured = m->run.how.ema || m->run.how.measure;
	return m->run.how.ema ? &m->mean : &m->g;
}

struct nn_footprint gan_footprint(struct gan *m, int n)
{
	struct nn_tape t = {.be = m->be, .arena = &m->step, .pool = &m->pool};
	struct gan_batch b = {.n = n};
	struct gan_run before = m->run;
	struct gan_report r;
	struct nn_footprint need;
	struct dcgan_net *net;
	bool measured;
	size_t more;

	/* Whatever comes to be augmented is foretold. */
	if (m->run.how.augment)
		m->run.augment = 1;
	nn_footprint_begin(&t);
	/* Dry, it neither reads pictures nor moves the networks. */
	gan_step(m, &b, &r, NULL);
	net = drawing(m, &measured);
	if (measured)
		gan_mean_foretell(
			net, &m->run.net, m->dtype, &m->step, &m->pool);
	need = nn_footprint_end(&t, &m->d.params, 2);
	more = weights(m);
	need.weights += more;
	need.total += more;
	m->run = before;
	return need;
}

struct dcgan_net *gan_best(struct gan *m)
{
	bool measured;
	struct dcgan_net *g = drawing(m, &measured);

	if (!measured)
		return g;
	if (m->measured != m->run.steps)
		gan_mean_measure(g, &m->run.net, m->labels, m->dtype, &m->step,
			&m->pool);
	m->measured = m->run.steps;
	return g;
}
