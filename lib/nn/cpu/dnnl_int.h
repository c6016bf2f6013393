/*
 * oneDNN behind the convolutions (and layers of neurons, which are
 * convolutions whose kernel covers the picture): activations channels last,
 * weights in whatever blocked layout oneDNN likes best.
 *
 * A plan (dnnl_plan.c) is a primitive with its memory objects, kept by
 * geometry. A pack (dnnl_weight.c) is a copy of a weight in a plan's layout
 * and type, kept with the weight and made anew when the weight's version
 * changes; a frozen batch norm's scale is folded in on the way, so that no
 * pass over activations is needed for it. dnnl_conv.c runs them.
 *
 * On a processor without bf16 instructions a convolution of bf16 is computed
 * in f32 from what bf16 can hold, and rounded: slow, but the same numbers but
 * for the order of addition, so that everything can be tried anywhere.
 */
#ifndef NN_CPU_DNNL_INT_H
#define NN_CPU_DNNL_INT_H

#include "nn/cpu/cpu_int.h"
#include "nn/cpu/dnnl_api.h"

struct plan_key {
	struct nn_conv c;
	int32_t pass, act, bias, residual;
};

struct plan {
	struct plan_key key;
	dnnl_primitive_t run;
	layout w;      /* of the weight, or of its gradient */
	layout plain;  /* the weight as parameters are kept: O I H W, f32 */
	bool same;     /* w is plain */
	bool in_place; /* the residual is to lie in y */
	dnnl_memory_t x, weight, bias, y, residual, scratch;
	/* Where the primitive expects them: a matrix product's are others. */
	int x_arg, weight_arg, y_arg;
	struct plan *next; /* in its bucket */
};

/* A change of layout or type, kept as plans are. */
struct reorder {
	layout from, to;
	dnnl_primitive_t run;
	dnnl_memory_t a, b;
	struct reorder *next;
};

/* Memory that only grows. */
struct scratch {
	void *p;
	size_t size;
};

enum { BUCKETS = 1024 };

struct cpu_convs {
	dnnl_engine_t engine;
	dnnl_stream_t stream;
	struct plan *bucket[BUCKETS];
	struct reorder *reorders;
	struct scratch run;             /* for primitives */
	struct scratch scaled, blocked; /* for weights on their way */
	struct scratch wide[3]; /* x, y, residual of bf16 that is emulated */
	bool emulated;          /* bf16 is */
	size_t packed;          /* bytes of packed weights */
};

/* The plan for that geometry, made when it is first asked for. */
struct plan *cpu_plan(struct cpu_convs *cv, const struct plan_key *k);
void cpu_plans_free(struct cpu_convs *cv);

/* At least n bytes; what was in them is lost when they have to move. */
void *cpu_scratch(struct scratch *s, size_t n);

/* to = from, in another layout or type. */
void cpu_convert(struct cpu_convs *cv, layout from, const void *src, layout to,
	void *dst);
void cpu_reorders_free(struct cpu_convs *cv);

/* The weight as the plan wants it, times scale (may be NULL) by row; of
 * numbers that bf16 has when rounded. */
const void *cpu_packed(struct cpu_convs *cv, struct plan *p,
	struct nn_tensor *w, const struct nn_tensor *scale, bool rounded);
/* w->grad += scale * what the plan has left in cv->blocked. */
void cpu_add_gradient(struct cpu_convs *cv, const struct plan *p,
	struct nn_tensor *w, const struct nn_tensor *scale);

void cpu_point(dnnl_memory_t m, const void *p);

#endif
