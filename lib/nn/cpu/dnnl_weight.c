#include "nn/cpu/dnnl_int.h"
#include "base/mem.h"

/* One packed copy; a weight has one for each layout in use (few). */
struct nn_pack {
	struct nn_pack *next;
	struct cpu_convs *owner;
	layout layout;
	bool rounded;
	uint64_t version, scale_version;
	const void *scale;
	void *p;
	size_t size;
};

void *cpu_scratch(struct scratch *s, size_t n)
{
	if (n > s->size) {
		mem_unmap(s->p, s->size);
		s->p = mem_map(n);
		s->size = n;
	}
	return s->p;
}

/* ---- changes of layout ---- */

static struct reorder *find_reorder(
	struct cpu_convs *cv, layout from, layout to)
{
	dnnl_primitive_desc_t pd;
	struct reorder *r;

	for (r = cv->reorders; r; r = r->next)
		if (layout_same(r->from, from) && layout_same(r->to, to))
			return r;
	r = mem_alloc(1, sizeof *r);
	r->from = layout_copy(from);
	r->to = layout_copy(to);
	pd = cpu_reorder_desc(cv->engine, from, to);
	CHECK(dnnl_primitive_create(&r->run, pd));
	CHECK(dnnl_primitive_desc_destroy(pd));
	CHECK(dnnl_memory_create(&r->a, from, cv->engine, DNNL_MEMORY_NONE));
	CHECK(dnnl_memory_create(&r->b, to, cv->engine, DNNL_MEMORY_NONE));
	r->next = cv->reorders;
	cv->reorders = r;
	return r;
}

void cpu_convert(struct cpu_convs *cv, layout from, const void *src, layout to,
	void *dst)
{
	struct reorder *r = find_reorder(cv, from, to);
	dnnl_exec_arg_t args[] = {{DNNL_ARG_FROM, r->a}, {DNNL_ARG_TO, r->b}};

	cpu_point(r->a, src);
	cpu_point(r->b, dst);
	CHECK(dnnl_primitive_execute(r->run, cv->stream, 2, args));
	CHECK(dnnl_stream_wait(cv->stream));
}

void cpu_reorders_free(struct cpu_convs *cv)
{
	struct reorder *r, *next;

	for (r = cv->reorders; r; r = next) {
		next = r->next;
		dnnl_memory_destroy(r->a);
		dnnl_memory_destroy(r->b);
		dnnl_primitive_destroy(r->run);
		layout_free(r->from);
		layout_free(r->to);
		mem_free(r);
	}
}

/* ---- packing ---- */

/* to = from * scale, a row of n values for each output channel; scale may be
 * NULL. */
static void scale_rows(float *to, const float *from, const float *scale,
	int64_t oc, int64_t n, bool rounded)
{
#pragma omp parallel for schedule(static)
	for (int64_t o = 0; o < oc; o++) {
		float by = scale ? scale[o] : 1;

		NN_LANES (i, o * n, (o + 1) * n)
			to[i] = from[i] * by;
		if (rounded)
			NN_LANES (i, o * n, (o + 1) * n)
				to[i] = nn_from_bf16(nn_to_bf16(to[i]));
	}
}

static void pack_fill(struct cpu_convs *cv, struct plan *p,
	const struct nn_tensor *w, const struct nn_tensor *scale, bool rounded,
	void *to)
{
	const float *from = w->data;

	if (scale || rounded) {
		float *mid =
			p->same ? to : cpu_scratch(&cv->scaled, nn_bytes(w));

		scale_rows(mid, from, scale ? scale->data : NULL, p->key.c.oc,
			nn_count(w) / p->key.c.oc, rounded);
		from = mid;
	}
	if (!p->same)
		cpu_convert(cv, p->plain, from, p->w, to);
}

static struct nn_pack *pack_new(struct cpu_convs *cv, const struct plan *p,
	struct nn_tensor *w, const void *scale, bool rounded)
{
	struct nn_pack *k = mem_alloc(1, sizeof *k);

	k->owner = cv;
	k->layout = layout_copy(p->w);
	k->size = layout_size(p->w);
	k->p = mem_map(k->size);
	k->scale = scale;
	k->rounded = rounded;
	k->version = w->version - 1;
	k->next = w->pack;
	w->pack = k;
	cv->packed += k->size;
	return k;
}

const void *cpu_packed(struct cpu_convs *cv, struct plan *p,
	struct nn_tensor *w, const struct nn_tensor *scale, bool rounded)
{
	const void *sdata = scale ? scale->data : NULL;
	uint64_t sversion = scale ? scale->version : 0;
	struct nn_pack *k;

	if (p->same && !scale && !rounded)
		return w->data;
	for (k = w->pack; k; k = k->next)
		if (k->scale == sdata && k->rounded == rounded &&
			layout_same(k->layout, p->w))
			break;
	if (k && k->version == w->version && k->scale_version == sversion)
		return k->p;
	if (!k)
		k = pack_new(cv, p, w, sdata, rounded);
	pack_fill(cv, p, w, scale, rounded, k->p);
	k->version = w->version;
	k->scale_version = sversion;
	return k->p;
}

void cpu_unpack(struct nn_tensor *w)
{
	struct nn_pack *k, *next;

	for (k = w->pack; k; k = next) {
		next = k->next;
		k->owner->packed -= k->size;
		mem_unmap(k->p, k->size);
		layout_free(k->layout);
		mem_free(k);
	}
	w->pack = NULL;
}

void cpu_add_gradient(struct cpu_convs *cv, const struct plan *p,
	struct nn_tensor *w, const struct nn_tensor *scale)
{
	int64_t oc = p->key.c.oc, n = nn_count(w) / oc;
	const float *s = scale ? scale->data : NULL;
	float *dw = w->grad, *g = cv->blocked.p;
	bool add = w->grad_set;

	w->grad_set = true;
	if (!add && !s && !p->same) {
		cpu_convert(cv, p->w, g, p->plain, dw);
		return;
	}
	if (!p->same) {
		g = cpu_scratch(&cv->scaled, nn_bytes(w));
		cpu_convert(cv, p->w, cv->blocked.p, p->plain, g);
	}
#pragma omp parallel for schedule(static)
	for (int64_t o = 0; o < oc; o++) {
		float by = s ? s[o] : 1;

		NN_LANES (i, o * n, (o + 1) * n)
			dw[i] = (add ? dw[i] : 0) + by * g[i];
	}
}
