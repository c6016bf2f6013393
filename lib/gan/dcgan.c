#include "gan/dcgan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { UP_KERNEL = 3, WIDEN_MAX = 8 };

/* PyTorch's default. */
static const float norm_momentum = 0.1f;

static const struct nn_fill conv_fill = {NN_FILL_NORMAL, 0, 0.02f};
static const struct nn_fill gain_fill = {NN_FILL_NORMAL, 1, 0.02f};
static const struct nn_fill zero = {NN_FILL_CONSTANT, 0, 0};
static const struct nn_fill one = {NN_FILL_CONSTANT, 1, 0};

int64_t dcgan_inputs(const struct dcgan_config *c)
{
	return c->nz + c->labels;
}

/* ---- building ---- */

static struct nn_tensor *add(struct dcgan_net *net, const char *what,
	enum nn_role role, int rank, const int64_t *dim, struct nn_fill fill)
{
	char name[64];

	snprintf(name, sizeof name, "main.%d.%s", net->module, what);
	return nn_param(&net->params, name, role, rank, dim, fill);
}

static struct nn_norm add_norm(struct dcgan_net *net,
	const struct dcgan_config *c, int rank, const int64_t *dim)
{
	struct nn_norm norm = {
		.gain = add(net, "weight", NN_NORM, rank, dim, gain_fill),
		.bias = add(net, "bias", NN_NORM, rank, dim, zero),
		.mean = add(net, "running_mean", NN_BUFFER, rank, dim, zero),
		.var = add(net, "running_var", NN_BUFFER, rank, dim, one),
		.eps = (float)c->norm_eps,
		.momentum = norm_momentum,
	};

	net->module++;
	return norm;
}

/* Seeds would give both networks the same numbers; the item parts them. */
static void init(struct dcgan_net *net, struct nn_backend *be, uint64_t seed,
	uint64_t item)
{
	memset(net, 0, sizeof *net);
	nn_params_init(&net->params, be, seed);
	net->params.rng = rng_item(seed, RNG_INIT, item);
}

static struct dcgan_layer *add_layer(
	struct dcgan_net *net, const int64_t dim[4], struct nn_fill fill)
{
	struct dcgan_layer *l = &net->layer[net->n++];

	BUG_ON(net->n > DCGAN_LAYERS_MAX);
	l->w = add(net, "weight", NN_WEIGHT, 4, dim, fill);
	l->how.stride = 1;
	net->module++;
	return l;
}

/* Channels where the picture is 2^-half of its size. */
static int64_t widen(int64_t c, int half)
{
	int64_t times = (int64_t)1 << (half - 1);

	return c * (times < WIDEN_MAX ? times : WIDEN_MAX);
}

/* A transposed convolution's weight is I O H W. */
static void add_double(struct dcgan_net *g, const struct dcgan_config *c,
	int64_t from, int64_t to)
{
	struct dcgan_layer *l;

	if (c->upsample) {
		g->module++;
		l = add_layer(g, (int64_t[]){to, from, UP_KERNEL, UP_KERNEL},
			conv_fill);
		l->wide = arena_alloc(&g->params.arena, sizeof *l->wide);
		nn_wide_init(l->wide, g->params.be, l->w);
		return;
	}
	l = add_layer(
		g, (int64_t[]){from, to, c->kernel, c->kernel}, conv_fill);
	l->transposed = true;
	l->how.stride = 2;
	l->how.pad = (int)(c->kernel - 1) / 2;
	l->how.extra = c->kernel % 2;
}

static void norm_relu(struct dcgan_net *g, const struct dcgan_config *c,
	int rank, const int64_t *dim)
{
	struct dcgan_layer *l = &g->layer[g->n - 1];

	l->norm = add_norm(g, c, rank, dim);
	l->unit_norm = rank > 1;
	l->act = NN_RELU;
	g->module++;
}

void dcgan_generator_init(struct dcgan_net *g, const struct dcgan_config *c,
	struct nn_backend *be, uint64_t seed)
{
	struct dcgan_size s = dcgan_config_size(c);
	int64_t top = widen(c->ngf, s.doublings), from = top, to;
	struct dcgan_layer *l;

	init(g, be, seed, 0);
	l = add_layer(
		g, (int64_t[]){dcgan_inputs(c), top, s.h, s.w}, conv_fill);
	l->transposed = true;
	if (c->unit_norm)
		norm_relu(g, c, 3, (int64_t[]){s.h, s.w, top});
	else
		norm_relu(g, c, 1, &top);
	for (int half = s.doublings - 1; half >= 0; half--, from = to) {
		bool last = half == 0;

		to = last ? DCGAN_COLOURS : widen(c->ngf, half);
		if (last && c->upsample)
			to = (c->ngf + 1) / 2;
		add_double(g, c, from, to);
		if (!last || c->upsample)
			norm_relu(g, c, 1, &to);
	}
	if (c->upsample) {
		l = add_layer(g,
			(int64_t[]){DCGAN_COLOURS, from, UP_KERNEL, UP_KERNEL},
			conv_fill);
		l->how.pad = UP_KERNEL / 2;
	}
	g->layer[g->n - 1].act = NN_TANH;
}

/* He's rule, over the inputs, for leaky ReLUs. */
static struct nn_fill d_fill(const struct dcgan_config *c, int64_t fan)
{
	double slope = (double)NN_LEAKY_SLOPE;

	if (c->d_norm)
		return conv_fill;
	return (struct nn_fill){NN_FILL_NORMAL, 0,
		(float)sqrt(2 / ((1 + slope * slope) * (double)fan))};
}

static void add_bias(struct dcgan_net *d, struct dcgan_layer *l, int64_t c)
{
	d->module--;
	l->bias = add(d, "bias", NN_BIAS, 1, &c, zero);
	d->module++;
}

void dcgan_discriminator_init(struct dcgan_net *d, const struct dcgan_config *c,
	struct nn_backend *be, uint64_t seed)
{
	struct dcgan_size s = dcgan_config_size(c);
	int64_t from = DCGAN_COLOURS, to, k = c->kernel, out = 1 + c->labels;
	struct dcgan_layer *l;

	init(d, be, seed, 1);
	for (int half = 1; half <= s.doublings; half++, from = to) {
		bool norm = c->d_norm && half > 1;

		to = widen(c->ndf, half);
		l = add_layer(d, (int64_t[]){to, from, k, k},
			d_fill(c, from * k * k));
		l->how.stride = 2;
		l->how.pad = (int)(k - 1) / 2;
		l->how.act = norm ? NN_LINEAR : NN_LEAKY;
		if (!c->d_norm)
			add_bias(d, l, to);
		if (norm)
			l->norm = add_norm(d, c, 1, &to);
		l->act = NN_LEAKY;
		d->module++;
	}
	l = add_layer(d, (int64_t[]){out, from, s.h, s.w},
		d_fill(c, from * s.h * s.w));
	l->how.f32 = true; /* logits */
	if (!c->d_norm)
		add_bias(d, l, out);
}

void dcgan_net_release(struct dcgan_net *net)
{
	for (int i = 0; i < net->n; i++)
		if (net->layer[i].wide)
			nn_wide_release(net->layer[i].wide, net->params.be);
	nn_params_release(&net->params);
}

/* ---- computing ---- */

static void reshape(struct nn_tensor *x, int rank, const int64_t *dim)
{
	x->rank = rank;
	memcpy(x->dim, dim, (size_t)rank * sizeof *dim);
}

/* The norm, if there is one, and the activation. */
static struct nn_tensor *finish(
	struct nn_tape *t, const struct dcgan_layer *l, struct nn_tensor *y)
{
	int64_t dim[] = {y->dim[0], y->dim[1], y->dim[2], y->dim[3]};
	struct nn_tensor *x;

	if (!l->norm.gain)
		return nn_activation(t, y, l->act);
	if (!l->unit_norm)
		return nn_batch_norm(t, y, &l->norm, NULL, l->act);
	reshape(y, 2, (int64_t[]){dim[0], dim[1] * dim[2] * dim[3]});
	x = nn_batch_norm(t, y, &l->norm, NULL, l->act);
	reshape(x, 4, dim);
	return x;
}

/* x is dropped, unless it is the caller's. */
static struct nn_tensor *convolve(struct nn_tape *t,
	const struct dcgan_layer *l, struct nn_tensor *x, bool ours)
{
	struct nn_tensor *y;

	if (l->wide)
		y = nn_conv_double(t, x, l->w, l->wide);
	else if (l->transposed)
		y = nn_conv_transpose(t, x, l->w, l->how);
	else
		y = nn_conv(t, x, l->w, NULL, l->bias, NULL, l->how);
	if (ours)
		nn_drop(t, x);
	return y;
}

struct nn_tensor *dcgan_generate(
	struct nn_tape *t, const struct dcgan_net *g, struct nn_tensor *z)
{
	struct nn_tensor *x = z, *y;

	for (int i = 0; i < g->n; i++) {
		y = convolve(t, &g->layer[i], x, i > 0);
		x = finish(t, &g->layer[i], y);
		nn_drop(t, y);
	}
	return x;
}

struct nn_tensor *dcgan_judge(
	struct nn_tape *t, const struct dcgan_net *d, struct nn_tensor *picture)
{
	struct nn_tensor *x = picture, *y;

	for (int i = 0; i < d->n; i++) {
		const struct dcgan_layer *l = &d->layer[i];

		x = convolve(t, l, x, i > 0);
		if (l->norm.gain) {
			y = finish(t, l, x);
			nn_drop(t, x);
			x = y;
		}
	}
	return x;
}
