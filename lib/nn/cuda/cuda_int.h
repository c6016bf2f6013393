/* What the files of the CUDA backend share. */
#ifndef NN_CUDA_INT_H
#define NN_CUDA_INT_H

#include <cuda_runtime_api.h>

#include "nn/backend.h"
#include "nn/cuda/cuda_libs.h"

struct cuda_range;
struct cuda_convs;
struct cuda_graph;
struct cuda_ranks;

/* Memory for one purpose, which only grows and may move: what was in it is
 * lost then. It grows in dry runs, too. */
struct cuda_scratch {
	void *p;
	size_t size;
};

struct cuda {
	struct nn_backend be;
	int device;
	cudaStream_t stream; /* of everything that is asked for */
	cudaStream_t beside; /* of what is brought meanwhile */
	cudaEvent_t brought;
	cudaEvent_t told[NN_TELLS]; /* what is told by that number */
	bool careful; /* DEEPSTYLE_SYNC=1: wait after each launch */
	long news;    /* how often memory was taken or a plan made */
	struct cuda_graph *graph;
	struct cuda_range *ranges;
	struct cuda_convs *convs;
	struct cuda_ranks *ranks; /* NULL: alone */
	struct cuda_scratch work; /* of whatever is at work, but for convs */
};

/* Whether that is an address of the host's memory. */
bool cuda_on_host(const void *p);

void *cuda_scratch(struct cuda *c, struct cuda_scratch *s, size_t n);

/*
 * A card that fails in the middle of its work leaves nothing that a caller
 * could go on with: say what failed, and end with status 69.
 */
#define CU(call) cuda_check(call, #call)
void cuda_check(cudaError_t status, const char *call);
/* To be called after each launch of a kernel. */
void cuda_launched(struct cuda *c, const char *what);

/* ---- cuda_memory.c ---- */

void *cuda_alloc(struct nn_backend *be, size_t bytes);
/* Addresses without memory; commit gives them memory up to `bytes`. */
void *cuda_reserve(struct nn_backend *be, size_t *bytes);
void cuda_commit(struct nn_backend *be, void *p, size_t bytes);
void cuda_free(struct nn_backend *be, void *p, size_t bytes);
void cuda_ranges_free(struct cuda *c);
void cuda_bring(
	struct nn_backend *be, void *to, const void *from, size_t bytes);
void cuda_brought(struct nn_backend *be);
void *cuda_host_alloc(struct nn_backend *be, size_t bytes);
void cuda_host_free(struct nn_backend *be, void *p);
void cuda_tell(struct nn_backend *be, int number, void *to, const void *from,
	size_t bytes);
void cuda_told(struct nn_backend *be, int number);

/* ---- cuda_graph.c: steps, each started as one ---- */

struct cuda_graph *cuda_graph_new(void);
void cuda_graph_free(struct cuda_graph *g);
void cuda_begin(struct nn_backend *be);
void cuda_end(struct nn_backend *be);
/* To be called before anything that cannot be part of a graph. */
void cuda_graph_flush(struct cuda *c);
/* Where n bytes to be copied lie until then: elsewhere, if they are the host's
 * and a step's. */
const void *cuda_graph_stage(struct cuda *c, const void *from, size_t n);

/* ---- cuda_ranks.c ---- */

int cuda_meet(struct nn_backend *be, const struct nn_mpi *mpi, struct err *e);
void cuda_mean(struct nn_backend *be, const struct nn_span *span, int n);
void cuda_ranks_free(struct cuda *c);

/* ---- cuda_convs.c ---- */

struct cuda_convs *cuda_convs_open(
	struct cuda *c, const struct cudnn *dnn, struct err *e);
void cuda_convs_close(struct cuda *c);
size_t cuda_convs_held(const struct cuda *c);
void cuda_conv(struct nn_backend *be, const struct nn_conv *c, const void *x,
	struct nn_tensor *w, const struct nn_epilogue *e, void *y);
void cuda_conv_dgrad(struct nn_backend *be, const struct nn_conv *c,
	const void *dy, struct nn_tensor *w, const struct nn_tensor *scale,
	void *dx);
void cuda_conv_wgrad(struct nn_backend *be, const struct nn_conv *c,
	const void *x, const void *dy, struct nn_tensor *w,
	const struct nn_tensor *scale);
void cuda_unpack(struct nn_backend *be, struct nn_tensor *w);
bool cuda_renew(
	struct nn_backend *be, struct nn_tensor *w, struct nn_part *part);

#endif
