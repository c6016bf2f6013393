#include "nn/cpu/convs.h"
#include "base/mem.h"

enum pack_kind { PACK_ONEDNN, PACK_DIRECT, PACK_WINOGRAD };

/* One packed copy; a weight has one for each layout in use (few). */
struct nn_pack {
	struct nn_pack *next;
	struct cpu_convs *owner;
	enum pack_kind kind;
	layout layout; /* of PACK_ONEDNN */
	uint64_t form; /* of PACK_DIRECT */
	bool rounded;
	/* Of our own kernels: made for the data gradient. In training a copy is
	 * made for either pass in every step, so that one room serves both. */
	bool turned;
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

/* The copy of that kind, layout (NULL: of no plan) and form, made if there is
 * none; it is *fresh when it need not be filled. */
static struct nn_pack *find_pack(struct cpu_convs *cv, enum pack_kind kind,
	layout l, uint64_t form, size_t size, bool turned, struct nn_tensor *w,
	const struct nn_tensor *scale, bool rounded, bool *fresh)
{
	const void *sdata = scale ? scale->data : NULL;
	uint64_t sversion = scale ? scale->version : 0;
	struct nn_pack *k;

	for (k = w->pack; k; k = k->next)
		if (k->kind == kind && k->form == form && k->size == size &&
			k->scale == sdata && k->rounded == rounded &&
			(!l || layout_same(k->layout, l)))
			break;
	*fresh = k && k->turned == turned && k->version == w->version &&
		 k->scale_version == sversion;
	if (!k) {
		k = mem_alloc(1, sizeof *k);
		k->owner = cv;
		k->kind = kind;
		k->form = form;
		k->layout = l ? layout_copy(l) : NULL;
		k->size = size;
		k->p = mem_map(size);
		k->scale = sdata;
		k->rounded = rounded;
		k->next = w->pack;
		w->pack = k;
		cv->packed += size;
	}
	k->turned = turned;
	k->version = w->version;
	k->scale_version = sversion;
	return k;
}

const void *cpu_packed(struct cpu_convs *cv, struct plan *p,
	struct nn_tensor *w, const struct nn_tensor *scale, bool rounded)
{
	struct nn_pack *k;
	bool fresh;

	if (p->same && !scale && !rounded)
		return w->data;
	k = find_pack(cv, PACK_ONEDNN, p->w, 0, layout_size(p->w), false, w,
		scale, rounded, &fresh);
	if (!fresh)
		pack_fill(cv, p, w, scale, rounded, k->p);
	return k->p;
}

const float *cpu_packed_direct(struct cpu_convs *cv, const struct nn_conv *c,
	bool turned, struct nn_tensor *w, const struct nn_tensor *scale,
	bool rounded)
{
	bool winograd = cpu_winograd(cv, c), fresh;
	size_t n = winograd ? winograd_packed_size(c, false)
			    : direct_packed_size(c, false);
	size_t m = winograd ? winograd_packed_size(c, true)
			    : direct_packed_size(c, true);
	const float *s = scale ? scale->data : NULL;
	struct nn_pack *k =
		find_pack(cv, winograd ? PACK_WINOGRAD : PACK_DIRECT, NULL,
			winograd ? 0 : direct_pack_form(c),
			(n > m ? n : m) * sizeof(float), turned, w, scale,
			rounded, &fresh);

	if (!fresh && winograd)
		winograd_pack(c, turned, w->data, s, rounded, k->p);
	else if (!fresh)
		direct_pack(c, turned, w->data, s, rounded, k->p);
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

void cpu_add_gradient(struct cpu_convs *cv, bool dry, const struct plan *p,
	struct nn_tensor *w, const struct nn_tensor *scale)
{
	int64_t oc = p->key.c.oc, n = nn_count(w) / oc;
	const float *s = scale ? scale->data : NULL;
	float *dw = w->grad, *g = cv->blocked.p;
	bool add = w->grad_set;

	w->grad_set = true;
	if (!add && !s && !p->same) {
		if (!dry)
			cpu_convert(cv, p->w, g, p->plain, dw);
		return;
	}
	if (!p->same)
		g = cpu_scratch(&cv->scaled, nn_bytes(w));
	if (dry)
		return;
	if (!p->same)
		cpu_convert(cv, p->w, cv->blocked.p, p->plain, g);
#pragma omp parallel for schedule(static)
	for (int64_t o = 0; o < oc; o++) {
		float by = s ? s[o] : 1;

		NN_LANES (i, o * n, (o + 1) * n)
			dw[i] = (add ? dw[i] : 0) + by * g[i];
	}
}
