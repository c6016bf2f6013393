/* Losses of rows that count nothing: as if those were not there. */
#include "base/rng.h"
#include "nn/device.h"
#include "nn/ops.h"
#include "tap.h"

#include <string.h>

enum { N = 8, K = 4 };

static struct nn_tape t;
static float x_[N * K], target_[N], weight_[N];
static const int32_t some_[] = {3, -1, 7, -1, 30, -1, 0, -1};
static const int32_t those_[] = {3, 7, 30, 0};

static struct nn_tensor *vector(enum nn_type type, int64_t n, const void *v)
{
	return nn_upload(&t, type, 1, &n, v);
}

/* The loss of x by `of`, and x's gradient. */
static float loss(struct nn_tensor *(*of)(struct nn_tensor *x, bool padded),
	bool padded, float *gradient)
{
	struct nn_tensor *x, *y;
	float value;

	nn_tape_reset(&t);
	t.record = true;
	x = nn_upload(&t, NN_F32, 2, (int64_t[]){N, K}, x_);
	x->needs_grad = true;
	y = of(x, padded);
	nn_backward(&t, &y, 1);
	memcpy(&value, y->data, sizeof value);
	memcpy(gradient, x->grad, sizeof x_);
	return value;
}

/* Every other item is none; or only the others are there. */
static struct nn_tensor *chosen(bool padded, const float *of)
{
	float few[N / 2];

	for (int i = 0; i < N / 2; i++)
		few[i] = of[2 * i];
	return padded ? vector(NN_F32, N, of) : vector(NN_F32, N / 2, few);
}

static struct nn_tensor *index_of(bool padded)
{
	return padded ? vector(NN_I32, N, some_)
		      : vector(NN_I32, N / 2, those_);
}

static struct nn_tensor *bce(struct nn_tensor *x, bool padded)
{
	return nn_bce_loss(&t, x, index_of(padded), chosen(padded, target_),
		chosen(padded, weight_), 0.5f);
}

static struct nn_tensor *smooth_l1(struct nn_tensor *x, bool padded)
{
	return nn_smooth_l1_loss(&t, x, index_of(padded),
		chosen(padded, target_), chosen(padded, weight_), 0.4f, 1);
}

/* Weights that are no 1; a label of -1, or a weight of 0. */
static struct nn_tensor *softmax(struct nn_tensor *x, bool padded)
{
	int32_t label[N];
	float weight[N];

	for (int i = 0; i < N; i++) {
		label[i] = padded && i % 2 ? -1 : i % K;
		weight[i] = i % 2 && !padded ? 0 : weight_[i];
	}
	return nn_softmax_loss(
		&t, x, vector(NN_I32, N, label), vector(NN_F32, N, weight), 2);
}

static void check(const char *name,
	struct nn_tensor *(*of)(struct nn_tensor *x, bool padded))
{
	float g[2][N * K], value[2];
	int wrong = 0;

	for (int i = 0; i < 2; i++)
		value[i] = loss(of, i, g[i]);
	for (int i = 0; i < N * K; i++)
		wrong += g[0][i] != g[1][i];
	ok(value[0] > 0 && value[0] == value[1], "%s: %g, of which some none",
		name, (double)value[0]);
	is_int(wrong, 0, "and its gradient");
}

int main(void)
{
	struct nn_backend *be = nn_cpu_open(2);
	struct rng r = rng_new(3, 0);
	struct arena a = {0};
	struct nn_pool pool;

	nn_pool_init(&pool, be);
	t = (struct nn_tape){.be = be, .arena = &a, .pool = &pool};
	for (int i = 0; i < N * K; i++)
		x_[i] = rng_normal(&r);
	for (int i = 0; i < N; i++) {
		target_[i] = rng_uniform(&r);
		weight_[i] = 1 + rng_uniform(&r);
	}
	check("bce", bce);
	check("smooth L1", smooth_l1);
	check("softmax", softmax);
	nn_tape_reset(&t);
	nn_pool_release(&pool);
	arena_release(&a);
	be->close(be);
	return done();
}
