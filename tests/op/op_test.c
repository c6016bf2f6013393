/*
 * Every op against its naive twin, in one table of shapes, in the manner of
 * ggml's test-backend-ops. check.h says what is asked of each row.
 */
#include "check.h"
#include "naive.h"

/* ---- convolutions ---- */

/* A weight, small enough that sums over fan values stay near 1. */
static void add_weight(struct trial *t, const int64_t *dim, int64_t fan)
{
	struct input *w = add_input(t, W, 4, dim);

	w->weight = true;
	for (int64_t i = 0; i < input_count(w); i++)
		w->v[i] = (double)(float)(w->v[i] / sqrt((double)fan));
}

static int64_t columns(const struct op_case *c)
{
	return c->kw ? c->kw : c->k;
}

static void conv_setup(struct trial *t)
{
	const struct op_case *c = t->c;
	int64_t icg = c->c / c->groups, kw = columns(c);
	int64_t oh = (c->h + 2 * c->pad - c->k) / c->stride + 1;
	int64_t ow = (c->w + 2 * c->pad - kw) / c->stride + 1;

	add_input(t, X, DIMS(c->n, c->h, c->w, c->c));
	add_weight(t, (int64_t[]){c->oc, icg, c->k, kw}, icg * c->k * kw);
	if (c->with & BIAS)
		add_input(t, B, DIMS(c->oc));
	if (c->with & RESIDUAL)
		add_input(t, R, DIMS(c->n, oh, ow, c->oc));
	if (c->with & SCALE)
		add_constant(t, S, DIMS(c->oc));
	set_y(t, DIMS(c->n, oh, ow, c->oc));
}

static struct nn_tensor *conv_run(
	const struct trial *t, struct nn_tape *tape, struct nn_tensor **in)
{
	const struct op_case *c = t->c;

	return nn_conv(tape, in[X], in[W], in[S], in[B], in[R],
		(struct nn_conv_how){.stride = c->stride,
			.pad = c->pad,
			.groups = c->groups,
			.act = c->act,
			.f32 = c->with & TO_F32});
}

static const struct op conv = {
	"conv", conv_setup, naive_conv, conv_run, false, NULL};

static void linear_setup(struct trial *t)
{
	const struct op_case *c = t->c;
	int64_t k = (int64_t)c->h * c->w * c->c;

	/* Rank 2 where there is no plane to flatten. */
	if (c->h * c->w == 1)
		add_input(t, X, DIMS(c->n, c->c));
	else
		add_input(t, X, DIMS(c->n, c->h, c->w, c->c));
	add_weight(t, (int64_t[]){c->oc, k, 1, 1}, k);
	t->in[W].rank = 2;
	if (c->with & BIAS)
		add_input(t, B, DIMS(c->oc));
	set_y(t, DIMS(c->n, c->oc));
}

static struct nn_tensor *linear_run(
	const struct trial *t, struct nn_tape *tape, struct nn_tensor **in)
{
	return nn_linear(tape, in[X], in[W], in[B],
		(struct nn_conv_how){
			.act = t->c->act, .f32 = t->c->with & TO_F32});
}

static const struct op linear = {
	"linear", linear_setup, naive_linear, linear_run, false, NULL};

static void transpose_setup(struct trial *t)
{
	const struct op_case *c = t->c;

	add_input(t, X, DIMS(c->n, c->h, c->w, c->c));
	add_weight(t, (int64_t[]){c->c, c->oc, c->k, columns(c)}, c->c * c->k);
	/* groups: rows and columns more. */
	set_y(t, DIMS(c->n,
			 (c->h - 1) * c->stride - 2 * c->pad + c->k + c->groups,
			 (c->w - 1) * c->stride - 2 * c->pad + columns(c) +
				 c->groups,
			 c->oc));
}

static struct nn_tensor *transpose_run(
	const struct trial *t, struct nn_tape *tape, struct nn_tensor **in)
{
	return nn_conv_transpose(tape, in[X], in[W],
		(struct nn_conv_how){.stride = t->c->stride,
			.pad = t->c->pad,
			.extra = t->c->groups});
}

static const struct op conv_transpose = {"conv_transpose", transpose_setup,
	naive_conv_transpose, transpose_run, false, NULL};

static void conv_double_setup(struct trial *t)
{
	const struct op_case *c = t->c;

	add_input(t, X, DIMS(c->n, c->h, c->w, c->c));
	add_weight(t, (int64_t[]){c->oc, c->c, 3, 3}, c->c * 9);
	set_y(t, DIMS(c->n, 2 * c->h, 2 * c->w, c->oc));
}

/* The kernels of a pass, of at most two ops. */
static struct nn_wide wide[2];
static int wides;

static struct nn_tensor *conv_double_run(
	const struct trial *t, struct nn_tape *tape, struct nn_tensor **in)
{
	struct nn_wide *k = &wide[wides++];

	(void)t;
	nn_wide_init(k, tape->be, in[W]);
	return nn_conv_double(tape, in[X], in[W], k);
}

static void conv_double_done(struct nn_backend *be)
{
	while (wides)
		nn_wide_release(&wide[--wides], be);
}

static const struct op conv_double = {.name = "conv_double",
	.setup = conv_double_setup,
	.naive = naive_conv_double,
	.run = conv_double_run,
	.done = conv_double_done};

/* ---- norms and pointwise ops ---- */

static void norm_setup(struct trial *t)
{
	const struct op_case *c = t->c;
	struct input *var;

	add_input(t, X, DIMS(c->n, c->h, c->w, c->c));
	add_input(t, W, DIMS(c->c));
	add_input(t, B, DIMS(c->c));
	add_constant(t, S, DIMS(c->c));
	var = add_constant(t, V, DIMS(c->c));
	for (int i = 0; i < c->c; i++)
		var->v[i] = (double)(float)(0.5 + fabs(var->v[i]));
	if (c->with & RESIDUAL)
		add_input(t, R, DIMS(c->n, c->h, c->w, c->c));
	set_y(t, DIMS(c->n, c->h, c->w, c->c));
}

static struct nn_norm norm_of(const struct trial *t, struct nn_tensor **in)
{
	return (struct nn_norm){in[W], in[B], in[S], in[V], .eps = 1e-5f,
		.momentum = 0.1f, .groups = t->c->groups};
}

static struct nn_tensor *batch_norm_run(
	const struct trial *t, struct nn_tape *tape, struct nn_tensor **in)
{
	struct nn_norm norm = norm_of(t, in);

	return nn_batch_norm(tape, in[X], &norm, in[R], t->c->act);
}

static struct nn_tensor *group_norm_run(
	const struct trial *t, struct nn_tape *tape, struct nn_tensor **in)
{
	struct nn_norm norm = norm_of(t, in);

	return nn_group_norm(tape, in[X], &norm, in[R], t->c->act);
}

static const struct op batch_norm = {"batch_norm", norm_setup, naive_batch_norm,
	batch_norm_run, false, NULL};
static const struct op group_norm = {"group_norm", norm_setup, naive_group_norm,
	group_norm_run, false, NULL};

static void activation_setup(struct trial *t)
{
	const struct op_case *c = t->c;

	add_input(t, X, DIMS(c->n, c->h, c->w, c->c));
	set_y(t, DIMS(c->n, c->h, c->w, c->c));
}

static struct nn_tensor *activation_run(
	const struct trial *t, struct nn_tape *tape, struct nn_tensor **in)
{
	return nn_activation(tape, in[X], t->c->act);
}

static const struct op activation = {"activation", activation_setup,
	naive_activation, activation_run, false, NULL};

/* ---- regions ---- */

static void max_pool_setup(struct trial *t)
{
	const struct op_case *c = t->c;

	add_input(t, X, DIMS(c->n, c->h, c->w, c->c));
	set_y(t, DIMS(c->n, (c->h + 2 * c->pad - c->k) / c->stride + 1,
			 (c->w + 2 * c->pad - c->k) / c->stride + 1, c->c));
}

static struct nn_tensor *max_pool_run(
	const struct trial *t, struct nn_tape *tape, struct nn_tensor **in)
{
	return nn_max_pool(tape, in[X], t->c->k, t->c->stride, t->c->pad);
}

static const struct op max_pool = {
	"max_pool", max_pool_setup, naive_max_pool, max_pool_run, false, NULL};

static void upsample_setup(struct trial *t)
{
	const struct op_case *c = t->c;

	add_input(t, X, DIMS(c->n, (c->h + 1) / 2, (c->w + 1) / 2, c->c));
	add_input(t, R, DIMS(c->n, c->h, c->w, c->c));
	set_y(t, DIMS(c->n, c->h, c->w, c->c));
}

static struct nn_tensor *upsample_run(
	const struct trial *t, struct nn_tape *tape, struct nn_tensor **in)
{
	(void)t;
	return nn_upsample_add(tape, in[X], in[R]);
}

static const struct op upsample_add = {"upsample_add", upsample_setup,
	naive_upsample_add, upsample_run, false, NULL};

static void double_setup(struct trial *t)
{
	const struct op_case *c = t->c;

	add_input(t, X, DIMS(c->n, c->h, c->w, c->c));
	set_y(t, DIMS(c->n, 2 * c->h, 2 * c->w, c->c));
}

static struct nn_tensor *double_run(
	const struct trial *t, struct nn_tape *tape, struct nn_tensor **in)
{
	(void)t;
	return nn_upsample(tape, in[X]);
}

static const struct op upsample = {
	"upsample", double_setup, naive_upsample, double_run, false, NULL};

/* Pictures moved by up to oc pixels, k of them cut out; groups: recoloured. */
static struct nn_augment_picture augment_of(const struct op_case *c, int n)
{
	struct nn_augment_picture p = {.saturation = 1, .contrast = 1};

	p.dx = n % 3 * c->oc - c->oc;
	p.dy = n % 2 * c->oc;
	p.cx = n - 1;
	p.cy = n;
	p.cx1 = n - 1 + c->k;
	p.cy1 = n + c->k;
	if (c->groups) {
		p.brightness = 0.25f * (float)n;
		p.saturation = 1.5f;
		p.contrast = 0.5f;
	}
	return p;
}

static struct nn_tensor *augment_run(
	const struct trial *t, struct nn_tape *tape, struct nn_tensor **in)
{
	const struct op_case *c = t->c;
	struct nn_augment_picture *p =
		arena_zero(tape->arena, (size_t)c->n + 1, sizeof *p);
	struct nn_tensor *words;

	for (int n = 0; n < c->n; n++)
		p[n] = augment_of(c, n);
	words = nn_upload(tape, NN_F32, 2,
		(int64_t[]){c->n, sizeof *p / sizeof(float)}, p);
	return nn_augment(tape, in[X], words->data, c->groups > 0);
}

static void naive_augment(const struct trial *t, double *y)
{
	const struct op_case *c = t->c;
	const int64_t *dim = t->dim;
	double mean[8] = {0}, size = (double)(c->h * c->w * c->c);

	EACH_OF (dim, n, oy, ox, i)
		mean[n] += t->in[X].v[nhwc(dim, n, oy, ox, i)] / size;
	EACH_OF (dim, n, oy, ox, i) {
		struct nn_augment_picture p = augment_of(c, (int)n);
		int64_t sy = oy - p.dy, sx = ox - p.dx;
		double grey = 0, *to = &y[nhwc(dim, n, oy, ox, i)];

		*to = 0;
		if (!inside(dim, sy, sx) ||
			(ox >= p.cx && ox < p.cx1 && oy >= p.cy && oy < p.cy1))
			continue;
		EACH (j, c->c)
			grey += t->in[X].v[nhwc(dim, n, sy, sx, j)] / c->c;
		*to = t->in[X].v[nhwc(dim, n, sy, sx, i)] - grey;
		*to = (double)p.saturation * *to + grey - mean[n];
		*to = (double)p.contrast * *to + mean[n] + (double)p.brightness;
	}
}

static void augment_setup(struct trial *t)
{
	const struct op_case *c = t->c;

	add_input(t, X, DIMS(c->n, c->h, c->w, c->c));
	set_y(t, DIMS(c->n, c->h, c->w, c->c));
}

static const struct op augment = {
	"augment", augment_setup, naive_augment, augment_run, false, NULL};

/* oc boxes over two pictures of n; k bins, stride samples a bin each way. */
static void roi_setup(struct trial *t)
{
	const struct op_case *c = t->c;
	double ph = c->h * 4, pw = c->w * 4, *roi;
	struct input *at;

	for (int l = 0; l < 3; l++)
		add_input(t, l,
			DIMS(c->n, (c->h + (1 << l) - 1) >> l,
				(c->w + (1 << l) - 1) >> l, c->c));
	roi = add_constant(t, S, DIMS(c->oc, 5))->v;
	at = add_constant(t, V, DIMS(c->oc));
	at->type = NN_I32;
	for (int r = 0; r < c->oc; r++, roi += 5) {
		/* Whole, beyond every edge, and less than a pixel. */
		double u[4];
		double side = r % 4 == 3 ? 0.01 : 0.6;

		for (int i = 0; i < 4; i++)
			u[i] = (double)rng_uniform(&t->rng);
		roi[0] = r % c->n;
		roi[1] = (double)(float)(pw * (u[0] * 1.4 - 0.4));
		roi[2] = (double)(float)(ph * (u[1] * 1.4 - 0.4));
		roi[3] = (double)(float)(roi[1] + pw * side * u[2]);
		roi[4] = (double)(float)(roi[2] + ph * side * u[3]);
		at->v[r] = r % 3;
	}
	set_y(t, DIMS(c->oc, c->k, c->k, c->c));
}

static struct nn_tensor *roi_run(
	const struct trial *t, struct nn_tape *tape, struct nn_tensor **in)
{
	const struct op_case *c = t->c;

	return nn_roi_align(tape, in, 3, (float[]){0.25f, 0.125f, 0.0625f},
		in[S], in[V], c->k, c->stride, c->with & ALIGNED);
}

static const struct op roi_align = {
	"roi_align", roi_setup, naive_roi_align, roi_run, false, NULL};

/* ---- losses ---- */

/* oc items of x by index, or all. */
static void loss_setup(struct trial *t)
{
	const struct op_case *c = t->c;
	int64_t n = (int64_t)c->n * c->h * c->w * c->c;

	add_input(t, X, DIMS(c->n, c->h, c->w, c->c));
	if (c->with & INDEX) {
		int32_t order[64] = {0};
		struct input *index = add_constant(t, B, DIMS(c->oc));

		BUG_ON(n > 64);
		for (int32_t i = 0; i < n; i++)
			order[i] = i;
		rng_shuffle(&t->rng, order, (int32_t)n);
		index->type = NN_I32;
		for (int i = 0; i < c->oc; i++)
			index->v[i] =
				c->with & MISSING && i % 4 == 1 ? -1 : order[i];
		n = c->oc;
	}
	add_constant(t, W, DIMS(n));
	if (c->with & WEIGHTS)
		add_constant(t, R, DIMS(n));
	set_y(t, DIMS(1));
}

static void bce_setup(struct trial *t)
{
	loss_setup(t);
	/* 0, 1, and now and then something between. */
	for (int64_t i = 0; i < input_count(&t->in[W]); i++)
		t->in[W].v[i] = i % 5 ? (double)(i % 2) : 0.25;
}

static void softmax_setup(struct trial *t)
{
	const struct op_case *c = t->c;
	struct input *label;

	add_input(t, X, DIMS(c->n, c->c));
	label = add_constant(t, W, DIMS(c->n));
	label->type = NN_I32;
	for (int i = 0; i < c->n; i++)
		label->v[i] = (int)rng_below(&t->rng, (uint32_t)c->c + 1) - 1;
	if (c->with & WEIGHTS)
		add_constant(t, R, DIMS(c->n));
	set_y(t, DIMS(1));
}

/* n boxes, and others that meet them, or lie apart. */
static void giou_setup(struct trial *t)
{
	const struct op_case *c = t->c;
	struct input *in[2];

	in[0] = add_input(t, X, DIMS(c->n, 4));
	in[1] = add_constant(t, W, DIMS(c->n, 4));
	for (int k = 0; k < 2; k++)
		for (int64_t i = 0; i < input_count(in[k]); i++) {
			double *v = &in[k]->v[i];

			*v = (double)(float)(i % 4 < 2
						     ? *v
						     : v[-2] + 0.5 + fabs(*v));
		}
	if (c->with & WEIGHTS)
		add_constant(t, R, DIMS(c->n));
	set_y(t, DIMS(1));
}

static struct nn_tensor *giou_run(
	const struct trial *t, struct nn_tape *tape, struct nn_tensor **in)
{
	(void)t;
	return nn_giou_loss(tape, in[X], in[W], in[R], 0.25f);
}

static const struct op giou = {
	"giou", giou_setup, naive_giou, giou_run, true, NULL};

static struct nn_tensor *bce_run(
	const struct trial *t, struct nn_tape *tape, struct nn_tensor **in)
{
	(void)t;
	return nn_bce_loss(tape, in[X], in[B], in[W], in[R], 0.25f);
}

static struct nn_tensor *smooth_l1_run(
	const struct trial *t, struct nn_tape *tape, struct nn_tensor **in)
{
	return nn_smooth_l1_loss(
		tape, in[X], in[B], in[W], in[R], t->c->beta, 0.25f);
}

static struct nn_tensor *softmax_run(
	const struct trial *t, struct nn_tape *tape, struct nn_tensor **in)
{
	(void)t;
	return nn_softmax_loss(tape, in[X], in[W], in[R], 0.25f);
}

static const struct op bce = {"bce", bce_setup, naive_bce, bce_run, true, NULL};
static const struct op smooth_l1 = {
	"smooth_l1", loss_setup, naive_smooth_l1, smooth_l1_run, true, NULL};
static const struct op softmax = {
	"softmax", softmax_setup, naive_softmax, softmax_run, true, NULL};

#include "table.h"

/* Those that have tests of their own: the first is tried by all of bf16; the
 * others make pictures of bytes, and have no way back. */
static bool is_tried_elsewhere(const char *name)
{
	return !strcmp(name, "cast") || !strcmp(name, "fetch") ||
	       !strcmp(name, "resize");
}

static bool is_listed(const char *name)
{
	for (const struct nn_op_info *o = nn_ops; o->name; o++)
		if (!strcmp(o->name, name))
			return true;
	return false;
}

/* What nn-info tells of an op is what was tried here, and of all of them. */
static void check_list(void)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (!is_listed(table[i].op->name))
			ok(false, "%s is listed", table[i].op->name);
	for (const struct nn_op_info *o = nn_ops; o->name; o++) {
		bool tried = is_tried_elsewhere(o->name);
		bool bf16 = o->bf16;

		for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
			if (strcmp(table[i].op->name, o->name))
				continue;
			tried = true;
			bf16 = !table[i].op->f32_only;
		}
		ok(tried && bf16 == o->bf16, "%s is as it is listed", o->name);
	}
}

/* op_test [cpu|cuda]: everywhere unless told. */
int main(int argc, char **argv)
{
	const char *only = argc > 1 ? argv[1] : "";
	struct err e;
	bool card = strcmp(only, "cpu") && nn_cuda_count(&e) > 0;
	bool cpu = strcmp(only, "cuda");

	if (!cpu && !card) {
		skip(e.msg);
		return done();
	}
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if (cpu)
			check_on_cpu(&table[i]);
		if (card)
			check_on_card(&table[i]);
	}
	card_close();
	check_list();
	return done();
}
