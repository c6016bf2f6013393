/*
 * What is asked of every row of the table (op_test.c):
 *
 * - all of what follows with activations in f32, and in bf16 where the op
 *   takes it, from numbers that bf16 can hold; convolutions by oneDNN and by
 *   our own kernels; on the CPU and, where there is one, on a card;
 * - forward: y is the naive y, within TOLERANCE of y's largest value;
 * - gradient: of sum(y * random) with respect to every differentiable input,
 *   against differences of the naive op: at up to SAMPLES coordinates, and
 *   along a random direction through all of them at once;
 * - the same bytes in a second run; and with two threads, but for what oneDNN
 *   makes of weights, which is the same within a rounding or two;
 * - gradients add up: a leaf's over two passes, and those that reach one
 *   tensor from two ops.
 */
#ifndef OP_CHECK_H
#define OP_CHECK_H

#include "tap.h"
#include "trial.h"

/* bf16 has 8 bits: half a last one of them is 2^-9. */
#define TOLERANCE(t) ((t)->type == NN_BF16 ? 0x1p-7 : 1e-5)
enum { SAMPLES = 10 };

struct result {
	float *y, *g[INPUTS]; /* g: NULL where there is no input */
};

/* How the op is used. */
enum use { ONCE, TWO_PASSES, TWO_OPS };

/* ---- running the op ---- */

/* Memory of the device, of what is in the host's. */
static inline void *upload(
	struct nn_backend *be, void *to, const void *from, size_t bytes)
{
	be->copy(be, to, from, bytes);
	return to;
}

static inline struct nn_tensor *make_tensor(
	struct trial *t, struct nn_backend *be, const struct input *in)
{
	struct nn_tensor *x = arena_zero(t->arena, 1, sizeof *x);
	int64_t n = input_count(in);
	void *v;

	x->type = in->type;
	x->rank = in->rank;
	memcpy(x->dim, in->dim, sizeof x->dim);
	v = arena_alloc(t->arena, nn_bytes(x));
	for (int64_t i = 0; i < n; i++) {
		if (in->type == NN_I32)
			((int32_t *)v)[i] = (int32_t)in->v[i];
		else
			((float *)v)[i] = (float)in->v[i];
	}
	x->data = upload(be, be->alloc(be, nn_bytes(x)), v, nn_bytes(x));
	x->leaf = true;
	x->needs_grad = in->differentiable;
	/* What a leaf's gradient holds before it is set counts nothing. */
	memset(v, 0xff, nn_bytes(x));
	x->grad = upload(be, be->alloc(be, nn_bytes(x)), v, nn_bytes(x));
	return x;
}

static inline void free_tensor(struct nn_backend *be, struct nn_tensor *x)
{
	be->unpack(be, x);
	be->free(be, x->data, nn_bytes(x));
	be->free(be, x->grad, nn_bytes(x));
}

/* Run the op as far as y, and seed y's gradient. */
static inline struct nn_tensor *forward(struct trial *t, struct nn_tape *tape,
	struct nn_tensor **in, const double *dy)
{
	struct nn_tensor *y = t->c->op->run(t, tape, in);
	int64_t n = nn_count(y);
	void *g;

	if (y->rank != t->rank ||
		memcmp(y->dim, t->dim, (size_t)y->rank * sizeof *y->dim))
		err_bug(__FILE__, __LINE__, "shape of y");
	if (!y->needs_grad)
		return y;
	g = arena_alloc(t->arena, nn_bytes(y));
	for (int64_t i = 0; i < n; i++)
		nn_put(g, i, y->type, (float)dy[i]);
	y->grad = upload(tape->be, nn_pool_alloc(tape->pool, nn_bytes(y)), g,
		nn_bytes(y));
	y->grad_set = true;
	return y;
}

/* n values of a type, or as many zeros, as f32. */
static inline float *keep(struct trial *t, struct nn_backend *be, const void *p,
	enum nn_type type, int64_t n)
{
	float *copy = arena_zero(t->arena, (size_t)n, sizeof *copy);
	void *v = arena_alloc(t->arena, (size_t)n * sizeof *copy);

	if (!p)
		return copy;
	be->copy(be, v, p, (size_t)n * nn_type_size(type));
	for (int64_t i = 0; i < n; i++)
		copy[i] = nn_get(v, i, type);
	return copy;
}

/* What the op is given in place of a leaf: it may be used twice, and shall
 * then gather gradients; and it is of the trial's type. */
static inline struct nn_tensor *stand_in(
	struct trial *t, struct nn_tape *tape, struct nn_tensor *leaf, int at)
{
	if (!leaf || !leaf->needs_grad || t->in[at].weight)
		return leaf;
	if (is_activation(t, at) && t->type == NN_BF16)
		return nn_cast(tape, leaf, NN_BF16);
	return nn_activation(tape, leaf, NN_LINEAR);
}

static inline void run_passes(struct trial *t, struct nn_tape *tape,
	struct nn_tensor **leaf, const double *dy, enum use use,
	struct result *r)
{
	for (int pass = 0; pass < (use == TWO_PASSES ? 2 : 1); pass++) {
		struct nn_tensor *in[INPUTS] = {NULL}, *y;

		for (int i = 0; i < INPUTS; i++)
			in[i] = stand_in(t, tape, leaf[i], i);
		y = forward(t, tape, in, dy);
		if (use == TWO_OPS)
			y = forward(t, tape, in, dy);
		r->y = keep(t, tape->be, y->data, y->type, nn_count(y));
		nn_backward(tape, NULL, 0);
		nn_tape_reset(tape);
		if (t->c->op->done)
			t->c->op->done(tape->be);
	}
}

/* The card, for all trials: opening it takes long, and plans are kept. */
static struct nn_backend *the_card;

static inline struct nn_backend *card_open(void)
{
	struct err e;

	if (!the_card)
		the_card = nn_cuda_open(0, &e);
	BUG_ON(!the_card);
	return the_card;
}

static inline void card_close(void)
{
	if (the_card)
		the_card->close(the_card);
	the_card = NULL;
}

static inline struct result run_trial(
	struct trial *t, int threads, const double *dy, enum use use)
{
	struct arena step = {0};
	struct nn_backend *be =
		t->card ? card_open() : cpu_open(threads, t->kernels);
	struct nn_pool pool;
	struct nn_tape tape = {.be = be,
		.arena = &step,
		.pool = &pool,
		.record = true,
		.train = t->c->with & TRAIN};
	struct nn_tensor *leaf[INPUTS] = {NULL};
	struct result r = {NULL, {NULL}};
	size_t dirt = (size_t)4 << 20;

	/* Whoever reads what was never written shall read NaN. */
	nn_pool_init(&pool, be);
	upload(be, nn_pool_alloc(&pool, dirt),
		memset(arena_alloc(&step, dirt), 0xff, dirt), dirt);
	nn_tape_reset(&tape);
	for (int i = 0; i < INPUTS; i++)
		if (t->in[i].v)
			leaf[i] = make_tensor(t, be, &t->in[i]);
	run_passes(t, &tape, leaf, dy, use, &r);
	for (int i = 0; i < INPUTS; i++) {
		struct nn_tensor *x = leaf[i];

		if (!x)
			continue;
		if (x->needs_grad)
			r.g[i] = keep(t, be, x->grad_set ? x->grad : NULL,
				NN_F32, nn_count(x));
		free_tensor(be, x);
	}
	nn_pool_release(&pool);
	if (!t->card)
		be->close(be);
	arena_release(&step);
	return r;
}

/* ---- comparing ---- */

/* Whether got is factor * want, within tol of want's largest value. */
static inline bool near_all(const float *got, const float *want, float factor,
	int64_t n, double tol)
{
	double most = 0;

	if (tol > 0)
		for (int64_t i = 0; i < n; i++)
			most = fmax(most, fabs((double)(factor * want[i])));
	for (int64_t i = 0; i < n; i++) {
		double off = fabs((double)got[i] - (double)(factor * want[i]));

		if (!(off <= tol * most)) {
			printf("# at %lld: %.9g, not %.9g\n", (long long)i,
				(double)got[i], (double)(factor * want[i]));
			return false;
		}
	}
	return true;
}

/* With another number of threads oneDNN may add up in another order; our own
 * kernels do not. */
static inline double thread_tolerance(const struct trial *t)
{
	if (t->type == NN_BF16)
		return 0x1p-8;
	return t->kernels == CPU_ONEDNN || t->kernels == CPU_BOTH ? 1e-6 : 0;
}

/* What has to do with a weight may differ, by tol. */
static inline void check_same(const struct trial *t, const struct result *a,
	const struct result *b, float factor, double tol, const char *what)
{
	bool same;

	if (!t->in[W].weight)
		tol = 0;
	/* A card adds up what regions give back in any order. */
	if (t->card && !strcmp(t->c->op->name, "roi_align"))
		tol = 1e-6;
	same = near_all(a->y, b->y, 1, y_count(t), tol);
	for (int i = 0; i < INPUTS; i++)
		if (b->g[i])
			same &= near_all(a->g[i], b->g[i], factor,
				input_count(&t->in[i]), tol);
	ok(same, "%s: %s", t->name, what);
}

static inline void check_forward(
	struct trial *t, const float *got, const double *want)
{
	int64_t n = y_count(t);
	double most = 1e-6, worst = 0;

	for (int64_t i = 0; i < n; i++)
		most = fmax(most, fabs(want[i]));
	for (int64_t i = 0; i < n; i++) {
		double off = fabs((double)got[i] - want[i]) / most;

		if (off > worst || isnan(off))
			worst = off;
	}
	if (!ok(worst <= TOLERANCE(t), "%s: forward", t->name))
		printf("# off by %g of the largest value\n", worst);
}

/* ---- gradients by differences ---- */

static inline double naive_dot(struct trial *t, const double *dy)
{
	struct arena_mark m = arena_mark(t->arena);
	int64_t n = y_count(t);
	double *y = arena_alloc(t->arena, (size_t)n * sizeof *y), s = 0;

	t->c->op->naive(t, y);
	for (int64_t i = 0; i < n; i++)
		s += y[i] * dy[i];
	arena_back(t->arena, m);
	return s;
}

/*
 * The derivative along v, at distance h to both sides; here is the value in
 * the middle. False: the two sides differ by more than a smooth function's
 * would; there is a kink between.
 */
static inline bool difference(struct trial *t, struct input *in,
	const double *dy, double here, const double *v, double h, double *d)
{
	struct arena_mark m = arena_mark(t->arena);
	int64_t n = input_count(in);
	double *x = in->v, f[2], ahead, behind;

	in->v = arena_alloc(t->arena, (size_t)n * sizeof *x);
	for (int side = 0; side < 2; side++) {
		double by = side ? h : -h;

		for (int64_t i = 0; i < n; i++)
			in->v[i] = x[i] + by * v[i];
		f[side] = naive_dot(t, dy);
	}
	in->v = x;
	arena_back(t->arena, m);
	ahead = (f[1] - here) / h;
	behind = (here - f[0]) / h;
	*d = (f[1] - f[0]) / (2 * h);
	return fabs(ahead - behind) <= 1e-4 * (fabs(*d) + 1);
}

static inline void check_coordinates(
	struct trial *t, int at, const double *dy, double here, const float *g)
{
	struct input *in = &t->in[at];
	int64_t n = input_count(in);
	int samples = n < SAMPLES ? (int)n : SAMPLES, kinks = 0;
	double most = 1e-3, worst = 0, want[SAMPLES], got[SAMPLES];
	double *v = arena_zero(t->arena, (size_t)n, sizeof *v);

	for (int s = 0; s < samples; s++) {
		int64_t i = n <= SAMPLES
				    ? s
				    : (int64_t)rng_below(&t->rng, (uint32_t)n);

		v[i] = 1;
		got[s] = (double)g[i];
		if (!difference(t, in, dy, here, v, 1e-6, &want[s])) {
			want[s] = got[s];
			kinks++;
		}
		v[i] = 0;
		most = fmax(most, fabs(want[s]));
	}
	for (int s = 0; s < samples; s++) {
		double off = fabs(got[s] - want[s]) / most;

		if (off > worst || isnan(off))
			worst = off;
	}
	if (!ok(worst <= TOLERANCE(t) && 5 * kinks <= samples,
		    "%s: gradient of input %d", t->name, at))
		printf("# off by %g of the largest value, %d kinks\n", worst,
			kinks);
}

static inline void check_direction(
	struct trial *t, int at, const double *dy, double here, const float *g)
{
	struct input *in = &t->in[at];
	int64_t n = input_count(in);
	double *v = arena_alloc(t->arena, (size_t)n * sizeof *v);
	double want = 0, got = 0, norm = 0;
	bool smooth = false;

	for (int attempt = 0; attempt < 5 && !smooth; attempt++) {
		for (int64_t i = 0; i < n; i++)
			v[i] = rng_u32(&t->rng) & 1 ? 1 : -1;
		smooth = difference(t, in, dy, here, v, 1e-7, &want);
	}
	for (int64_t i = 0; i < n; i++) {
		got += (double)g[i] * v[i];
		norm += pow((double)g[i], 2);
	}
	norm = fmax(sqrt(norm), 1e-3);
	/* Numbers of eight bits tie: then every direction leads over a kink. */
	if (!smooth && t->type == NN_BF16)
		want = got;
	if (!ok((smooth || t->type == NN_BF16) &&
			    fabs(got - want) <= TOLERANCE(t) * norm,
		    "%s: gradient of all of input %d", t->name, at))
		printf("# got %.9g, want %.9g, norm %g%s\n", got, want, norm,
			smooth ? "" : ", kinks everywhere");
}

/* ---- a row of the table ---- */

/*
 * Make every number of activations, weights and biases one that bf16 has, as
 * cards keep the latter, and scales
 * powers of two, which keep weights so: what is left of the error is that of
 * rounding y, and no activation falls to the other side of its kink.
 */
static inline void round_inputs(struct trial *t)
{
	for (int i = 0; i < INPUTS; i++) {
		struct input *in = &t->in[i];

		if (!in->v || in->type != NN_F32)
			continue;
		for (int64_t j = 0; j < input_count(in); j++) {
			if (in->weight || is_activation(t, i) ||
				(i == B && t->in[W].weight))
				in->v[j] = (double)nn_from_bf16(
					nn_to_bf16((float)in->v[j]));
			else if (i == S && t->c->with & SCALE)
				in->v[j] = copysign(
					exp2(round(log2(fabs(in->v[j])))),
					in->v[j]);
		}
	}
}

static inline void check_as(const struct op_case *c, enum nn_type type,
	enum cpu_kernels kernels, bool card)
{
	struct arena arena = {0};
	struct trial t = {.c = c,
		.type = type,
		.kernels = kernels,
		.card = card,
		.arena = &arena,
		.rng = rng_new(1, RNG_INIT)};
	struct result once, again, more;
	double *y, *dy, here = 0;

	c->op->setup(&t);
	if (type == NN_BF16)
		round_inputs(&t);
	name_trial(&t);
	y = arena_zero(&arena, (size_t)y_count(&t), sizeof *y);
	dy = arena_zero(&arena, (size_t)y_count(&t), sizeof *dy);
	for (int64_t i = 0; i < y_count(&t); i++)
		dy[i] = (double)nn_from_bf16(nn_to_bf16(rng_normal(&t.rng)));
	c->op->naive(&t, y);
	for (int64_t i = 0; i < y_count(&t); i++)
		here += y[i] * dy[i];
	once = run_trial(&t, 1, dy, ONCE);
	check_forward(&t, once.y, y);
	for (int i = 0; i < INPUTS; i++) {
		if (!once.g[i])
			continue;
		check_coordinates(&t, i, dy, here, once.g[i]);
		check_direction(&t, i, dy, here, once.g[i]);
	}
	again = run_trial(&t, 1, dy, ONCE);
	check_same(&t, &again, &once, 1, 0, "two runs agree");
	more = run_trial(&t, 1, dy, TWO_PASSES);
	check_same(&t, &more, &once, 2, 0, "leaves add up over passes");
	more = run_trial(&t, 1, dy, TWO_OPS);
	check_same(&t, &more, &once, 2, 0, "two ops add up");
	if (!card) {
		more = run_trial(&t, 2, dy, ONCE);
		check_same(&t, &more, &once, 1, thread_tolerance(&t),
			"one and two threads agree");
	}
	arena_release(&arena);
}

static inline void check_on_cpu(const struct op_case *c)
{
	check_as(c, NN_F32, CPU_ONEDNN, false);
	if (!c->op->f32_only)
		check_as(c, NN_BF16, CPU_ONEDNN, false);
	if (c->oc) { /* those with weights, and some more */
		check_as(c, NN_F32, CPU_DIRECT, false);
		if (c->k == 3 && c->c % 8 == 0)
			check_as(c, NN_F32, CPU_WINOGRAD, false);
	}
	/* As they are chosen from, where there is a choice. */
	if (c->n >= 256 && c->oc) {
		check_as(c, NN_F32, CPU_OWN, false);
		check_as(c, NN_F32, CPU_BOTH, false);
	}
}

static inline void check_on_card(const struct op_case *c)
{
	check_as(c, NN_F32, CPU_ONEDNN, true);
	if (!c->op->f32_only)
		check_as(c, NN_BF16, CPU_ONEDNN, true);
}

#endif
