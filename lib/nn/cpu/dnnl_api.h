/*
 * oneDNN's C API in the one form that its versions 2 and 3 share: all that
 * differs between them is in dnnl_api.c. Layouts are handles to memory
 * descriptors, made and freed in both versions.
 */
#ifndef NN_CPU_DNNL_API_H
#define NN_CPU_DNNL_API_H

#include "nn/backend.h"

#include <dnnl.h>
#include <stdbool.h>

#if DNNL_VERSION_MAJOR >= 3
typedef dnnl_memory_desc_t layout;
typedef const_dnnl_memory_desc_t layout_ref;
#else
typedef dnnl_memory_desc_t *layout;
typedef const dnnl_memory_desc_t *layout_ref;
#endif

/* Shapes are checked before they come here: whatever oneDNN refuses is our
 * mistake, or the host is out of memory. */
void cpu_check(dnnl_status_t status, const char *call);
#define CHECK(call) cpu_check(call, #call)

layout layout_new(
	int n, const int64_t *dims, enum nn_type type, dnnl_format_tag_t tag);
layout layout_copy(layout_ref l);
void layout_free(layout l);
bool layout_same(layout_ref a, layout_ref b);
size_t layout_size(layout_ref l);
/* A primitive's own; the reference lives as long as pd does. */
layout_ref layout_of(const_dnnl_primitive_desc_t pd, dnnl_query_t what);

enum pass { FORWARD, DATA_GRADIENT, WEIGHT_GRADIENT };

struct conv_desc {
	enum pass pass;
	bool linear;       /* an inner product: the kernel covers x */
	layout x, w, b, y; /* or their gradients; b may be NULL */
	layout forward_w;  /* w in the forward pass that this one undoes */
	int64_t stride, pad;
	int64_t end[2]; /* padding behind the last row, column */
};

/* Primitive descriptors; attr may be NULL. */
dnnl_primitive_desc_t cpu_conv_desc(dnnl_engine_t engine,
	const struct conv_desc *d, const_dnnl_primitive_attr_t attr);
/* c = a b */
dnnl_primitive_desc_t cpu_matmul_desc(dnnl_engine_t engine, layout_ref a,
	layout_ref b, layout_ref c, const_dnnl_primitive_attr_t attr);
dnnl_primitive_desc_t cpu_reorder_desc(
	dnnl_engine_t engine, layout_ref from, layout_ref to);

/* What y held before is added to what the primitive computes. */
void cpu_append_sum(dnnl_post_ops_t ops);
/* Relu with a slope below zero, behind that. */
void cpu_append_relu(dnnl_post_ops_t ops, float slope);

/* The best instructions that will be used, "avx2"; and what they make of
 * bf16. */
const char *cpu_isa_name(void);
enum nn_bf16 cpu_bf16(void);

#endif
