#include "gan/dcgan.h"

#include <stdio.h>
#include <string.h>

enum { KERNEL = 4, SIZE = 64 };

/* PyTorch's defaults. */
static const float norm_eps = 1e-5f, norm_momentum = 0.1f;

static const struct nn_fill conv_fill = {NN_FILL_NORMAL, 0, 0.02f};
static const struct nn_fill gain_fill = {NN_FILL_NORMAL, 1, 0.02f};
static const struct nn_fill zero = {NN_FILL_CONSTANT, 0, 0};
static const struct nn_fill one = {NN_FILL_CONSTANT, 1, 0};

static const struct dcgan_config presets[] = {
	{"pytorch", SIZE, SIZE, 100, 64, 64},
};
enum { NPRESETS = sizeof presets / sizeof *presets };

int dcgan_config_preset(struct dcgan_config *c, const char *name, struct err *e)
{
	char known[128] = "";
	size_t at = 0;

	for (int i = 0; i < NPRESETS; i++) {
		if (!strcmp(presets[i].preset, name)) {
			*c = presets[i];
			return 0;
		}
		at += (size_t)snprintf(known + at, sizeof known - at, " %s",
			presets[i].preset);
	}
	return err_set(e, ERR_USAGE,
		"preset '%.100s' is not available; these are:%s", name, known);
}

int dcgan_config_check(const struct dcgan_config *c, struct err *e)
{
	if (c->width == SIZE && c->height == SIZE)
		return 0;
	return err_set(e, ERR_USAGE,
		"preset '%s' makes pictures of %dx%d, not %lldx%lld, and no "
		"preset of this version makes others",
		c->preset, SIZE, SIZE, (long long)c->width,
		(long long)c->height);
}

static struct nn_tensor *add(struct dcgan_net *net, int index, const char *what,
	enum nn_role role, int rank, const int64_t *dim, struct nn_fill fill)
{
	char name[64];

	snprintf(name, sizeof name, "main.%d.%s", index, what);
	return nn_param(&net->params, name, role, rank, dim, fill);
}

static struct nn_tensor *add_conv(
	struct dcgan_net *net, int index, int64_t from, int64_t to)
{
	return add(net, index, "weight", NN_WEIGHT, 4,
		(int64_t[]){from, to, KERNEL, KERNEL}, conv_fill);
}

static struct nn_norm add_norm(struct dcgan_net *net, int index, int64_t c)
{
	return (struct nn_norm){
		.gain = add(net, index, "weight", NN_NORM, 1, &c, gain_fill),
		.bias = add(net, index, "bias", NN_NORM, 1, &c, zero),
		.mean = add(net, index, "running_mean", NN_BUFFER, 1, &c, zero),
		.var = add(net, index, "running_var", NN_BUFFER, 1, &c, one),
		.eps = norm_eps,
		.momentum = norm_momentum,
	};
}

/* Seeds would give both networks the same numbers; the item parts them. */
static void init(struct dcgan_net *net, struct nn_backend *be, uint64_t seed,
	uint64_t item)
{
	memset(net, 0, sizeof *net);
	nn_params_init(&net->params, be, seed);
	net->params.rng = rng_item(seed, RNG_INIT, item);
}

/*
 * The indices in the names count PyTorch's modules: conv, norm, activation.
 */
void dcgan_generator_init(struct dcgan_net *g, const struct dcgan_config *c,
	struct nn_backend *be, uint64_t seed)
{
	const int64_t channels[DCGAN_LAYERS + 1] = {c->nz, 8 * c->ngf,
		4 * c->ngf, 2 * c->ngf, c->ngf, DCGAN_COLOURS};

	init(g, be, seed, 0);
	for (int i = 0; i < DCGAN_LAYERS; i++) {
		bool first = i == 0, last = i == DCGAN_LAYERS - 1;
		struct dcgan_layer *l = &g->layer[i];

		/* A transposed convolution's weight is I O H W. */
		l->w = add_conv(g, 3 * i, channels[i], channels[i + 1]);
		l->how.stride = first ? 1 : 2;
		l->how.pad = first ? 0 : 1;
		l->act = last ? NN_TANH : NN_RELU;
		if (!last)
			l->norm = add_norm(g, 3 * i + 1, channels[i + 1]);
	}
}

void dcgan_discriminator_init(struct dcgan_net *d, const struct dcgan_config *c,
	struct nn_backend *be, uint64_t seed)
{
	const int64_t channels[DCGAN_LAYERS + 1] = {
		DCGAN_COLOURS, c->ndf, 2 * c->ndf, 4 * c->ndf, 8 * c->ndf, 1};

	init(d, be, seed, 1);
	for (int i = 0; i < DCGAN_LAYERS; i++) {
		bool first = i == 0, last = i == DCGAN_LAYERS - 1;
		int index =
			first ? 0 : 3 * i - 1; /* no norm behind the first */
		struct dcgan_layer *l = &d->layer[i];

		l->w = add_conv(d, index, channels[i + 1], channels[i]);
		l->how.stride = last ? 1 : 2;
		l->how.pad = last ? 0 : 1;
		l->how.act = first ? NN_LEAKY : NN_LINEAR;
		l->how.f32 = last; /* a logit */
		l->act = NN_LEAKY;
		if (!first && !last)
			l->norm = add_norm(d, index + 1, channels[i + 1]);
	}
}

void dcgan_net_release(struct dcgan_net *net)
{
	nn_params_release(&net->params);
}

struct nn_tensor *dcgan_generate(
	struct nn_tape *t, const struct dcgan_net *g, struct nn_tensor *z)
{
	struct nn_tensor *x = z, *y;

	for (int i = 0; i < DCGAN_LAYERS; i++) {
		const struct dcgan_layer *l = &g->layer[i];

		y = nn_conv_transpose(t, x, l->w, l->how);
		if (i)
			nn_drop(t, x);
		x = l->norm.gain ? nn_batch_norm(t, y, &l->norm, NULL, l->act)
				 : nn_activation(t, y, l->act);
		nn_drop(t, y);
	}
	return x;
}

struct nn_tensor *dcgan_judge(
	struct nn_tape *t, const struct dcgan_net *d, struct nn_tensor *picture)
{
	struct nn_tensor *x = picture, *y;

	for (int i = 0; i < DCGAN_LAYERS; i++) {
		const struct dcgan_layer *l = &d->layer[i];

		y = nn_conv(t, x, l->w, NULL, NULL, NULL, l->how);
		if (i)
			nn_drop(t, x);
		x = y;
		if (l->norm.gain) {
			x = nn_batch_norm(t, y, &l->norm, NULL, l->act);
			nn_drop(t, y);
		}
	}
	return x;
}
