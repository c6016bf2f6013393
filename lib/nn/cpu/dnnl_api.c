#include "nn/cpu/dnnl_api.h"
#include "nn/cpu/cpu_int.h"
#include "nn/cpu/vec.h"
#include "base/err.h"
#include "base/mem.h"

#include <string.h>

#define V3 (DNNL_VERSION_MAJOR >= 3)

void cpu_check(dnnl_status_t status, const char *call)
{
	if (status == dnnl_out_of_memory)
		mem_oom(0);
	if (status != dnnl_success)
		err_bug(__FILE__, (int)status, call);
}

/* ---- layouts ---- */

layout layout_new(
	int n, const int64_t *dims, enum nn_type type, dnnl_format_tag_t tag)
{
	dnnl_data_type_t t = type == NN_BF16 ? dnnl_bf16 : dnnl_f32;
	dnnl_dims_t all = {0};
	layout l;

	memcpy(all, dims, (size_t)n * sizeof *dims);
#if V3
	CHECK(dnnl_memory_desc_create_with_tag(&l, n, all, t, tag));
#else
	l = mem_alloc(1, sizeof *l);
	CHECK(dnnl_memory_desc_init_by_tag(l, n, all, t, tag));
#endif
	return l;
}

layout layout_copy(layout_ref from)
{
	layout l;

#if V3
	CHECK(dnnl_memory_desc_clone(&l, from));
#else
	l = mem_alloc(1, sizeof *l);
	*l = *from;
#endif
	return l;
}

void layout_free(layout l)
{
#if V3
	if (l)
		dnnl_memory_desc_destroy(l);
#else
	mem_free(l);
#endif
}

bool layout_same(layout_ref a, layout_ref b)
{
	return dnnl_memory_desc_equal(a, b);
}

size_t layout_size(layout_ref l)
{
	return l ? dnnl_memory_desc_get_size(l) : 0;
}

layout_ref layout_of(const_dnnl_primitive_desc_t pd, dnnl_query_t what)
{
	return dnnl_primitive_desc_query_md(pd, what, 0);
}

/* ---- convolutions and inner products ---- */

#if V3

#define CONV dnnl_convolution_direct
#define TRAIN dnnl_forward_training

/* hint: the forward primitive that a backward one undoes. */
static dnnl_primitive_desc_t describe(dnnl_engine_t engine,
	const struct conv_desc *d, const_dnnl_primitive_attr_t attr,
	const_dnnl_primitive_desc_t hint)
{
	dnnl_dims_t s = {d->stride, d->stride}, none = {0, 0};
	dnnl_dims_t pad = {d->pad, d->pad}, end = {d->end[0], d->end[1]};
	dnnl_primitive_desc_t pd;
	dnnl_status_t status;

	if (d->linear && d->pass == FORWARD)
		status = dnnl_inner_product_forward_primitive_desc_create(
			&pd, engine, TRAIN, d->x, d->w, d->b, d->y, attr);
	else if (d->linear && d->pass == DATA_GRADIENT)
		status = dnnl_inner_product_backward_data_primitive_desc_create(
			&pd, engine, d->x, d->w, d->y, hint, attr);
	else if (d->linear)
		status =
			dnnl_inner_product_backward_weights_primitive_desc_create(
				&pd, engine, d->x, d->w, NULL, d->y, hint,
				attr);
	else if (d->pass == FORWARD)
		status = dnnl_convolution_forward_primitive_desc_create(&pd,
			engine, TRAIN, CONV, d->x, d->w, d->b, d->y, s, none,
			pad, end, attr);
	else if (d->pass == DATA_GRADIENT)
		status = dnnl_convolution_backward_data_primitive_desc_create(
			&pd, engine, CONV, d->x, d->w, d->y, s, none, pad, end,
			hint, attr);
	else
		status =
			dnnl_convolution_backward_weights_primitive_desc_create(
				&pd, engine, CONV, d->x, d->w, NULL, d->y, s,
				none, pad, end, hint, attr);
	cpu_check(status, "a convolution's descriptor");
	return pd;
}

#else

static dnnl_primitive_desc_t describe(dnnl_engine_t engine,
	const struct conv_desc *d, const_dnnl_primitive_attr_t attr,
	const_dnnl_primitive_desc_t hint)
{
	dnnl_dims_t s = {d->stride, d->stride}, pad = {d->pad, d->pad};
	dnnl_dims_t end = {d->end[0], d->end[1]};
	dnnl_primitive_desc_t pd;
	/* The descriptors differ in type; a union holds whichever. */
	union {
		dnnl_convolution_desc_t conv;
		dnnl_inner_product_desc_t linear;
	} op;

	if (d->linear && d->pass == FORWARD)
		CHECK(dnnl_inner_product_forward_desc_init(&op.linear,
			dnnl_forward_training, d->x, d->w, d->b, d->y));
	else if (d->linear && d->pass == DATA_GRADIENT)
		CHECK(dnnl_inner_product_backward_data_desc_init(
			&op.linear, d->x, d->w, d->y));
	else if (d->linear)
		CHECK(dnnl_inner_product_backward_weights_desc_init(
			&op.linear, d->x, d->w, NULL, d->y));
	else if (d->pass == FORWARD)
		CHECK(dnnl_convolution_forward_desc_init(&op.conv,
			dnnl_forward_training, dnnl_convolution_direct, d->x,
			d->w, d->b, d->y, s, pad, end));
	else if (d->pass == DATA_GRADIENT)
		CHECK(dnnl_convolution_backward_data_desc_init(&op.conv,
			dnnl_convolution_direct, d->x, d->w, d->y, s, pad,
			end));
	else
		CHECK(dnnl_convolution_backward_weights_desc_init(&op.conv,
			dnnl_convolution_direct, d->x, d->w, NULL, d->y, s, pad,
			end));
	CHECK(dnnl_primitive_desc_create(&pd, &op, attr, engine, hint));
	return pd;
}

#endif

dnnl_primitive_desc_t cpu_conv_desc(dnnl_engine_t engine,
	const struct conv_desc *d, const_dnnl_primitive_attr_t attr)
{
	dnnl_primitive_desc_t pd, forward;
	struct conv_desc f = *d;

	if (d->pass == FORWARD)
		return describe(engine, d, attr, NULL);
	f.pass = FORWARD;
	f.b = NULL;
	f.w = d->forward_w;
	forward = describe(engine, &f, NULL, NULL);
	pd = describe(engine, d, attr, forward);
	CHECK(dnnl_primitive_desc_destroy(forward));
	return pd;
}

dnnl_primitive_desc_t cpu_matmul_desc(dnnl_engine_t engine, layout_ref a,
	layout_ref b, layout_ref c, const_dnnl_primitive_attr_t attr)
{
	dnnl_primitive_desc_t pd;

#if V3
	CHECK(dnnl_matmul_primitive_desc_create(
		&pd, engine, a, b, NULL, c, attr));
#else
	dnnl_matmul_desc_t op;

	CHECK(dnnl_matmul_desc_init(&op, a, b, NULL, c));
	CHECK(dnnl_primitive_desc_create(&pd, &op, attr, engine, NULL));
#endif
	return pd;
}

dnnl_primitive_desc_t cpu_reorder_desc(
	dnnl_engine_t engine, layout_ref from, layout_ref to)
{
	dnnl_primitive_desc_t pd;

	CHECK(dnnl_reorder_primitive_desc_create(
		&pd, from, engine, to, engine, NULL));
	return pd;
}

void cpu_append_relu(dnnl_post_ops_t ops, float slope)
{
#if V3
	CHECK(dnnl_post_ops_append_eltwise(ops, dnnl_eltwise_relu, slope, 0));
#else
	CHECK(dnnl_post_ops_append_eltwise(
		ops, 1, dnnl_eltwise_relu, slope, 0));
#endif
}

void cpu_append_sum(dnnl_post_ops_t ops)
{
#if V3
	CHECK(dnnl_post_ops_append_sum(ops, 1, 0, dnnl_data_type_undef));
#else
	CHECK(dnnl_post_ops_append_sum(ops, 1));
#endif
}

/* ---- instructions ---- */

/* A set of instructions is a set of bits that contains those of lesser ones. */
static bool has(dnnl_cpu_isa_t isa)
{
	return ((unsigned)dnnl_get_effective_cpu_isa() & (unsigned)isa) ==
	       (unsigned)isa;
}

const char *cpu_isa_name(void)
{
	static const struct {
		dnnl_cpu_isa_t isa;
		const char *name;
	} sets[] = {{dnnl_cpu_isa_avx512_core_amx, "avx512-amx"},
		{dnnl_cpu_isa_avx512_core_bf16, "avx512-bf16"},
		{dnnl_cpu_isa_avx512_core_vnni, "avx512-vnni"},
		{dnnl_cpu_isa_avx512_core, "avx512"},
		{dnnl_cpu_isa_avx2_vnni, "avx2-vnni"},
		{dnnl_cpu_isa_avx2, "avx2"}, {dnnl_cpu_isa_avx, "avx"},
		{dnnl_cpu_isa_sse41, "sse4.1"}};

	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
		if (has(sets[i].isa))
			return sets[i].name;
	return "generic";
}

enum cpu_kernels cpu_best_kernels(void)
{
	if (!has(dnnl_cpu_isa_avx512_core))
		return CPU_OWN;
	/* Built for less, ours would use half of each register. */
	return VL == 16 ? CPU_BOTH : CPU_ONEDNN;
}

/*
 * Without AMX it depends on who made AVX-512's products of bf16: AMD's do two
 * where f32 has one, and a training step takes half as long (Zen 4); Intel's
 * take oneDNN 1.8 times f32's time, and five times where there is no
 * instruction for them at all.
 */
enum nn_bf16 cpu_bf16(void)
{
	if (has(dnnl_cpu_isa_avx512_core_amx))
		return NN_BF16_FAST;
	if (has(dnnl_cpu_isa_avx512_core_bf16) && __builtin_cpu_is("amd"))
		return NN_BF16_FAST;
	return has(dnnl_cpu_isa_avx512_core) ? NN_BF16_SLOW : NN_BF16_EMULATED;
}
