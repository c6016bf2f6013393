#include "nn/cpu/dnnl_int.h"
#include "base/mem.h"

#include <stdint.h>

static void point(dnnl_memory_t m, const void *p)
{
	/* oneDNN's handles are not const, whatever they are used for. */
	CHECK(dnnl_memory_set_data_handle(m, (void *)(uintptr_t)p));
}

static void execute(
	struct cpu_convs *cv, struct plan *p, dnnl_exec_arg_t *args, int n)
{
	if (p->scratch) {
		point(p->scratch, cv->scratch);
		args[n++] = (dnnl_exec_arg_t){DNNL_ARG_SCRATCHPAD, p->scratch};
	}
	CHECK(dnnl_primitive_execute(p->run, cv->stream, n, args));
	CHECK(dnnl_stream_wait(cv->stream));
}

void cpu_conv(struct cpu_convs *cv, const struct nn_conv *c, const float *x,
	struct nn_tensor *w, const struct nn_epilogue *e, float *y)
{
	struct plan_key k = {*c, FORWARD, (int32_t)e->act, e->bias != NULL,
		e->residual != NULL};
	struct plan *p = dnnl_plan(cv, &k);
	dnnl_exec_arg_t args[6] = {{DNNL_ARG_SRC, p->x},
		{DNNL_ARG_WEIGHTS, p->weight}, {DNNL_ARG_DST, p->y}};
	int n = 3;

	point(p->x, x);
	point(p->weight, dnnl_packed(cv, p, w, e->scale));
	point(p->y, y);
	if (e->bias) {
		point(p->bias, e->bias);
		args[n++] = (dnnl_exec_arg_t){DNNL_ARG_BIAS, p->bias};
	}
	if (e->residual) {
		point(p->residual, e->residual);
		args[n++] = (dnnl_exec_arg_t){
			DNNL_ARG_ATTR_MULTIPLE_POST_OP(0) | DNNL_ARG_SRC_1,
			p->residual};
	}
	execute(cv, p, args, n);
}

void cpu_conv_dgrad(struct cpu_convs *cv, const struct nn_conv *c,
	const float *dy, struct nn_tensor *w, const struct nn_tensor *scale,
	float *dx)
{
	struct plan_key k = {*c, DATA_GRADIENT, NN_LINEAR, 0, 0};
	struct plan *p = dnnl_plan(cv, &k);
	dnnl_exec_arg_t args[4] = {{DNNL_ARG_DIFF_SRC, p->x},
		{DNNL_ARG_WEIGHTS, p->weight}, {DNNL_ARG_DIFF_DST, p->y}};

	point(p->x, dx);
	point(p->weight, dnnl_packed(cv, p, w, scale));
	point(p->y, dy);
	execute(cv, p, args, 3);
}

void cpu_conv_wgrad(struct cpu_convs *cv, const struct nn_conv *c,
	const float *x, const float *dy, struct nn_tensor *w,
	const struct nn_tensor *scale)
{
	struct plan_key k = {*c, WEIGHT_GRADIENT, NN_LINEAR, 0, 0};
	struct plan *p = dnnl_plan(cv, &k);
	dnnl_exec_arg_t args[4] = {{DNNL_ARG_SRC, p->x},
		{DNNL_ARG_DIFF_WEIGHTS, p->weight}, {DNNL_ARG_DIFF_DST, p->y}};

	dnnl_reserve(&cv->blocked, &cv->nblocked, p->wsize);
	point(p->x, x);
	point(p->weight, cv->blocked);
	point(p->y, dy);
	execute(cv, p, args, 3);
	dnnl_add_gradient(cv, p, w, scale);
}

struct cpu_convs *cpu_convs_open(void)
{
	struct cpu_convs *cv = mem_alloc(1, sizeof *cv);

	CHECK(dnnl_engine_create(&cv->engine, dnnl_cpu, 0));
	CHECK(dnnl_stream_create(
		&cv->stream, cv->engine, dnnl_stream_default_flags));
	return cv;
}

void cpu_convs_close(struct cpu_convs *cv)
{
	dnnl_plans_free(cv);
	dnnl_stream_destroy(cv->stream);
	dnnl_engine_destroy(cv->engine);
	mem_unmap(cv->scratch, cv->nscratch);
	mem_unmap(cv->scaled, cv->nscaled);
	mem_unmap(cv->blocked, cv->nblocked);
	mem_free(cv);
}
