/*
 * What no single op shows: weights that are shared, change, or do not learn;
 * running statistics; tapes that do not record.
 */
#include "tap.h"

#include "base/arena.h"
#include "base/mem.h"
#include "base/rng.h"
#include "nn/cpu/cpu_int.h"
#include "nn/ops.h"

enum { C = 4, K = 3 };

static struct arena keep, step;
static struct nn_pool pool;
static struct rng rng;
static struct nn_tape tape;

static struct nn_tensor *leaf(int rank, const int64_t *dim)
{
	struct nn_tensor *x = arena_zero(&keep, 1, sizeof *x);
	float *v;

	x->rank = rank;
	memcpy(x->dim, dim, (size_t)rank * sizeof *dim);
	x->data = v = arena_alloc(&keep, nn_bytes(x));
	x->grad = arena_zero(&keep, 1, nn_bytes(x));
	x->leaf = x->needs_grad = true;
	for (int64_t i = 0; i < nn_count(x); i++)
		v[i] = rng_normal(&rng);
	return x;
}

static struct nn_tensor *picture(int h, int w)
{
	return leaf(4, (int64_t[]){1, h, w, C});
}

static struct nn_tensor *weight(void)
{
	return leaf(4, (int64_t[]){C, C, K, K});
}

static struct nn_tensor *conv(struct nn_tensor *x, struct nn_tensor *w,
	struct nn_tensor *scale, struct nn_tensor *residual)
{
	return nn_conv(&tape, x, w, scale, NULL, residual,
		(struct nn_conv_how){.stride = 1, .pad = 1});
}

/* Go back from the sum of y. */
static void go_back(struct nn_tensor *y)
{
	float *g = nn_pool_alloc(&pool, nn_bytes(y));

	y->grad = g;
	y->grad_set = true;
	for (int64_t i = 0; i < nn_count(y); i++)
		g[i] = 1;
	nn_backward(&tape, NULL, 0);
}

static float *copy_of(const void *p, int64_t n)
{
	float *v = arena_alloc(&keep, (size_t)n * sizeof *v);

	return memcpy(v, p, (size_t)n * sizeof *v);
}

/* Whether a + b = sum, and sum is not all zero. */
static bool adds_up(const float *a, const float *b, const float *sum, int64_t n)
{
	float most = 0;

	for (int64_t i = 0; i < n; i++) {
		most = fmaxf(most, fabsf(sum[i]));
		if (fabsf(a[i] + b[i] - sum[i]) > 1e-4f)
			return false;
	}
	return most > 0;
}

/* The head of a region proposal network: one weight, maps of many sizes. */
static void shared_weight(void)
{
	struct nn_tensor *w = weight();
	struct nn_tensor *x[] = {picture(5, 6), picture(3, 3)};
	int64_t n = nn_count(w);
	float *g[2];

	for (int i = 0; i < 2; i++) {
		w->grad_set = false;
		go_back(conv(x[i], w, NULL, NULL));
		g[i] = copy_of(w->grad, n);
		nn_tape_reset(&tape);
	}
	w->grad_set = false;
	for (int i = 0; i < 2; i++)
		go_back(conv(x[i], w, NULL, NULL));
	ok(adds_up(g[0], g[1], w->grad, n),
		"a weight over two sizes gets the sum of both gradients");
	tape.be->unpack(tape.be, w);
}

/* One weight over pictures that it covers, or not, and by other strides, lies
 * otherwise for each: y and dx are those of a weight that saw no other. */
static void many_shapes(enum cpu_kernels kernels, const char *name)
{
	static const struct {
		int h, w, stride, pad;
	} shape[] = {{3, 3, 1, 0}, {5, 6, 1, 1}, {5, 6, 2, 1}, {3, 3, 1, 1}};
	enum { SHAPES = sizeof shape / sizeof *shape };
	struct nn_backend *be = tape.be;
	struct nn_tensor *x[SHAPES], *y, *w = weight();
	float *want_y[SHAPES], *want_dx[SHAPES];
	bool same = true;

	tape.be = cpu_open(1, kernels);
	for (int i = 0; i < 3 * SHAPES; i++) {
		int s = i % SHAPES;

		if (i < SHAPES)
			x[s] = picture(shape[s].h, shape[s].w);
		x[s]->grad_set = false;
		/* In the last round no way back asks for another copy. */
		tape.record = i < 2 * SHAPES;
		y = nn_conv(&tape, x[s], w, NULL, NULL, NULL,
			(struct nn_conv_how){.stride = shape[s].stride,
				.pad = shape[s].pad});
		if (tape.record)
			go_back(y);
		if (i < SHAPES) {
			want_y[s] = copy_of(y->data, nn_count(y));
			want_dx[s] = copy_of(x[s]->grad, nn_count(x[s]));
			tape.be->unpack(tape.be, w);
		}
		same &= !memcmp(want_y[s], y->data, nn_bytes(y));
		same &= !tape.record ||
			!memcmp(want_dx[s], x[s]->grad, nn_bytes(x[s]));
		nn_tape_reset(&tape);
	}
	ok(same, "a weight serves pictures of many shapes, %s", name);
	tape.be->unpack(tape.be, w);
	tape.be->close(tape.be);
	tape.be = be;
	tape.record = true;
}

/* Rows as a detector finds regions: never the same number for long. */
static void many_rows(void)
{
	enum { MOST = 300 };
	struct nn_tensor *x = leaf(2, (int64_t[]){MOST, C}), *y;
	struct nn_tensor *w = leaf(2, (int64_t[]){C, C});
	struct nn_backend *be = tape.be;
	float *want = arena_zero(&keep, (size_t)MOST * C, sizeof *want);
	bool same = true;
	long count = 0;

	tape.be = cpu_open(1, CPU_ONEDNN);
	for (int i = 0; i < 2 * MOST + 1; i++) {
		/* Once through all of them, again, and the last once more. */
		x->dim[0] = i < 2 * MOST ? i % MOST + 1 : MOST;
		count = mem_count();
		y = nn_linear(&tape, x, w, NULL, (struct nn_conv_how){0});
		if (i < MOST)
			want[i] = ((float *)y->data)[0];
		same &= want[x->dim[0] - 1] == ((float *)y->data)[0];
		if (i == MOST)
			ok(mem_count() > count, "few plans of rows are kept");
		nn_tape_reset(&tape);
	}
	ok(mem_count() == count, "the last of them is");
	ok(same, "and what is planned anew computes the same");
	tape.be->unpack(tape.be, w);
	tape.be->close(tape.be);
	tape.be = be;
}

/* Doubling the weight, or the scale, doubles y and dx. */
static void changed_weight(void)
{
	struct nn_tensor *x = picture(5, 6), *w = weight();
	struct nn_tensor *scale = leaf(1, (int64_t[]){C}), *y;
	struct nn_tensor *change[] = {w, scale};
	static const char *const name[] = {"weight", "scale"};

	for (int i = 0; i < 2; i++) {
		float *v = change[i]->data, *before, *dx;

		x->grad_set = false;
		y = conv(x, w, scale, NULL);
		go_back(y);
		before = copy_of(y->data, nn_count(y));
		dx = copy_of(x->grad, nn_count(x));
		for (int64_t j = 0; j < nn_count(change[i]); j++)
			v[j] *= 2;
		change[i]->version++;
		x->grad_set = false;
		y = conv(x, w, scale, NULL);
		go_back(y);
		ok(adds_up(before, before, y->data, nn_count(y)),
			"a changed %s is packed anew", name[i]);
		ok(adds_up(dx, dx, x->grad, nn_count(x)),
			"and so it is for the way back");
	}
	tape.be->unpack(tape.be, w);
}

/* The same of a convolution that keeps a kernel of its own made of it. */
static void changed_wide(void)
{
	struct nn_tensor *x = picture(3, 4), *w = weight(), *y;
	float *v = w->data, *before, *dx, *dw;
	struct nn_wide wide;

	nn_wide_init(&wide, tape.be, w);
	y = nn_conv_double(&tape, x, w, &wide);
	go_back(y);
	before = copy_of(y->data, nn_count(y));
	dx = copy_of(x->grad, nn_count(x));
	dw = copy_of(w->grad, nn_count(w));
	for (int64_t i = 0; i < nn_count(w); i++)
		v[i] *= 2;
	w->version++;
	x->grad_set = w->grad_set = false;
	y = nn_conv_double(&tape, x, w, &wide);
	go_back(y);
	ok(adds_up(before, before, y->data, nn_count(y)),
		"a changed weight is widened anew");
	ok(adds_up(dx, dx, x->grad, nn_count(x)),
		"and so it is for the way back");
	ok(!memcmp(dw, w->grad, nn_bytes(w)), "its own gradient stays");
	nn_wide_release(&wide, tape.be);
}

static void frozen(void)
{
	struct nn_tensor *x = picture(5, 6), *w = weight(), *y;
	float *dx;

	go_back(conv(x, w, NULL, NULL));
	dx = copy_of(x->grad, nn_count(x));
	x->grad_set = w->grad_set = w->needs_grad = false;
	go_back(conv(x, w, NULL, NULL));
	ok(x->grad_set && !memcmp(dx, x->grad, nn_bytes(x)),
		"gradients pass through a frozen weight");
	ok(!w->grad_set, "which gets none");
	x->needs_grad = false;
	y = conv(x, w, NULL, NULL);
	ok(!y->needs_grad && !tape.last, "what needs no gradient is not noted");
	x->needs_grad = true;
	tape.record = false;
	y = conv(x, w, NULL, NULL);
	ok(!y->needs_grad && !tape.last, "nor is anything when not recording");
	tape.record = true;
	tape.be->unpack(tape.be, w);
}

/* y = conv(x) + x: the residual's gradient joins the convolution's. */
static void residual_of_itself(void)
{
	struct nn_tensor *x = picture(5, 6), *w = weight();
	int64_t n = nn_count(x);
	float *one = arena_alloc(&keep, nn_bytes(x)), *dx;
	struct nn_tensor *inner;

	for (int64_t i = 0; i < n; i++)
		one[i] = 1;
	go_back(conv(x, w, NULL, NULL));
	dx = copy_of(x->grad, n);
	x->grad_set = false;
	go_back(conv(x, w, NULL, x));
	ok(adds_up(dx, one, x->grad, n), "a leaf is x and residual");
	x->grad_set = false;
	inner = nn_activation(&tape, x, NN_LINEAR);
	go_back(conv(inner, w, NULL, inner));
	ok(adds_up(dx, one, x->grad, n), "an activation is x and residual");
	tape.be->unpack(tape.be, w);
}

/* Variance unbiased, a tenth of the new; in evaluation nothing moves. */
static void running_statistics(void)
{
	struct nn_tensor *x = leaf(4, (int64_t[]){2, 1, 2, 1});
	struct nn_norm n = {.eps = 1e-5f, .momentum = 0.1f};
	float mean = 1, var = 2;
	struct nn_tensor m = {.rank = 1, .dim = {1}, .data = &mean}, v = m;

	n.gain = leaf(1, (int64_t[]){1});
	n.bias = leaf(1, (int64_t[]){1});
	n.mean = &m;
	n.var = &v;
	v.data = &var;
	memcpy(x->data, (float[]){1, 2, 4, 9}, 4 * sizeof(float));
	tape.train = false;
	nn_batch_norm(&tape, x, &n, NULL, NN_LINEAR);
	ok(mean == 1 && var == 2, "running statistics rest in evaluation");
	tape.train = true;
	nn_batch_norm(&tape, x, &n, NULL, NN_LINEAR);
	is_near(mean, 0.9 + 0.4, 1e-6, "the running mean moves a tenth");
	is_near(var, 1.8 + 0.1 * 38 / 3, 1e-6, "and so does the variance");
	x->dim[0] = 0;
	nn_batch_norm(&tape, x, &n, NULL, NN_LINEAR);
	is_near(mean, 1.3, 1e-6, "no pictures move nothing");
	nn_tape_reset(&tape);
}

/* A picture of NaN must not make the way back depend on old memory. */
static void pool_of_nan(void)
{
	struct nn_tensor *x = picture(4, 4), *y;
	float *v = x->data, *dx = x->grad;
	bool clean = true;

	memset(nn_pool_alloc(&pool, 1 << 16), 0xff, 1 << 16);
	nn_tape_reset(&tape);
	for (int64_t i = 0; i < nn_count(x); i++)
		v[i] = NAN;
	y = nn_max_pool(&tape, x, 2, 2, 0);
	go_back(y);
	for (int64_t i = 0; i < nn_count(x); i++)
		clean &= dx[i] == (i / C % 2 || i / C / 4 % 2 ? 0 : 1);
	ok(clean, "of nothing but NaN the first is pooled");
}

/* A loss by index, or a region's crop, and its way back; what says where the
 * way back leads is dropped before, and its memory used. */
static float *back_without(bool roi, bool drop)
{
	struct nn_tensor *x = picture(6, 5), *y, *at[2];
	float *v = x->data, box[] = {0, 1, 1, 4, 5};

	for (int64_t i = 0; i < nn_count(x); i++)
		v[i] = (float)i / 100;
	at[0] = roi ? nn_upload(&tape, NN_F32, 2, (int64_t[]){1, 5}, box)
		    : nn_upload_vector(&tape, NN_I32, 2, (int32_t[]){7, 3});
	at[1] = nn_upload_vector(&tape, NN_I32, 1, (int32_t[]){0});
	if (roi)
		y = nn_roi_align(
			&tape, &x, 1, (float[]){1}, at[0], at[1], 2, 2, false);
	else
		y = nn_bce_loss(&tape, x, at[0],
			nn_upload_vector(&tape, NN_F32, 2, (float[]){0, 1}),
			NULL, 1);
	for (int i = 0; i < 2 && drop; i++)
		nn_drop(&tape, at[i]);
	for (int i = 0; i < 8; i++)
		memset(nn_pool_alloc(&pool, 16), 0, 16);
	go_back(y);
	nn_tape_reset(&tape);
	return x->grad;
}

static void dropped_place(void)
{
	size_t size = sizeof(float[6 * 5 * C]);

	for (int roi = 0; roi < 2; roi++)
		ok(!memcmp(back_without(roi, false), back_without(roi, true),
			   size),
			"%s may be dropped before the way back",
			roi ? "regions" : "an index");
}

int main(void)
{
	tape = (struct nn_tape){.be = nn_cpu_open(1),
		.arena = &step,
		.pool = &pool,
		.record = true,
		.train = true};
	nn_pool_init(&pool, tape.be);
	rng = rng_new(1, RNG_INIT);
	shared_weight();
	many_shapes(CPU_ONEDNN, "oneDNN");
	many_shapes(CPU_DIRECT, "our own kernels");
	many_rows();
	changed_weight();
	changed_wide();
	frozen();
	residual_of_itself();
	running_statistics();
	pool_of_nan();
	dropped_place();
	nn_pool_release(&pool);
	tape.be->close(tape.be);
	arena_release(&step);
	arena_release(&keep);
	return done();
}
