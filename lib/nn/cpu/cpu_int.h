/* What the files of the CPU backend share. */
#ifndef NN_CPU_INT_H
#define NN_CPU_INT_H

#include "nn/backend.h"

/* Convolutions (convs.h): plans are kept for ever, so that a shape that was
 * seen before costs nothing to set up. direct: by our own kernels, where they
 * can. dry: plan and pack, but do not compute. */
struct cpu_convs *cpu_convs_open(bool direct);
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
/* Whether our own are the faster ones here. */
bool cpu_prefers_direct(void);
/* nn_cpu_open with a choice, for tests. */
struct nn_backend *cpu_open(int threads, bool direct);
void cpu_unpack(struct nn_tensor *w);
/* Bytes of packed weights and scratch. */
size_t cpu_convs_held(struct cpu_convs *cv);

#endif
