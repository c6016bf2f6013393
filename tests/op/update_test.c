/*
 * The end of a step on any device, beside plain loops: SGD and Adam of many
 * parameters at once, clipped or not, and of gradients that are not finite;
 * the moving average; the packed copies of weights that are renewed in
 * passing. On the CPU; or, called with "cuda", on a card, which may fuse
 * products and sums and is held to a few units in the last place; "exact"
 * after that: it may not.
 */
#include "tap.h"
#include "nn/ema.h"
#include "nn/optim.h"

#include <string.h>

enum { PARAMS = 8, MOST = 10000, STEPS = 3, OC = 4, IC = 6, TAPS = 9 };

/* Around a chunk's end; a whole one; one that takes no part. */
static const int64_t size[PARAMS] = {
	1, 31, 33, NN_CHUNK - 1, NN_CHUNK, NN_CHUNK + 1, MOST, 50};
enum { IDLE = 7 };
static const enum nn_role role[PARAMS] = {NN_WEIGHT, NN_BIAS, NN_NORM,
	NN_WEIGHT, NN_WEIGHT, NN_BIAS, NN_WEIGHT, NN_WEIGHT};

static struct nn_backend *be;
static bool exact = true;

/* What the plain loops work on. */
struct plain {
	float w[MOST], g[MOST], m[MOST], v[MOST], mean[MOST];
};
static struct plain plain[PARAMS];

/* ---- the plain loops ---- */

static double plain_norm(void)
{
	double sum = 0;

	for (int k = 0; k < PARAMS; k++)
		for (int64_t i = 0; k != IDLE && i < size[k]; i++)
			sum += (double)plain[k].g[i] * (double)plain[k].g[i];
	return sqrt(sum);
}

static void plain_sgd(const struct nn_sgd *how, float scale)
{
	for (int k = 0; k < IDLE; k++) {
		struct plain *p = &plain[k];
		float lr =
			role[k] == NN_BIAS ? how->lr * how->bias_lr : how->lr;
		float decay = role[k] == NN_WEIGHT ? how->decay
			      : role[k] == NN_NORM ? how->norm_decay
						   : 0;

		for (int64_t i = 0; i < size[k]; i++) {
			float g = scale * p->g[i] + decay * p->w[i];

			p->m[i] =
				how->momentum * how->rescale * p->m[i] + lr * g;
			p->w[i] -= p->m[i];
		}
	}
}

static void plain_adam(const struct nn_adam *how, float scale)
{
	double step = (double)how->step;
	float rate = (float)(how->lr / (1 - pow(how->beta1, step)));
	float root = (float)(1 / sqrt(1 - pow(how->beta2, step)));
	float b1 = (float)how->beta1, b2 = (float)how->beta2;
	float r1 = (float)(1 - how->beta1), r2 = (float)(1 - how->beta2);

	for (int k = 0; k < IDLE; k++) {
		struct plain *p = &plain[k];
		double decay = role[k] == NN_WEIGHT ? (double)how->decay : 0;
		float keep = (float)(1 - (double)how->lr * decay);

		for (int64_t i = 0; i < size[k]; i++) {
			float g = scale * p->g[i] + how->l2 * p->w[i];

			p->m[i] = b1 * p->m[i] + r1 * g;
			p->v[i] = b2 * p->v[i] + r2 * g * g;
			p->w[i] = keep * p->w[i] -
				  rate * p->m[i] /
					  (sqrtf(p->v[i]) * root + how->eps);
		}
	}
}

/* ---- both, side by side ---- */

static bool same(const void *device, const float *want, int64_t n)
{
	static float got[MOST];
	float off = exact ? 0 : 4e-7f;

	be->copy(be, got, device, (size_t)n * sizeof *got);
	for (int64_t i = 0; i < n; i++) {
		if (fabsf(got[i] - want[i]) <= off * (1 + fabsf(want[i])))
			continue;
		printf("# at %lld of %lld: %.9g, not %.9g\n", (long long)i,
			(long long)n, (double)got[i], (double)want[i]);
		return false;
	}
	return true;
}

static void compare(struct nn_params *ps, struct nn_ema *ema, const char *what)
{
	bool w = true, m = true, v = true, mean = true;

	for (int k = 0; k < PARAMS; k++) {
		const struct nn_param *p = ps->p[k];

		w &= same(p->x.data, plain[k].w, size[k]);
		m &= !p->state[0] || same(p->state[0], plain[k].m, size[k]);
		v &= !p->state[1] || same(p->state[1], plain[k].v, size[k]);
		mean &= same(ema->mean.p[k]->x.data, plain[k].mean, size[k]);
	}
	ok(w, "%s: weights", what);
	ok(m && v, "%s: state", what);
	ok(mean, "%s: means", what);
}

static void start(struct nn_params *ps, struct nn_ema *ema)
{
	struct rng r = rng_new(5, 0);

	nn_params_init(ps, be, 1);
	memset(plain, 0, sizeof plain);
	for (int k = 0; k < PARAMS; k++) {
		char name[8];
		struct nn_tensor *x;

		snprintf(name, sizeof name, "p%d", k);
		x = nn_param(ps, name, role[k], 1, &size[k],
			(struct nn_fill){NN_FILL_CONSTANT, 0, 0});
		for (int64_t i = 0; i < size[k]; i++)
			plain[k].mean[i] = plain[k].w[i] = rng_normal(&r);
		be->copy(be, x->data, plain[k].w, nn_bytes(x));
	}
	nn_ema_init(ema, ps);
}

static void give_gradients(struct nn_params *ps, int step)
{
	struct rng r = rng_new(6, (uint64_t)step);

	nn_params_clear_grads(ps);
	for (int k = 0; k < PARAMS; k++) {
		struct nn_tensor *x = &ps->p[k]->x;

		for (int64_t i = 0; i < size[k]; i++)
			plain[k].g[i] = rng_normal(&r);
		be->copy(be, x->grad, plain[k].g, nn_bytes(x));
		x->grad_set = k != IDLE;
	}
	be->sync(be);
}

static void step(struct nn_params *ps, bool adam, int i, double clip)
{
	struct nn_sgd sgd = {.lr = 0.1f,
		.momentum = 0.9f,
		.decay = 0.01f,
		.rescale = i ? 0.5f : 1,
		.bias_lr = 2,
		.norm_decay = 0.02f,
		.clip = clip};
	struct nn_adam a = {.lr = 0.01f,
		.eps = 1e-8f,
		.decay = 0.1f,
		.l2 = 0.01f,
		.beta1 = 0.9,
		.beta2 = 0.999,
		.step = i + 1,
		.clip = clip};
	double norm = plain_norm();
	float scale = clip > 0 && norm > clip ? (float)(clip / norm) : 1;

	if (adam) {
		nn_adam_step(ps, &a);
		plain_adam(&a, scale);
	} else {
		nn_sgd_step(ps, &sgd);
		plain_sgd(&sgd, scale);
	}
	is_near(nn_grad_norm(ps) / norm, 1, 1e-12, "the norm");
}

static void check(bool adam, double clip, const char *what)
{
	struct nn_params ps;
	struct nn_ema ema = {0};

	start(&ps, &ema);
	for (int i = 0; i < STEPS; i++) {
		give_gradients(&ps, i);
		step(&ps, adam, i, clip);
		nn_ema_step(&ema, &ps, 0.75f);
		for (int k = 0; k < PARAMS; k++)
			for (int64_t j = 0; j < size[k]; j++)
				plain[k].mean[j] +=
					0.25f *
					(plain[k].w[j] - plain[k].mean[j]);
		compare(&ps, &ema, what);
	}
	nn_ema_release(&ema);
	nn_params_release(&ps);
}

/* One value of all that is not finite: nothing moves. */
static void check_bad(bool adam, float bad, const char *what)
{
	struct nn_params ps;
	struct nn_ema ema = {0};

	start(&ps, &ema);
	give_gradients(&ps, 0);
	be->copy(be, (float *)ps.p[6]->x.grad + MOST - 1, &bad, sizeof bad);
	if (adam)
		nn_adam_step(&ps, &(struct nn_adam){.lr = 1, .step = 1});
	else
		nn_sgd_step(&ps, &(struct nn_sgd){.lr = 1, .clip = 1});
	ok(!isfinite(nn_grad_norm(&ps)), "%s: the norm tells", what);
	compare(&ps, &ema, what);
	nn_ema_release(&ema);
	nn_params_release(&ps);
}

/* ---- packed copies ---- */

struct convolved {
	struct nn_tensor x, scale, y;
};

static struct nn_tensor tensor(
	enum nn_type type, int rank, const int64_t *dim, const void *v)
{
	struct nn_tensor x = {.type = type, .rank = rank};

	memcpy(x.dim, dim, (size_t)rank * sizeof *dim);
	x.data = be->alloc(be, nn_bytes(&x));
	if (v)
		be->copy(be, x.data, v, nn_bytes(&x));
	be->sync(be);
	return x;
}

/* One picture of 3x3, so that every tap counts. */
static void convolve(struct nn_tensor *w, const struct convolved *c, void *y)
{
	struct nn_conv conv = {1, 3, 3, IC, 3, 3, OC, 3, 3, 1, 1, 1,
		(int32_t)c->x.type, (int32_t)c->x.type};
	struct nn_epilogue e = {.scale = &c->scale};

	be->conv(be, &conv, c->x.data, w, &e, c->y.data);
	be->copy(be, y, c->y.data, nn_bytes(&c->y));
}

static void check_pack(enum nn_type type, const char *what)
{
	static float v[IC * OC * TAPS];
	uint16_t half[IC * TAPS], got[2][2 * OC * TAPS];
	const int64_t xdim[] = {1, 3, 3, IC}, ydim[] = {1, 3, 3, OC};
	const int64_t wdim[] = {OC, IC, 3, 3}, sdim[] = {OC};
	struct rng r = rng_new(7, 0);
	struct convolved c;
	struct nn_params ps;
	struct nn_tensor *w, fresh;
	struct nn_part part;

	for (int i = 0; i < IC * OC * TAPS; i++)
		v[i] = rng_normal(&r);
	for (int i = 0; i < IC * TAPS; i++)
		half[i] = nn_to_bf16(v[i]);
	c.x = tensor(type, 4, xdim, type == NN_BF16 ? (void *)half : v);
	c.y = tensor(type, 4, ydim, NULL);
	c.scale = tensor(NN_F32, 1, sdim, v + 7);
	nn_params_init(&ps, be, 3);
	w = nn_param(&ps, "w", NN_WEIGHT, 4, wdim,
		(struct nn_fill){NN_FILL_NORMAL, 0, 1});
	be->copy(be, w->grad, v, nn_bytes(w));
	w->grad_set = true;
	convolve(w, &c, got[0]);
	nn_sgd_step(&ps, &(struct nn_sgd){.lr = 1});
	ok(!be->renew || !be->renew(be, w, &part),
		"%s: the copy is renewed with the weight", what);
	memset(got, 0, sizeof got);
	convolve(w, &c, got[0]);
	be->copy(be, v, w->data, nn_bytes(w));
	fresh = tensor(NN_F32, 4, wdim, v);
	convolve(&fresh, &c, got[1]);
	ok(!memcmp(got[0], got[1], sizeof got[0]),
		"%s: and is what it would be anew", what);
	nn_params_release(&ps);
	be->unpack(be, &fresh);
	be->free(be, fresh.data, nn_bytes(&fresh));
	be->free(be, c.x.data, nn_bytes(&c.x));
	be->free(be, c.y.data, nn_bytes(&c.y));
	be->free(be, c.scale.data, nn_bytes(&c.scale));
}

int main(int argc, char **argv)
{
	struct err e;

	be = argc > 1 && !strcmp(argv[1], "cuda") ? nn_cuda_open(0, &e)
						  : nn_cpu_open(2);
	BUG_ON(!be);
	exact = argc != 2;
	check(false, 0, "SGD");
	check(false, 5, "SGD, clipped");
	check(false, 1e6, "SGD, not clipped");
	check(true, 0, "Adam");
	check(true, 5, "Adam, clipped");
	check_bad(false, NAN, "SGD of NaN");
	check_bad(true, -INFINITY, "Adam of an infinity");
	check_pack(NN_F32, "f32");
	check_pack(NN_BF16, "bf16");
	be->close(be);
	return done();
}
