#include "nn/cpu/dnnl_int.h"
#include "base/mem.h"

/* One packed copy; a weight has one for each layout in use (few). */
struct nn_pack {
	struct nn_pack *next;
	dnnl_memory_desc_t md;
	uint64_t version, scale_version;
	const void *scale;
	void *p;
	size_t size;
};

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
			dnnl_reserve(&cv->scaled, &cv->nscaled, nn_bytes(w));
			mid = cv->scaled;
		}
		scale_rows(mid, from, scale->data, p->key.c.oc,
			nn_count(w) / p->key.c.oc);
		from = mid;
	}
	if (!p->same)
		reorder(cv, &p->plain, from, &p->w, to);
}

const void *dnnl_packed(struct cpu_convs *cv, struct plan *p,
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

void dnnl_add_gradient(struct cpu_convs *cv, const struct plan *p,
	struct nn_tensor *w, const struct nn_tensor *scale)
{
	int64_t oc = p->key.c.oc, n = nn_count(w) / oc;
	const float *s = scale ? scale->data : NULL;
	float *dw = w->grad, *g = cv->blocked;
	bool add = w->grad_set;

	w->grad_set = true;
	if (!add && !s && !p->same) {
		reorder(cv, &p->w, cv->blocked, &p->plain, dw);
		return;
	}
	if (!p->same) {
		dnnl_reserve(&cv->scaled, &cv->nscaled, nn_bytes(w));
		reorder(cv, &p->w, cv->blocked, &p->plain, cv->scaled);
		g = cv->scaled;
	}
#pragma omp parallel for schedule(static)
	for (int64_t o = 0; o < oc; o++) {
		float by = s ? s[o] : 1;

		NN_LANES (i, o * n, (o + 1) * n)
			dw[i] = (add ? dw[i] : 0) + by * g[i];
	}
}
