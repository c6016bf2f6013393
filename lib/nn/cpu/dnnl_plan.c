#include "nn/cpu/dnnl_int.h"
#include "base/err.h"
#include "base/mem.h"

#include <string.h>

void dnnl_check(dnnl_status_t status, const char *call)
{
	if (status == dnnl_out_of_memory)
		mem_oom(0);
	if (status != dnnl_success)
		err_bug(__FILE__, (int)status, call);
}

void dnnl_reserve(void *p, size_t *have, size_t need)
{
	void **at = p;

	if (need <= *have)
		return;
	mem_unmap(*at, *have);
	*at = mem_map(need);
	*have = need;
}

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
		dnnl_reserve(&cv->scratch, &cv->nscratch,
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

struct plan *dnnl_plan(struct cpu_convs *cv, const struct plan_key *k)
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

void dnnl_plans_free(struct cpu_convs *cv)
{
	for (int i = 0; i < BUCKETS; i++) {
		struct plan *p, *next;

		for (p = cv->bucket[i]; p; p = next) {
			next = p->next;
			plan_free(p);
		}
	}
}
