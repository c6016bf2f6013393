#include "nn/cpu/convs.h"
#include "base/mem.h"

#include <string.h>

static layout activations(
	int32_t n, int32_t c, int32_t h, int32_t w, enum nn_type type)
{
	return layout_new(4, (int64_t[]){n, c, h, w}, type, dnnl_nhwc);
}

static layout weights(const struct nn_conv *c, enum nn_type type, bool plain)
{
	int64_t icg = c->ic / c->groups;

	if (c->groups == 1)
		return layout_new(4, (int64_t[]){c->oc, icg, c->kh, c->kw},
			type, plain ? dnnl_oihw : dnnl_format_tag_any);
	return layout_new(5,
		(int64_t[]){c->groups, c->oc / c->groups, icg, c->kh, c->kw},
		type, plain ? dnnl_goihw : dnnl_format_tag_any);
}

/* A kernel that covers its picture once is a matrix product. */
static bool is_linear(const struct nn_conv *c)
{
	return c->kh == c->h && c->kw == c->w && !c->pad && c->groups == 1;
}

/* So is one of 1x1 that passes no pixel over; its rows are the pixels. */
static bool is_product(const struct nn_conv *c)
{
	return c->kh == 1 && c->kw == 1 && c->stride == 1 && !c->pad &&
	       c->groups == 1;
}

static layout result(const struct nn_conv *c)
{
	if (is_linear(c))
		return layout_new(
			2, (int64_t[]){c->n, c->oc}, c->y_type, dnnl_nc);
	return activations(c->n, c->oc, c->oh, c->ow, c->y_type);
}

/*
 * Whether the residual has to lie in y beforehand. oneDNN 2.6 takes it from
 * elsewhere too, and then nothing needs to be copied; but in grouped
 * convolutions, with AVX2, it takes the wrong channels.
 */
static bool adds_in_place(const struct nn_conv *c)
{
	return c->groups > 1;
}

/* act(... + residual) behind the convolution. */
static dnnl_primitive_attr_t attributes(const struct plan_key *k, layout y)
{
	dnnl_primitive_attr_t attr;
	dnnl_post_ops_t ops;

	CHECK(dnnl_primitive_attr_create(&attr));
	CHECK(dnnl_primitive_attr_set_scratchpad_mode(
		attr, dnnl_scratchpad_mode_user));
	CHECK(dnnl_post_ops_create(&ops));
	if (k->residual && adds_in_place(&k->c))
		cpu_append_sum(ops);
	else if (k->residual)
		CHECK(dnnl_post_ops_append_binary(ops, dnnl_binary_add, y));
	if (k->act != NN_LINEAR)
		cpu_append_relu(ops, k->act == NN_LEAKY ? NN_LEAKY_SLOPE : 0);
	CHECK(dnnl_primitive_attr_set_post_ops(attr, ops));
	CHECK(dnnl_post_ops_destroy(ops));
	return attr;
}

static dnnl_memory_t memory(struct cpu_convs *cv, layout_ref l)
{
	dnnl_memory_t m = NULL;

	if (layout_size(l))
		CHECK(dnnl_memory_create(&m, l, cv->engine, DNNL_MEMORY_NONE));
	return m;
}

static void finish(struct cpu_convs *cv, struct plan *p,
	dnnl_primitive_desc_t pd, const dnnl_query_t ask[3])
{
	layout_ref scratch = layout_of(pd, dnnl_query_scratchpad_md);

	CHECK(dnnl_primitive_create(&p->run, pd));
	p->w = layout_copy(layout_of(pd, ask[1]));
	p->plain = weights(&p->key.c, NN_F32, true);
	p->same = layout_same(p->w, p->plain);
	p->x = memory(cv, layout_of(pd, ask[0]));
	p->weight = memory(cv, p->w);
	p->y = memory(cv, layout_of(pd, ask[2]));
	p->scratch = memory(cv, scratch);
	cpu_scratch(&cv->run, layout_size(scratch));
	CHECK(dnnl_primitive_desc_destroy(pd));
}

static void plan_conv(struct cpu_convs *cv, struct plan *p)
{
	static const dnnl_query_t ask[3][3] = {
		{dnnl_query_src_md, dnnl_query_weights_md, dnnl_query_dst_md},
		{dnnl_query_diff_src_md, dnnl_query_weights_md,
			dnnl_query_diff_dst_md},
		{dnnl_query_src_md, dnnl_query_diff_weights_md,
			dnnl_query_diff_dst_md}};
	static const int args[3][3] = {
		{DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST},
		{DNNL_ARG_DIFF_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_DST},
		{DNNL_ARG_SRC, DNNL_ARG_DIFF_WEIGHTS, DNNL_ARG_DIFF_DST}};
	const struct nn_conv *c = &p->key.c;
	enum nn_type w_type =
		p->key.pass == WEIGHT_GRADIENT ? NN_F32 : c->x_type;
	layout y = result(c);
	layout b = layout_new(1, (int64_t[]){c->oc}, NN_F32, dnnl_x);
	/* The end: what the last window leaves over, or lacks. */
	struct conv_desc d = {.pass = p->key.pass,
		.linear = is_linear(c),
		.x = activations(c->n, c->ic, c->h, c->w, c->x_type),
		.w = weights(c, w_type, false),
		.forward_w = weights(c, c->x_type, false),
		.b = p->key.bias ? b : NULL,
		.y = y,
		.stride = c->stride,
		.pad = c->pad,
		.end = {(c->oh - 1) * (int64_t)c->stride + c->kh - c->h -
				c->pad,
			(c->ow - 1) * (int64_t)c->stride + c->kw - c->w -
				c->pad}};
	dnnl_primitive_attr_t attr = attributes(&p->key, y);
	dnnl_primitive_desc_t pd = cpu_conv_desc(cv->engine, &d, attr);

	p->x_arg = args[d.pass][0];
	p->weight_arg = args[d.pass][1];
	p->y_arg = args[d.pass][2];
	finish(cv, p, pd, ask[d.pass]);
	if (p->key.bias)
		p->bias = memory(cv, b);
	p->in_place = p->key.residual && adds_in_place(c);
	if (p->key.residual && !p->in_place)
		p->residual = memory(cv, y);
	CHECK(dnnl_primitive_attr_destroy(attr));
	layout_free(d.x);
	layout_free(d.w);
	layout_free(d.forward_w);
	layout_free(y);
	layout_free(b);
}

/*
 * dw = dy^T x, over all pixels: with bf16 four times as fast as the
 * convolution's own way (oneDNN 2.6, AMX), with f32 as fast, and the result
 * lies as parameters do.
 */
static void plan_product(struct cpu_convs *cv, struct plan *p)
{
	static const dnnl_query_t ask[3] = {
		dnnl_query_weights_md, dnnl_query_dst_md, dnnl_query_src_md};
	const struct nn_conv *c = &p->key.c;
	int64_t rows = (int64_t)c->n * c->h * c->w;
	layout a = layout_new(2, (int64_t[]){c->oc, rows}, c->y_type, dnnl_ba);
	layout b = layout_new(2, (int64_t[]){rows, c->ic}, c->x_type, dnnl_ab);
	layout dw = layout_new(2, (int64_t[]){c->oc, c->ic}, NN_F32, dnnl_ab);
	dnnl_primitive_attr_t attr = attributes(&p->key, NULL);

	p->x_arg = DNNL_ARG_WEIGHTS;
	p->weight_arg = DNNL_ARG_DST;
	p->y_arg = DNNL_ARG_SRC;
	finish(cv, p, cpu_matmul_desc(cv->engine, a, b, dw, attr), ask);
	p->same = true;
	CHECK(dnnl_primitive_attr_destroy(attr));
	layout_free(a);
	layout_free(b);
	layout_free(dw);
}

static struct plan *plan_new(struct cpu_convs *cv, const struct plan_key *k)
{
	struct plan *p = mem_alloc(1, sizeof *p);

	p->key = *k;
	if (k->pass == WEIGHT_GRADIENT && is_product(&k->c))
		plan_product(cv, p);
	else
		plan_conv(cv, p);
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
	layout_free(p->w);
	layout_free(p->plain);
	mem_free(p);
}

/*
 * A detector's layers of neurons have as many rows as regions were found, a
 * number that may be another for every picture: room for one more such plan,
 * in the place of the one that was not used for the longest.
 */
static void make_room(struct cpu_convs *cv)
{
	struct plan **oldest = NULL, *p;
	int n = 0;

	for (int i = 0; i < BUCKETS; i++)
		for (struct plan **at = &cv->bucket[i]; *at; at = &(*at)->next)
			if (is_linear(&(*at)->key.c)) {
				n++;
				if (!oldest || (*at)->used < (*oldest)->used)
					oldest = at;
			}
	if (n < LINEAR_PLANS)
		return;
	p = *oldest;
	*oldest = p->next;
	plan_free(p);
}

struct plan *cpu_plan(struct cpu_convs *cv, const struct plan_key *k)
{
	const unsigned char *s = (const unsigned char *)k;
	uint64_t h = 1469598103934665603u;
	struct plan **at, *p;

	for (size_t i = 0; i < sizeof *k; i++)
		h = (h ^ s[i]) * 1099511628211u;
	at = &cv->bucket[h % BUCKETS];
	for (p = *at; p; p = p->next)
		if (!memcmp(&p->key, k, sizeof *k)) {
			p->used = ++cv->uses;
			return p;
		}
	if (is_linear(&k->c))
		make_room(cv);
	p = plan_new(cv, k);
	p->used = ++cv->uses;
	p->next = *at;
	*at = p;
	return p;
}

void cpu_plans_free(struct cpu_convs *cv)
{
	for (int i = 0; i < BUCKETS; i++) {
		struct plan *p, *next;

		for (p = cv->bucket[i]; p; p = next) {
			next = p->next;
			plan_free(p);
		}
	}
}
