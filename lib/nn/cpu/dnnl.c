/*
 * Every call of oneDNN, and nothing else: convolutions (and layers of
 * neurons, which are convolutions whose kernel covers the picture) with
 * activations channels last and weights in whatever blocked layout oneDNN
 * likes best.
 *
 * A plan is a primitive with its memory objects, kept by geometry. A pack is
 * a copy of a weight in a plan's layout, kept with the weight and made anew
 * when the weight's version changes; a frozen batch norm's scale is folded in
 * on the way, so that no pass over activations is needed for it.
 *
 * Written for oneDNN 2 (Debian 12 has 2.6).
 */
#include "nn/cpu/cpu_int.h"
#include "base/err.h"
#include "base/mem.h"

#include <dnnl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if DNNL_VERSION_MAJOR != 2
#error "this file is written for oneDNN 2.x"
#endif

enum pass { FORWARD, DATA_GRADIENT, WEIGHT_GRADIENT };

struct plan_key {
	struct nn_conv c;
	int32_t pass, act, bias, residual;
};

struct plan {
	struct plan_key key;
	dnnl_primitive_t run;
	dnnl_memory_desc_t w; /* layout of the weight, or of its gradient */
	dnnl_memory_desc_t plain;
	bool same; /* w is the plain layout */
	size_t wsize;
	dnnl_memory_t x, weight, bias, y, residual, scratch;
	struct plan *next; /* in its bucket */
};

/* One packed copy; a weight has one for each layout in use (few). */
struct nn_pack {
	struct nn_pack *next;
	dnnl_memory_desc_t md;
	uint64_t version, scale_version;
	const void *scale;
	void *p;
	size_t size;
};

enum { BUCKETS = 1024 };

struct cpu_convs {
	dnnl_engine_t engine;
	dnnl_stream_t stream;
	struct plan *bucket[BUCKETS];
	/* Scratch for primitives, and for weights on their way. */
	void *scratch;
	size_t nscratch;
	float *scaled, *blocked;
	size_t nscaled, nblocked;
};

static void check(dnnl_status_t status, const char *what)
{
	/* Shapes are checked before they come here: whatever oneDNN refuses
	 * is our mistake, or the host is out of memory. */
	if (status == dnnl_out_of_memory)
		mem_oom(0);
	if (status != dnnl_success)
		err_bug(__FILE__, (int)status, what);
}

#define CHECK(call) check(call, #call)

static void reserve(void *p, size_t *have, size_t need)
{
	void **at = p;

	if (need <= *have)
		return;
	mem_unmap(*at, *have);
	*at = mem_map(need);
	*have = need;
}

/* ---- plans ---- */

static dnnl_memory_desc_t desc(
	int n, const int64_t *dims, dnnl_format_tag_t tag)
{
	dnnl_memory_desc_t md;
	dnnl_dims_t all = {0};

	memcpy(all, dims, (size_t)n * sizeof *dims);
	CHECK(dnnl_memory_desc_init_by_tag(&md, n, all, dnnl_f32, tag));
	return md;
}

static dnnl_memory_desc_t activations(
	int32_t n, int32_t c, int32_t h, int32_t w)
{
	return desc(4, (int64_t[]){n, c, h, w}, dnnl_nhwc);
}

static dnnl_memory_desc_t weights(const struct nn_conv *c, bool plain)
{
	int64_t icg = c->ic / c->groups;

	if (c->groups == 1)
		return desc(4, (int64_t[]){c->oc, icg, c->kh, c->kw},
			plain ? dnnl_oihw : dnnl_format_tag_any);
	return desc(5,
		(int64_t[]){c->groups, c->oc / c->groups, icg, c->kh, c->kw},
		plain ? dnnl_goihw : dnnl_format_tag_any);
}

/* A kernel that covers its picture once is a matrix product. */
static bool is_linear(const struct nn_conv *c)
{
	return c->kh == c->h && c->kw == c->w && !c->pad && c->groups == 1;
}

/* The operation descriptors differ in type; a union holds whichever. */
union op {
	dnnl_convolution_desc_t conv;
	dnnl_inner_product_desc_t linear;
};

static void describe(union op *op, const struct plan_key *k)
{
	const struct nn_conv *c = &k->c;
	dnnl_memory_desc_t x = activations(c->n, c->ic, c->h, c->w);
	dnnl_memory_desc_t w = weights(c, false);
	dnnl_memory_desc_t b = desc(1, (int64_t[]){c->oc}, dnnl_x);
	dnnl_memory_desc_t *bias = k->bias ? &b : NULL;
	dnnl_memory_desc_t y = activations(c->n, c->oc, c->oh, c->ow);
	dnnl_dims_t s = {c->stride, c->stride}, pad = {c->pad, c->pad};
	/* What the last window leaves over, or lacks. */
	dnnl_dims_t end = {
		(c->oh - 1) * (int64_t)c->stride + c->kh - c->h - c->pad,
		(c->ow - 1) * (int64_t)c->stride + c->kw - c->w - c->pad};

	if (is_linear(c)) {
		y = desc(2, (int64_t[]){c->n, c->oc}, dnnl_nc);
		if (k->pass == FORWARD)
			CHECK(dnnl_inner_product_forward_desc_init(&op->linear,
				dnnl_forward_training, &x, &w, bias, &y));
		else if (k->pass == DATA_GRADIENT)
			CHECK(dnnl_inner_product_backward_data_desc_init(
				&op->linear, &x, &w, &y));
		else
			CHECK(dnnl_inner_product_backward_weights_desc_init(
				&op->linear, &x, &w, NULL, &y));
	} else if (k->pass == FORWARD) {
		CHECK(dnnl_convolution_forward_desc_init(&op->conv,
			dnnl_forward_training, dnnl_convolution_direct, &x, &w,
			bias, &y, s, pad, end));
	} else if (k->pass == DATA_GRADIENT) {
		CHECK(dnnl_convolution_backward_data_desc_init(&op->conv,
			dnnl_convolution_direct, &x, &w, &y, s, pad, end));
	} else {
		CHECK(dnnl_convolution_backward_weights_desc_init(&op->conv,
			dnnl_convolution_direct, &x, &w, NULL, &y, s, pad,
			end));
	}
}

/* act(... + residual) behind the convolution. */
static dnnl_primitive_attr_t attributes(const struct plan_key *k)
{
	const struct nn_conv *c = &k->c;
	dnnl_primitive_attr_t attr;
	dnnl_post_ops_t ops;

	CHECK(dnnl_primitive_attr_create(&attr));
	CHECK(dnnl_primitive_attr_set_scratchpad_mode(
		attr, dnnl_scratchpad_mode_user));
	CHECK(dnnl_post_ops_create(&ops));
	if (k->residual) {
		dnnl_memory_desc_t y =
			is_linear(c)
				? desc(2, (int64_t[]){c->n, c->oc}, dnnl_nc)
				: activations(c->n, c->oc, c->oh, c->ow);

		CHECK(dnnl_post_ops_append_binary(ops, dnnl_binary_add, &y));
	}
	if (k->act != NN_LINEAR)
		CHECK(dnnl_post_ops_append_eltwise(ops, 1, dnnl_eltwise_relu,
			k->act == NN_LEAKY ? NN_LEAKY_SLOPE : 0, 0));
	CHECK(dnnl_primitive_attr_set_post_ops(attr, ops));
	CHECK(dnnl_post_ops_destroy(ops));
	return attr;
}

static dnnl_memory_t memory(
	struct cpu_convs *cv, const_dnnl_primitive_desc_t pd, dnnl_query_t what)
{
	const dnnl_memory_desc_t *md =
		dnnl_primitive_desc_query_md(pd, what, 0);
	dnnl_memory_t m = NULL;

	if (md && dnnl_memory_desc_get_size(md))
		CHECK(dnnl_memory_create(&m, md, cv->engine, DNNL_MEMORY_NONE));
	return m;
}

static struct plan *plan_new(struct cpu_convs *cv, const struct plan_key *k)
{
	static const dnnl_query_t ask[3][3] = {
		{dnnl_query_src_md, dnnl_query_weights_md, dnnl_query_dst_md},
		{dnnl_query_diff_src_md, dnnl_query_weights_md,
			dnnl_query_diff_dst_md},
		{dnnl_query_src_md, dnnl_query_diff_weights_md,
			dnnl_query_diff_dst_md}};
	struct plan *p = mem_alloc(1, sizeof *p);
	dnnl_primitive_attr_t attr = attributes(k);
	dnnl_primitive_desc_t pd, forward = NULL;
	union op op;

	p->key = *k;
	if (k->pass != FORWARD) {
		/* A hint that oneDNN wants: the pass that this one undoes. */
		struct plan_key f = *k;
		union op fop;

		f.pass = FORWARD;
		describe(&fop, &f);
		CHECK(dnnl_primitive_desc_create(
			&forward, &fop, NULL, cv->engine, NULL));
	}
	describe(&op, k);
	CHECK(dnnl_primitive_desc_create(&pd, &op, attr, cv->engine, forward));
	CHECK(dnnl_primitive_create(&p->run, pd));
	p->w = *dnnl_primitive_desc_query_md(pd, ask[k->pass][1], 0);
	p->plain = weights(&k->c, true);
	p->same = dnnl_memory_desc_equal(&p->w, &p->plain);
	p->wsize = dnnl_memory_desc_get_size(&p->w);
	p->x = memory(cv, pd, ask[k->pass][0]);
	p->weight = memory(cv, pd, ask[k->pass][1]);
	p->y = memory(cv, pd, ask[k->pass][2]);
	p->scratch = memory(cv, pd, dnnl_query_scratchpad_md);
	if (p->scratch)
		reserve(&cv->scratch, &cv->nscratch,
			dnnl_memory_desc_get_size(dnnl_primitive_desc_query_md(
				pd, dnnl_query_scratchpad_md, 0)));
	if (k->bias) {
		dnnl_memory_desc_t b = desc(1, (int64_t[]){k->c.oc}, dnnl_x);

		CHECK(dnnl_memory_create(
			&p->bias, &b, cv->engine, DNNL_MEMORY_NONE));
	}
	if (k->residual) {
		dnnl_memory_desc_t y =
			*dnnl_primitive_desc_query_md(pd, ask[k->pass][2], 0);

		CHECK(dnnl_memory_create(
			&p->residual, &y, cv->engine, DNNL_MEMORY_NONE));
	}
	CHECK(dnnl_primitive_desc_destroy(pd));
	if (forward)
		CHECK(dnnl_primitive_desc_destroy(forward));
	CHECK(dnnl_primitive_attr_destroy(attr));
	return p;
}

static struct plan *plan_for(struct cpu_convs *cv, const struct plan_key *k)
{
	const unsigned char *s = (const unsigned char *)k;
	uint64_t h = 1469598103934665603u;
	struct plan **at, *p;

	for (size_t i = 0; i < sizeof *k; i++)
		h = (h ^ s[i]) * 1099511628211u;
	at = &cv->bucket[h % BUCKETS];
	for (p = *at; p; p = p->next)
		if (!memcmp(&p->key, k, sizeof *k))
			return p;
	p = plan_new(cv, k);
	p->next = *at;
	*at = p;
	return p;
}

static void plan_free(struct plan *p)
{
	dnnl_memory_t m[] = {
		p->x, p->weight, p->bias, p->y, p->residual, p->scratch};

	for (size_t i = 0; i < sizeof m / sizeof *m; i++)
		if (m[i])
			dnnl_memory_destroy(m[i]);
	dnnl_primitive_destroy(p->run);
	mem_free(p);
}

static void point(dnnl_memory_t m, const void *p)
{
	/* oneDNN's handles are not const, whatever they are used for. */
	CHECK(dnnl_memory_set_data_handle(m, (void *)(uintptr_t)p));
}

static void execute(
	struct cpu_convs *cv, struct plan *p, dnnl_exec_arg_t *args, int n)
{
	if (p->scratch) {
		point(p->scratch, cv->scratch);
		args[n++] = (dnnl_exec_arg_t){DNNL_ARG_SCRATCHPAD, p->scratch};
	}
	CHECK(dnnl_primitive_execute(p->run, cv->stream, n, args));
	CHECK(dnnl_stream_wait(cv->stream));
}

/* ---- weights in and out of their layouts ---- */

static void reorder(struct cpu_convs *cv, const dnnl_memory_desc_t *from,
	const void *src, const dnnl_memory_desc_t *to, void *dst)
{
	dnnl_primitive_desc_t pd;
	dnnl_primitive_t run;
	dnnl_memory_t a, b;

	CHECK(dnnl_reorder_primitive_desc_create(
		&pd, from, cv->engine, to, cv->engine, NULL));
	CHECK(dnnl_primitive_create(&run, pd));
	CHECK(dnnl_memory_create(&a, from, cv->engine, (void *)(uintptr_t)src));
	CHECK(dnnl_memory_create(&b, to, cv->engine, dst));
	dnnl_exec_arg_t args[] = {{DNNL_ARG_FROM, a}, {DNNL_ARG_TO, b}};
	CHECK(dnnl_primitive_execute(run, cv->stream, 2, args));
	CHECK(dnnl_stream_wait(cv->stream));
	dnnl_memory_destroy(a);
	dnnl_memory_destroy(b);
	dnnl_primitive_destroy(run);
	dnnl_primitive_desc_destroy(pd);
}

/* to = from * scale, a row of n values for each output channel. */
static void scale_rows(
	float *to, const float *from, const float *scale, int64_t oc, int64_t n)
{
#pragma omp parallel for schedule(static)
	for (int64_t o = 0; o < oc; o++)
		for (int64_t i = 0; i < n; i++)
			to[o * n + i] = from[o * n + i] * scale[o];
}

static void pack_fill(struct cpu_convs *cv, struct plan *p,
	const struct nn_tensor *w, const struct nn_tensor *scale, void *to)
{
	const float *from = w->data;

	if (scale) {
		float *mid = to;

		if (!p->same) {
			reserve(&cv->scaled, &cv->nscaled, nn_bytes(w));
			mid = cv->scaled;
		}
		scale_rows(mid, from, scale->data, p->key.c.oc,
			nn_count(w) / p->key.c.oc);
		from = mid;
	}
	if (!p->same)
		reorder(cv, &p->plain, from, &p->w, to);
}

/* The weight as the plan wants it. */
static const void *packed(struct cpu_convs *cv, struct plan *p,
	struct nn_tensor *w, const struct nn_tensor *scale)
{
	const void *sdata = scale ? scale->data : NULL;
	uint64_t sversion = scale ? scale->version : 0;
	struct nn_pack *k;

	if (p->same && !scale)
		return w->data;
	for (k = w->pack; k; k = k->next)
		if (k->scale == sdata && dnnl_memory_desc_equal(&k->md, &p->w))
			break;
	if (k && k->version == w->version && k->scale_version == sversion)
		return k->p;
	if (!k) {
		k = mem_alloc(1, sizeof *k);
		k->md = p->w;
		k->size = p->wsize;
		k->p = mem_map(k->size);
		k->scale = sdata;
		k->next = w->pack;
		w->pack = k;
	}
	pack_fill(cv, p, w, scale, k->p);
	k->version = w->version;
	k->scale_version = sversion;
	return k->p;
}

void cpu_unpack(struct nn_tensor *w)
{
	struct nn_pack *k, *next;

	for (k = w->pack; k; k = next) {
		next = k->next;
		mem_unmap(k->p, k->size);
		mem_free(k);
	}
	w->pack = NULL;
}

/* ---- the three passes ---- */

void cpu_conv(struct cpu_convs *cv, const struct nn_conv *c, const float *x,
	struct nn_tensor *w, const struct nn_epilogue *e, float *y)
{
	struct plan_key k = {*c, FORWARD, (int32_t)e->act, e->bias != NULL,
		e->residual != NULL};
	struct plan *p = plan_for(cv, &k);
	dnnl_exec_arg_t args[6] = {{DNNL_ARG_SRC, p->x},
		{DNNL_ARG_WEIGHTS, p->weight}, {DNNL_ARG_DST, p->y}};
	int n = 3;

	point(p->x, x);
	point(p->weight, packed(cv, p, w, e->scale));
	point(p->y, y);
	if (e->bias) {
		point(p->bias, e->bias);
		args[n++] = (dnnl_exec_arg_t){DNNL_ARG_BIAS, p->bias};
	}
	if (e->residual) {
		point(p->residual, e->residual);
		args[n++] = (dnnl_exec_arg_t){
			DNNL_ARG_ATTR_MULTIPLE_POST_OP(0) | DNNL_ARG_SRC_1,
			p->residual};
	}
	execute(cv, p, args, n);
}

void cpu_conv_dgrad(struct cpu_convs *cv, const struct nn_conv *c,
	const float *dy, struct nn_tensor *w, const struct nn_tensor *scale,
	float *dx)
{
	struct plan_key k = {*c, DATA_GRADIENT, NN_LINEAR, 0, 0};
	struct plan *p = plan_for(cv, &k);
	dnnl_exec_arg_t args[4] = {{DNNL_ARG_DIFF_SRC, p->x},
		{DNNL_ARG_WEIGHTS, p->weight}, {DNNL_ARG_DIFF_DST, p->y}};

	point(p->x, dx);
	point(p->weight, packed(cv, p, w, scale));
	point(p->y, dy);
	execute(cv, p, args, 3);
}

void cpu_conv_wgrad(struct cpu_convs *cv, const struct nn_conv *c,
	const float *x, const float *dy, struct nn_tensor *w,
	const struct nn_tensor *scale)
{
	struct plan_key k = {*c, WEIGHT_GRADIENT, NN_LINEAR, 0, 0};
	struct plan *p = plan_for(cv, &k);
	dnnl_exec_arg_t args[4] = {{DNNL_ARG_SRC, p->x},
		{DNNL_ARG_DIFF_WEIGHTS, p->weight}, {DNNL_ARG_DIFF_DST, p->y}};
	int64_t n = nn_count(w) / c->oc;
	const float *s = scale ? scale->data : NULL;
	float *dw = w->grad, *g;

	reserve(&cv->blocked, &cv->nblocked, p->wsize);
	reserve(&cv->scaled, &cv->nscaled, nn_bytes(w));
	point(p->x, x);
	point(p->weight, cv->blocked);
	point(p->y, dy);
	execute(cv, p, args, 3);
	if (!w->grad_set && !s && !p->same) {
		reorder(cv, &p->w, cv->blocked, &p->plain, dw);
		w->grad_set = true;
		return;
	}
	g = cv->blocked;
	if (!p->same) {
		reorder(cv, &p->w, cv->blocked, &p->plain, cv->scaled);
		g = cv->scaled;
	}
	bool add = w->grad_set;
#pragma omp parallel for schedule(static)
	for (int64_t o = 0; o < c->oc; o++) {
		float by = s ? s[o] : 1;

		NN_LANES (i, o * n, (o + 1) * n)
			dw[i] = (add ? dw[i] : 0) + by * g[i];
	}
	w->grad_set = true;
}

struct cpu_convs *cpu_convs_open(void)
{
	struct cpu_convs *cv = mem_alloc(1, sizeof *cv);

	CHECK(dnnl_engine_create(&cv->engine, dnnl_cpu, 0));
	CHECK(dnnl_stream_create(
		&cv->stream, cv->engine, dnnl_stream_default_flags));
	return cv;
}

void cpu_convs_close(struct cpu_convs *cv)
{
	for (int i = 0; i < BUCKETS; i++) {
		struct plan *p, *next;

		for (p = cv->bucket[i]; p; p = next) {
			next = p->next;
			plan_free(p);
		}
	}
	dnnl_stream_destroy(cv->stream);
	dnnl_engine_destroy(cv->engine);
	mem_unmap(cv->scratch, cv->nscratch);
	mem_unmap(cv->scaled, cv->nscaled);
	mem_unmap(cv->blocked, cv->nblocked);
	mem_free(cv);
}
