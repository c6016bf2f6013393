#include "nn/cpu/convs.h"

#include <stdint.h>

void cpu_point(dnnl_memory_t m, const void *p)
{
	/* oneDNN's handles are not const, whatever they are used for. */
	CHECK(dnnl_memory_set_data_handle(m, (void *)(uintptr_t)p));
}

void cpu_execute(struct cpu_convs *cv, struct plan *p, const void *x,
	const void *w, const void *y, const struct nn_epilogue *e)
{
	dnnl_exec_arg_t args[6] = {
		{p->x_arg, p->x}, {p->weight_arg, p->weight}, {p->y_arg, p->y}};
	int n = 3;

	cpu_point(p->x, x);
	cpu_point(p->weight, w);
	cpu_point(p->y, y);
	if (p->bias) {
		cpu_point(p->bias, e->bias);
		args[n++] = (dnnl_exec_arg_t){DNNL_ARG_BIAS, p->bias};
	}
	if (p->residual) {
		cpu_point(p->residual, e->residual);
		args[n++] = (dnnl_exec_arg_t){
			DNNL_ARG_ATTR_MULTIPLE_POST_OP(0) | DNNL_ARG_SRC_1,
			p->residual};
	}
	if (p->scratch) {
		cpu_point(p->scratch, cv->run.p);
		args[n++] = (dnnl_exec_arg_t){DNNL_ARG_SCRATCHPAD, p->scratch};
	}
	CHECK(dnnl_primitive_execute(p->run, cv->stream, n, args));
	CHECK(dnnl_stream_wait(cv->stream));
}
