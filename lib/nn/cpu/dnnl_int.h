/*
 * oneDNN behind the convolutions (and layers of neurons, which are
 * convolutions whose kernel covers the picture): activations channels last,
 * weights in whatever blocked layout oneDNN likes best.
 *
 * A plan (dnnl_plan.c) is a primitive with its memory objects, kept by
 * geometry. A pack (dnnl_weight.c) is a copy of a weight in a plan's layout,
 * kept with the weight and made anew when the weight's version changes; a
 * frozen batch norm's scale is folded in on the way, so that no pass over
 * activations is needed for it. dnnl_conv.c runs them.
 *
 * Only these three files call oneDNN. They are written for its version 2
 * (Debian 12 has 2.6).
 */
#ifndef NN_CPU_DNNL_INT_H
#define NN_CPU_DNNL_INT_H

#include "nn/cpu/cpu_int.h"

#include <dnnl.h>

#if DNNL_VERSION_MAJOR != 2
#error "these files are written for oneDNN 2.x"
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

/* Shapes are checked before they come here: whatever oneDNN refuses is our
 * mistake, or the host is out of memory. */
void dnnl_check(dnnl_status_t status, const char *call);
#define CHECK(call) dnnl_check(call, #call)

/* The plan for that geometry, made when it is first asked for. */
struct plan *dnnl_plan(struct cpu_convs *cv, const struct plan_key *k);
void dnnl_plans_free(struct cpu_convs *cv);

/* At least `need` bytes at *p, of which *have are there; what was in them is
 * lost when they have to move. */
void dnnl_reserve(void *p, size_t *have, size_t need);

/* The weight as the plan wants it, times scale (may be NULL) by row. */
const void *dnnl_packed(struct cpu_convs *cv, struct plan *p,
	struct nn_tensor *w, const struct nn_tensor *scale);
/* w->grad += scale * what the plan has left in cv->blocked. */
void dnnl_add_gradient(struct cpu_convs *cv, const struct plan *p,
	struct nn_tensor *w, const struct nn_tensor *scale);

#endif
