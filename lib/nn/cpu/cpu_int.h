/* What the files of the CPU backend share. */
#ifndef NN_CPU_INT_H
#define NN_CPU_INT_H

#include "nn/backend.h"

/* Who computes convolutions in f32. */
enum cpu_kernels {
	CPU_ONEDNN,
	CPU_BOTH,    /* oneDNN, but where Winograd's way pays our own kernels */
	CPU_OWN,     /* our own kernels, the quicker of them */
	CPU_DIRECT,  /* our own, for tests: never Winograd's way, */
	CPU_WINOGRAD /* or wherever it can be gone */
};

/* Convolutions (convs.h): plans are kept, so that a shape that was seen before
 * costs nothing to set up; but of layers of neurons, whose rows may be another
 * number every time, only those last used. dry: plan and pack, but do not
 * compute. */
struct cpu_convs *cpu_convs_open(enum cpu_kernels kernels);
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
/* The fastest here. */
enum cpu_kernels cpu_best_kernels(void);
/* nn_cpu_open with a choice, for tests. */
struct nn_backend *cpu_open(int threads, enum cpu_kernels kernels);
void cpu_unpack(struct nn_tensor *w);
/* Bytes of packed weights and scratch. */
size_t cpu_convs_held(struct cpu_convs *cv);

#endif
