/*
 * Layers, blocks and a pyramid against PyTorch's own numbers. Each function
 * below stands beside the one of tests/golden/layers.py that wrote its case:
 * both make the same leaves in the same order.
 */
#include "golden.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "nn/ops.h"

enum { LEAVES = 24, OUTPUTS = 4 };

struct replay {
	struct arena keep, step;
	struct nn_pool pool;
	struct nn_tape tape;
	struct nn_tensor leaf[LEAVES];
	int leaves;
	struct nn_tensor *y[OUTPUTS];
	int ys;
};

static struct nn_tensor *leaf(struct replay *r, int rank, const int64_t *dim)
{
	struct nn_tensor *x = &r->leaf[r->leaves++];

	BUG_ON(r->leaves > LEAVES);
	*x = (struct nn_tensor){
		.type = NN_F32, .rank = rank, .needs_grad = true, .leaf = true};
	memcpy(x->dim, dim, (size_t)rank * sizeof *dim);
	x->data = arena_alloc(&r->keep, nn_bytes(x));
	x->grad = arena_alloc(&r->keep, nn_bytes(x));
	golden_wave((uint32_t)r->leaves, x->data, nn_count(x));
	return x;
}

#define LEAF(r, ...) \
	leaf(r, sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), \
		(int64_t[]){__VA_ARGS__})

static struct nn_tensor *constant(struct replay *r, int64_t n)
{
	struct nn_tensor *x = LEAF(r, n);

	x->needs_grad = false;
	return x;
}

static struct nn_norm norm(struct replay *r, int64_t c)
{
	struct nn_norm n = {.eps = 1e-5f, .momentum = 0.1f};
	float *var;

	n.gain = LEAF(r, c);
	n.bias = LEAF(r, c);
	n.mean = constant(r, c);
	n.var = constant(r, c);
	var = n.var->data;
	for (int64_t i = 0; i < c; i++)
		var[i] = fabsf(var[i]) + 0.5f;
	return n;
}

static void give(struct replay *r, struct nn_tensor *y)
{
	BUG_ON(r->ys == OUTPUTS);
	r->y[r->ys++] = y;
}

static struct nn_tensor *conv(struct replay *r, struct nn_tensor *x,
	struct nn_tensor *w, int stride, int pad)
{
	return nn_conv(&r->tape, x, w, NULL, NULL, NULL,
		(struct nn_conv_how){.stride = stride, .pad = pad});
}

static void times(struct nn_tensor *x, float by)
{
	float *v = x->data;

	for (int64_t i = 0; i < nn_count(x); i++)
		v[i] *= by;
}

/* ---- the cases, as in layers.py ---- */

static void conv_case(struct replay *r)
{
	struct nn_tensor *x = LEAF(r, 2, 5, 4, 6), *w = LEAF(r, 4, 3, 3, 3);

	give(r, nn_conv(&r->tape, x, w, NULL, LEAF(r, 4), NULL,
			(struct nn_conv_how){.stride = 2,
				.pad = 1,
				.groups = 2,
				.act = NN_RELU}));
}

static void conv_transpose_case(struct replay *r)
{
	struct nn_tensor *x = LEAF(r, 2, 3, 2, 4), *w = LEAF(r, 4, 3, 4, 4);

	give(r, nn_conv_transpose(&r->tape, x, w,
			(struct nn_conv_how){.stride = 2, .pad = 1}));
}

static void linear_case(struct replay *r)
{
	struct nn_tensor *x = LEAF(r, 2, 2, 3, 4), *w = LEAF(r, 5, 24);

	give(r, nn_linear(&r->tape, x, w, LEAF(r, 5),
			(struct nn_conv_how){.act = NN_LINEAR}));
}

static void batch_norm_case(struct replay *r)
{
	struct nn_tensor *x = LEAF(r, 3, 3, 4, 4);
	struct nn_norm n = norm(r, 4);

	give(r, nn_batch_norm(&r->tape, x, &n, NULL, NN_LEAKY));
}

static void batch_norm_eval_case(struct replay *r)
{
	r->tape.train = false;
	batch_norm_case(r);
}

static void group_norm_case(struct replay *r)
{
	struct nn_tensor *x = LEAF(r, 2, 3, 4, 6);
	struct nn_norm n = {.eps = 1e-5f, .groups = 3};

	n.gain = LEAF(r, 6);
	n.bias = LEAF(r, 6);
	give(r, nn_group_norm(&r->tape, x, &n, NULL, NN_LINEAR));
}

static void activation_case(struct replay *r)
{
	struct nn_tensor *x = LEAF(r, 1, 3, 4, 2);

	give(r, nn_activation(&r->tape, x, NN_LEAKY));
	give(r, nn_activation(&r->tape, x, NN_TANH));
	give(r, nn_activation(&r->tape, x, NN_SIGMOID));
	give(r, nn_activation(&r->tape, x, NN_RELU));
}

static void softplus_case(struct replay *r)
{
	struct nn_tensor *x = LEAF(r, 1, 3, 4, 2);

	times(x, 8);
	give(r, nn_activation(&r->tape, x, NN_SOFTPLUS));
}

static void upsample_case(struct replay *r)
{
	give(r, nn_upsample(&r->tape, LEAF(r, 2, 2, 3, 2)));
}

static void max_pool_case(struct replay *r)
{
	struct nn_tensor *x = LEAF(r, 2, 5, 6, 2);
	float *v = x->data;

	for (int64_t i = 0; i < nn_count(x); i++)
		v[i] = rintf(2 * v[i]);
	give(r, nn_max_pool(&r->tape, x, 3, 2, 1));
}

static void basic_block_case(struct replay *r)
{
	struct nn_tape *t = &r->tape;
	struct nn_tensor *x = LEAF(r, 2, 6, 5, 4), *y, *shortcut;
	struct nn_tensor *w1 = LEAF(r, 6, 4, 3, 3), *w2, *wd;
	struct nn_norm n1 = norm(r, 6), n2, nd;

	w2 = LEAF(r, 6, 6, 3, 3);
	n2 = norm(r, 6);
	wd = LEAF(r, 6, 4, 1, 1);
	nd = norm(r, 6);
	y = nn_batch_norm(t, conv(r, x, w1, 2, 1), &n1, NULL, NN_RELU);
	shortcut = nn_batch_norm(t, conv(r, x, wd, 2, 0), &nd, NULL, NN_LINEAR);
	give(r, nn_batch_norm(t, conv(r, y, w2, 1, 1), &n2, shortcut, NN_RELU));
}

static void bottleneck_case(struct replay *r)
{
	static const int64_t shape[][3] = {{4, 8, 1}, {4, 2, 3}, {8, 4, 1}};
	struct nn_tensor *x = LEAF(r, 2, 5, 4, 8), *y = x;

	for (int i = 0; i < 3; i++) {
		int64_t oc = shape[i][0], ic = shape[i][1], k = shape[i][2];
		struct nn_tensor *w = LEAF(r, oc, ic, k, k);
		struct nn_tensor *scale = constant(r, oc);

		y = nn_conv(&r->tape, y, w, scale, constant(r, oc),
			i == 2 ? x : NULL,
			(struct nn_conv_how){.stride = 1,
				.pad = (int)k / 2,
				.groups = (int)(nn_channels(y) / ic),
				.act = NN_RELU});
	}
	give(r, y);
}

static void pyramid_case(struct replay *r)
{
	struct nn_tensor *x0 = LEAF(r, 1, 7, 9, 4), *x1 = LEAF(r, 1, 4, 5, 5);
	struct nn_tensor *x[] = {x0, x1, LEAF(r, 1, 2, 3, 6)};
	struct nn_tensor *top = NULL;

	for (int l = 2; l >= 0; l--) {
		struct nn_tensor *inner = LEAF(r, 4, nn_channels(x[l]), 1, 1);
		struct nn_tensor *outer = LEAF(r, 4, 4, 3, 3);
		struct nn_tensor *b1 = LEAF(r, 4), *b2 = LEAF(r, 4), *y;

		y = nn_conv(&r->tape, x[l], inner, NULL, b1, NULL,
			(struct nn_conv_how){.stride = 1});
		top = top ? nn_upsample_add(&r->tape, top, y) : y;
		give(r, nn_conv(&r->tape, top, outer, NULL, b2, NULL,
				(struct nn_conv_how){.stride = 1, .pad = 1}));
	}
}

static void roi_align_of(struct replay *r, bool aligned)
{
	static float box[][5] = {{0, 3.5f, 2, 20.25f, 17}, {1, -9, -6, 8, 40},
		{0, 25, 20, 60, 50}, {1, 12, 9, 12.125f, 9.125f},
		{0, 0, 0, 36, 32}, {1, 80, 80, 99, 99}};
	static int32_t level[] = {0, 1, 0, 1, 1, 0};
	struct nn_tensor *x0 = LEAF(r, 2, 8, 9, 3);
	struct nn_tensor *x[] = {x0, LEAF(r, 2, 4, 5, 3)};
	struct nn_tensor rois = {.rank = 2, .dim = {6, 5}, .data = box};
	struct nn_tensor at = {
		.type = NN_I32, .rank = 1, .dim = {6}, .data = level};

	give(r, nn_roi_align(&r->tape, x, 2, (float[]){0.25f, 0.125f}, &rois,
			&at, 2, 2, aligned));
}

static void roi_align_case(struct replay *r)
{
	roi_align_of(r, false);
}

static void roi_align_aligned_case(struct replay *r)
{
	roi_align_of(r, true);
}

static void bce_case(struct replay *r)
{
	struct nn_tensor *x = LEAF(r, 12), *target = constant(r, 12);
	float *v = target->data;

	times(x, 8);
	for (int i = 0; i < 12; i++)
		v[i] = v[i] > 0;
	give(r, nn_bce_loss(&r->tape, x, NULL, target, NULL, 0.5f));
}

static void smooth_l1_case(struct replay *r)
{
	struct nn_tensor *x = LEAF(r, 12), *target = constant(r, 12);
	static const float beta[] = {1, 0.5f, 0};

	for (int i = 0; i < 3; i++)
		give(r, nn_smooth_l1_loss(
				&r->tape, x, NULL, target, NULL, beta[i], 1));
}

static void softmax_case(struct replay *r)
{
	static int32_t label[] = {3, -1, 0, 2, -1};
	struct nn_tensor *x = LEAF(r, 5, 4);
	struct nn_tensor labels = {
		.type = NN_I32, .rank = 1, .dim = {5}, .data = label};

	times(x, 8);
	give(r, nn_softmax_loss(&r->tape, x, &labels, NULL, 1.0f / 3));
}

/* Of rows of four numbers, boxes. */
static struct nn_tensor *boxes(struct nn_tensor *x)
{
	float *v = x->data;

	for (int64_t i = 0; i < nn_rows(x); i++, v += 4)
		for (int k = 0; k < 2; k++)
			v[2 + k] = v[k] + fabsf(v[2 + k]) + 0.125f;
	return x;
}

static void giou_case(struct replay *r)
{
	struct nn_tensor *x = boxes(LEAF(r, 8, 4)), *target;

	target = LEAF(r, 8, 4);
	target->needs_grad = false;
	give(r, nn_giou_loss(&r->tape, x, boxes(target), NULL, 0.5f));
}

static const struct {
	const char *name;
	void (*run)(struct replay *r);
} cases[] = {
#define CASE(name) \
	{ \
#name, name##_case \
	}
	CASE(conv), CASE(conv_transpose), CASE(linear), CASE(batch_norm),
	CASE(batch_norm_eval), CASE(group_norm), CASE(activation),
	CASE(softplus), CASE(upsample), CASE(max_pool), CASE(basic_block),
	CASE(bottleneck), CASE(pyramid), CASE(roi_align),
	CASE(roi_align_aligned), CASE(bce), CASE(smooth_l1), CASE(softmax),
	CASE(giou)};

/* ---- replaying ---- */

/* All outputs in a row, as PyTorch's were written; each gets its part of dy. */
static void compare_outputs(
	struct replay *r, const char *name, const struct json *gold)
{
	int64_t n = 0;
	float *all, *dy;

	for (int i = 0; i < r->ys; i++)
		n += nn_count(r->y[i]);
	all = arena_alloc(&r->keep, (size_t)n * sizeof *all);
	dy = arena_alloc(&r->keep, (size_t)n * sizeof *dy);
	golden_wave(99, dy, n);
	n = 0;
	for (int i = 0; i < r->ys; i++) {
		struct nn_tensor *y = r->y[i];

		memcpy(all + n, y->data, nn_bytes(y));
		y->grad = nn_pool_alloc(&r->pool, nn_bytes(y));
		memcpy(y->grad, dy + n, nn_bytes(y));
		y->grad_set = true;
		n += nn_count(y);
	}
	golden_compare(name, "y", 0, all, n, json_get(gold, "y"));
}

static void replay(const char *name, void (*run)(struct replay *r),
	const struct json *gold)
{
	struct replay r = {.leaves = 0};
	const struct json *grad;
	int i = 0;

	r.tape = (struct nn_tape){.be = nn_cpu_open(1),
		.arena = &r.step,
		.pool = &r.pool,
		.record = true,
		.train = true};
	nn_pool_init(&r.pool, r.tape.be);
	run(&r);
	compare_outputs(&r, name, gold);
	nn_backward(&r.tape, NULL, 0);
	grad = json_first(json_get(gold, "grads"));
	for (; grad && i < r.leaves; grad = json_next(grad), i++) {
		struct nn_tensor *x = &r.leaf[i];

		if (json_kind(grad) == JSON_ARRAY)
			golden_compare(name, "gradient of leaf", i, x->grad,
				nn_count(x), grad);
		r.tape.be->unpack(r.tape.be, x);
	}
	ok(i == r.leaves && !grad, "%s: has %d leaves", name, r.leaves);
	/* Of a batch norm alone: leaves 3 and 4. */
	if (json_get(gold, "mean")) {
		golden_compare(name, "running mean", 0, r.leaf[3].data, 4,
			json_get(gold, "mean"));
		golden_compare(name, "running variance", 0, r.leaf[4].data, 4,
			json_get(gold, "var"));
	}
	nn_pool_release(&r.pool);
	r.tape.be->close(r.tape.be);
	arena_release(&r.step);
	arena_release(&r.keep);
}

int main(int argc, char **argv)
{
	const char *path = argc > 1 ? argv[1] : "tests/golden/layers.jsonl";
	FILE *f = fopen(path, "r");
	struct arena a = {0};
	char *line = NULL;
	size_t size = 0, i = 0;
	ssize_t n;

	if (!ok(f != NULL, "there is %s", path))
		return done();
	for (; (n = getline(&line, &size, f)) > 0; i++) {
		struct err e;
		struct json *gold = json_parse(line, (size_t)n, &a, &e);
		const char *name = json_get_str(gold, "name");

		if (!gold || i >= sizeof cases / sizeof *cases ||
			!is_str(name, cases[i].name, "the next case"))
			break;
		replay(name, cases[i].run, gold);
		arena_reset(&a);
	}
	is_int(i, sizeof cases / sizeof *cases, "every case was replayed");
	free(line);
	fclose(f);
	arena_release(&a);
	return done();
}
