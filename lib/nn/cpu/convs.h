/*
 * The convolutions (and layers of neurons, which are convolutions whose kernel
 * covers the picture) of the CPU: activations channels last, weights in
 * whatever layout who computes likes best. That is oneDNN; or, in f32, our own
 * kernels (direct.h, winograd.h): all of them on processors without AVX-512,
 * and with it Winograd's, where that pays.
 *
 * A plan (dnnl_plan.c) is a primitive with its memory objects, kept by
 * geometry. A pack (pack.c) is a copy of a weight in a plan's layout
 * and type, kept with the weight and made anew when the weight's version
 * changes; a frozen batch norm's scale is folded in on the way, so that no
 * pass over activations is needed for it. convs.c chooses and runs;
 * own.c leads to our own kernels.
 *
 * On a processor without bf16 instructions a convolution of bf16 is computed
 * in f32 from what bf16 can hold, and rounded: slow, but the same numbers but
 * for the order of addition, so that everything can be tried anywhere.
 */
#ifndef NN_CPU_CONVS_H
#define NN_CPU_CONVS_H

#include "nn/cpu/cpu_int.h"
#include "nn/cpu/dnnl_api.h"
#include "nn/cpu/winograd.h"

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
	uint64_t used;     /* cv->uses, when it last was */
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

/* Plans of layers of neurons that are kept. */
enum { BUCKETS = 1024, LINEAR_PLANS = 256 };

struct cpu_convs {
	dnnl_engine_t engine;
	dnnl_stream_t stream;
	struct plan *bucket[BUCKETS];
	uint64_t uses; /* of plans, so far */
	struct reorder *reorders;
	struct scratch run;             /* for primitives and kernels */
	struct scratch zeros;           /* never written */
	struct scratch scaled, blocked; /* for weights on their way */
	struct scratch wide[3]; /* x, y, residual of bf16 that is emulated */
	bool emulated;          /* bf16 is */
	enum cpu_kernels kernels;
	size_t packed; /* bytes of packed weights */
};

/* The plan for that geometry, made when it is first asked for. Good until the
 * next one is asked for. */
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
/* The same as our own kernels want it (direct.h, winograd.h). */
const float *cpu_packed_direct(struct cpu_convs *cv, const struct nn_conv *c,
	bool turned, struct nn_tensor *w, const struct nn_tensor *scale,
	bool rounded);
/* w->grad += scale * what the plan has left in cv->blocked. */
void cpu_add_gradient(struct cpu_convs *cv, bool dry, const struct plan *p,
	struct nn_tensor *w, const struct nn_tensor *scale);

/* Whether our own kernels take a convolution, and go Winograd's way; its three
 * passes by them, of packed weights. Nothing is computed when dry, but all
 * memory is had. */
bool cpu_own(const struct cpu_convs *cv, const struct nn_conv *c);
bool cpu_winograd(const struct cpu_convs *cv, const struct nn_conv *c);
void cpu_own_conv(struct cpu_convs *cv, bool dry, const struct nn_conv *c,
	const float *x, const float *packed, const struct nn_epilogue *e,
	float *y);
void cpu_own_dgrad(struct cpu_convs *cv, bool dry, const struct nn_conv *c,
	const float *dy, const float *packed, float *dx);
void cpu_own_wgrad(struct cpu_convs *cv, bool dry, const struct nn_conv *c,
	const float *x, const float *dy, struct nn_tensor *w,
	const struct nn_tensor *scale);

void cpu_point(dnnl_memory_t m, const void *p);
/* Run a plan. The three, in the order of the forward pass: what a plan
 * computes is written, the others are read. e is for forward plans. */
void cpu_execute(struct cpu_convs *cv, struct plan *p, const void *x,
	const void *w, const void *y, const struct nn_epilogue *e);

#endif
