/*
 * A backend: what a kind of device must be able to do, as a struct of
 * function pointers. Ops (nn/op/) are written once in terms of these; no op
 * mentions a device. All memory that is passed is the device's own.
 *
 * Work is asynchronous by right: only sync, told, and a copy to the host, wait.
 */
#ifndef NN_BACKEND_H
#define NN_BACKEND_H

#include "base/err.h"
#include "nn/tensor.h"
#include "nn/body/list.h"
#include "nn/anchor_match.h"
#include "nn/candidate.h"

/* The geometry of a convolution. The transposed one is the data gradient of
 * this: x and y change places. */
struct nn_conv {
	int32_t n, h, w, ic; /* x: n h w ic */
	int32_t oh, ow, oc;  /* y: n oh ow oc */
	int32_t kh, kw;      /* weight: oc ic/groups kh kw, f32 */
	int32_t stride, pad, groups;
	/* What x and y are kept as. y may be f32 where x is bf16: the last
	 * layers' outputs; gradients are then all bf16. */
	int32_t x_type, y_type;
};

/* What is fused behind a convolution: act(conv * scale + bias + residual). */
struct nn_epilogue {
	const struct nn_tensor *scale; /* oc: folded into the weight; or NULL */
	const float *bias;             /* oc; or NULL */
	const void *residual;          /* like y; or NULL */
	enum nn_act act;               /* NN_LINEAR, NN_RELU, NN_LEAKY */
};

/* What arithmetic in bf16 costs. */
enum nn_bf16 {
	NN_BF16_EMULATED, /* it is computed in f32: for trying things */
	NN_BF16_SLOW,     /* more than f32 */
	NN_BF16_FAST
};

/* How many tellings may be under way at a time. */
enum { NN_TELLS = 2 };

struct nn_mpi;
struct nn_ranks;
struct nn_span;

struct nn_backend {
	const char *name; /* "cpu" */
	void *self;       /* the backend's own */
	bool host;        /* its memory is the host's */
	enum nn_bf16 bf16;
	/* What was opened as "auto" and is no card: why; and whether one is
	 * there, though it cannot be used. */
	char no_card[200];
	bool card_there;
	/* Products of f32 may be taken in TF32, whose factors have 10 bits
	 * behind the point: --dtype tf32. */
	bool tf32;
	/* Plan what is asked for, but compute nothing: for finding out how
	 * much memory a step will need. */
	bool dry;

	/* Memory of the device, zeroed. */
	void *(*alloc)(struct nn_backend *be, size_t bytes);
	/* Addresses for a pool, *bytes or fewer, 0 for as many as there is
	 * memory. They cost memory where they are touched, or, on a backend
	 * that has commit, as far as that was called: the first `bytes` may
	 * then be used. */
	void *(*reserve)(struct nn_backend *be, size_t *bytes);
	void (*commit)(struct nn_backend *be, void *p, size_t bytes);
	void (*free)(struct nn_backend *be, void *p, size_t bytes);
	void (*copy)(struct nn_backend *be, void *to, const void *from,
		size_t bytes);
	void (*clear)(struct nn_backend *be, void *p, size_t bytes);
	/* Bring something from the host, beside the work that is asked for and
	 * to where that does not look; brought: what is asked for from now on
	 * waits for it. From memory that host_alloc gave, zeroed, it is
	 * quickest. NULL where the memory is the host's. */
	void (*bring)(struct nn_backend *be, void *to, const void *from,
		size_t bytes);
	void (*brought)(struct nn_backend *be);
	void *(*host_alloc)(struct nn_backend *be, size_t bytes);
	void (*host_free)(struct nn_backend *be, void *p);
	/* Tell the host something, in memory that host_alloc gave, once
	 * everything is done that was asked for until now; and wait until all
	 * is told under that number, below NN_TELLS, but not for what was asked
	 * for since. NULL where the memory is the host's. */
	void (*tell)(struct nn_backend *be, int number, void *to,
		const void *from, size_t bytes);
	void (*told)(struct nn_backend *be, int number);
	/* What is asked for between these is a step, which comes again and
	 * again with other numbers: a device may gather it, and start with it
	 * at the end or when it is waited for. NULL: nothing is gained by
	 * that. */
	void (*begin)(struct nn_backend *be);
	void (*end)(struct nn_backend *be);
	/* Wait until everything asked for is done. */
	void (*sync)(struct nn_backend *be);

	/* y = act(conv(x, w * scale) + bias + residual) */
	void (*conv)(struct nn_backend *be, const struct nn_conv *c,
		const void *x, struct nn_tensor *w, const struct nn_epilogue *e,
		void *y);
	/* dx = gradient of conv with respect to x; scale may be NULL */
	void (*conv_dgrad)(struct nn_backend *be, const struct nn_conv *c,
		const void *dy, struct nn_tensor *w,
		const struct nn_tensor *scale, void *dx);
	/* w->grad += scale * gradient of conv with respect to the weight */
	void (*conv_wgrad)(struct nn_backend *be, const struct nn_conv *c,
		const void *x, const void *dy, struct nn_tensor *w,
		const struct nn_tensor *scale);
	/* Forget the packed copies of a weight (its memory is about to go). */
	void (*unpack)(struct nn_backend *be, struct nn_tensor *w);

	/*
	 * w was just changed and its version raised, or that is asked for: a
	 * packed copy that whoever does so may renew on the way, which then
	 * counts as renewed. False where there is none. NULL: never.
	 */
	bool (*renew)(struct nn_backend *be, struct nn_tensor *w,
		struct nn_part *part);

	/* Run a body over rows x lanes items (nn/body/list.h). */
	void (*each)(struct nn_backend *be, enum nn_body body, const void *args,
		int64_t rows, int64_t lanes);
	/*
	 * Column sums of n matrices, one behind the other, of rows x lanes,
	 * f32 or bf16, in f64: sx[n][c] = sum of x, sxy[n][c] = sum of x * y. y
	 * and sxy may be NULL. The order of addition depends on the shape only,
	 * not on the number of threads.
	 */
	void (*sums)(struct nn_backend *be, enum nn_type type, const void *x,
		const void *y, int64_t n, int64_t rows, int64_t lanes,
		double *sx, double *sxy);

	/*
	 * Proposals of regions, by their order (nn/proposal.h): of each
	 * picture, of each level, at most p->after in to, how many in count.
	 * p->before is at most NN_PROPOSE_MOST. NULL: that is the host's work.
	 */
	void (*propose)(struct nn_backend *be, const struct nn_propose *p,
		struct nn_proposal *to, int32_t *count);

	/* Regions to learn from, chosen among proposals as they are (nn/
	 * choice.h). NULL: that is the host's work. */
	void (*choose)(struct nn_backend *be, const struct nn_choose *p,
		const struct nn_choice *to);

	/* Anchors to learn from (nn/anchor_match.h). NULL: that is the host's
	 * work. */
	void (*match)(struct nn_backend *be, const struct nn_match *p,
		const struct nn_matched *to);

	/* Candidates for detections (nn/candidate.h), picture by picture,
	 * room for rows * (classes - 1) of each; how many in count[n]. NULL:
	 * that is the host's work. */
	void (*sift)(struct nn_backend *be, const struct nn_sift *p,
		struct nn_candidate *to, int32_t *count);

	/* Join the cards of other ranks (nn/ranks.h), which all do at once;
	 * from then on, values become the mean of all ranks'. NULL where the
	 * memory is the host's. */
	int (*meet)(
		struct nn_backend *be, const struct nn_mpi *mpi, struct err *e);
	void (*mean)(struct nn_backend *be, const struct nn_span *span, int n);
	struct nn_ranks *ranks; /* that it is one of; NULL: alone */

	/* Bytes that it holds besides what alloc and reserve gave: packed
	 * weights, scratch. */
	size_t (*held)(struct nn_backend *be);

	void (*close)(struct nn_backend *be);
};

/* The CPU, always there; threads 0: as many as the process may use. A number
 * holds for the whole process until another one is given. */
struct nn_backend *nn_cpu_open(int threads);
/* Card number `device` of those that CUDA counts. NULL and ERR_UNAVAILABLE,
 * with the reason, where it cannot be used. */
struct nn_backend *nn_cuda_open(int device, struct err *e);

#endif
