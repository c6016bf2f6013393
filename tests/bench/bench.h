/* What the files of nn_bench share. */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

struct bench_options {
	const char *dtype;
	int64_t threads;
	const char *weights; /* where a detector's are written; or NULL */
	bool peak;
};

/* What a workload says of its last step, by which one sees that both sides
 * did the same work. */
struct bench_figure {
	const char *name;
	double value;
};
enum { BENCH_FIGURES = 4 };

struct bench_work {
	const char *name;
	int (*begin)(const struct bench_options *o, struct err *e);
	int (*step)(struct bench_figure *figure, struct err *e);
	size_t (*planned)(void); /* bytes of a step's activations */
	void (*end)(void);
};

extern const struct bench_work bench_rcnn_infer, bench_rcnn_train,
	bench_dcgan_step, bench_dcgan_sample;

/* Seconds since some moment. */
double bench_clock(void);
/* GFLOP/s of multiply-adds in registers, by so many threads (0: all). */
double bench_peak(int threads);

#endif
