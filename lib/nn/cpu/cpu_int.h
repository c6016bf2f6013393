/* What the files of the CPU backend share. */
#ifndef NN_CPU_INT_H
#define NN_CPU_INT_H

#include "nn/backend.h"

/* Convolutions through oneDNN (dnnl_conv.c): plans are kept for ever, so that a
 * shape that was seen before costs nothing to set up. dry: plan and pack, but
 * do not compute. */
struct cpu_convs *cpu_convs_open(void);
void cpu_convs_close(struct cpu_convs *cv);
void cpu_conv(struct cpu_convs *cv, bool dry, const struct nn_conv *c,
	const void *x, struct nn_tensor *w, const struct nn_epilogue *e,
	void *y);
void cpu_conv_dgrad(struct cpu_convs *cv, bool dry, const struct nn_conv *c,
	const void *dy, struct nn_tensor *w, const struct nn_tensor *scale,
	void *dx);
void cpu_conv_wgrad(struct cpu_convs *cv, bool dry, const struct nn_conv *c,
	const void *x, const void *dy, struct nn_tensor *w,
	const struct nn_tensor *scale);
void cpu_unpack(struct nn_tensor *w);
/* Bytes of packed weights and scratch. */
size_t cpu_convs_held(const struct cpu_convs *cv);

#endif
