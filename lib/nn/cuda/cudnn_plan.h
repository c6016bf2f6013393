/*
 * Plans of convolutions, by cuDNN's graph API through its C interface: what is
 * to be computed is described as a graph of operations (cudnn_graph.c), cuDNN
 * proposes engines for it, best first, and the first that fits becomes the
 * plan (cudnn_plan.c), kept for as long as the planner lives.
 *
 * Planning needs no card: a planner is for the card of a handle, or for one
 * that is only described (cuDNN 9.8 and later), for which nothing can be run.
 */
#ifndef NN_CUDA_CUDNN_PLAN_H
#define NN_CUDA_CUDNN_PLAN_H

#include "nn/backend.h"
#include "nn/cuda/cuda_libs.h"

typedef cudnnBackendDescriptor_t cudnn_desc;

enum cudnn_pass { CUDNN_FORWARD, CUDNN_DGRAD, CUDNN_WGRAD };

/* What a plan is for. The epilogue is of the forward pass. */
struct cudnn_key {
	struct nn_conv c;
	int32_t pass, act, bias, residual;
	int32_t tf32; /* f32 may be multiplied in TF32 */
};

/*
 * The key of a pass; e is the forward pass's, else NULL. cuDNN has no engine
 * that makes f32 of bf16: the key is then of x in f32 and of products in TF32,
 * which holds all that bf16 does, and the caller has to widen x.
 */
struct cudnn_key cudnn_key_of(const struct nn_conv *c, enum cudnn_pass pass,
	const struct nn_epilogue *e, bool tf32);

struct cudnn_plan {
	struct cudnn_key key;
	cudnn_desc plan;
	size_t workspace;
	/* The epilogue, if any, is in it; else the plan is of the convolution
	 * alone. */
	bool fused;
	/* The engine may add in another order each time. */
	bool varies;
	bool ran;                /* the caller's */
	struct cudnn_plan *next; /* in its bucket */
};

enum { CUDNN_BUCKETS = 1024 };

struct cudnn_planner {
	const struct cudnn *dnn;
	cudnnHandle_t handle; /* or NULL, and */
	cudnn_desc device;    /* the one that is described */
	struct cudnn_plan *bucket[CUDNN_BUCKETS];
	int n;
};

/* One of the two: a handle, which stays the caller's; or a device as cuDNN
 * writes it in JSON. */
int cudnn_planner_init(struct cudnn_planner *p, const struct cudnn *dnn,
	cudnnHandle_t handle, const char *json, struct err *e);
void cudnn_planner_release(struct cudnn_planner *p);

/* The plan, if it was made before; else NULL. */
struct cudnn_plan *cudnn_plan_known(
	struct cudnn_planner *p, const struct cudnn_key *key);
/* Make it. NULL and ERR_UNAVAILABLE when cuDNN has no engine for it. */
struct cudnn_plan *cudnn_plan_new(
	struct cudnn_planner *p, const struct cudnn_key *key, struct err *e);

/* What a plan computes with. x, w, y in the order of the forward pass,
 * whatever is written; bias and residual where the plan has them fused. */
struct cudnn_data {
	const void *x, *w, *y, *bias, *residual;
	void *workspace;
};
int cudnn_run(const struct cudnn_planner *p, const struct cudnn_plan *plan,
	const struct cudnn_data *d, struct err *e);

/* ---- cudnn_graph.c ---- */

enum {
	CUDNN_ID_X = 1,
	CUDNN_ID_W,
	CUDNN_ID_Y,
	CUDNN_ID_BIAS,
	CUDNN_ID_RESIDUAL,
	CUDNN_ID_BETWEEN
};

/* Descriptors that were made, to be destroyed together. After the first
 * failure, the others are not even tried. */
struct cudnn_graph {
	const struct cudnn *dnn;
	cudnn_desc made[32];
	int n;
	cudnnStatus_t status;
};

cudnn_desc cudnn_new(struct cudnn_graph *g, cudnnBackendDescriptorType_t type);
void cudnn_put(struct cudnn_graph *g, cudnn_desc d,
	cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
	int64_t n, const void *values);
void cudnn_put_desc(struct cudnn_graph *g, cudnn_desc d,
	cudnnBackendAttributeName_t name, cudnn_desc value);
void cudnn_finish(struct cudnn_graph *g, cudnn_desc d);
void cudnn_graph_free(struct cudnn_graph *g);

/* The operation graph of a convolution; with its epilogue, if fused. */
cudnn_desc cudnn_graph_of(struct cudnn_graph *g, const struct cudnn_key *key,
	bool fused, cudnnHandle_t handle);

#endif
