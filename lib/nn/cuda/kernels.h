/*
 * What the C of this room knows of its kernels: a launcher each, which asks
 * for the work on a stream and returns. Launchers allocate nothing, and leave
 * errors where cudaGetLastError finds them.
 */
#ifndef NN_CUDA_KERNELS_H
#define NN_CUDA_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nn/anchor_match.h"
#include "nn/body/list.h"
#include "nn/candidate.h"

struct CUstream_st;

#ifdef __cplusplus
extern "C" {
#endif

/* A body over rows x lanes items: each.cu. */
void cuda_each(struct CUstream_st *s, enum nn_body body, const void *args,
	int64_t rows, int64_t lanes);

/*
 * A weight as cuDNN wants it: weights.cu. w: oc ic kh kw, f32; to: oc kh kw ic
 * of type, rows of oc times scale[oc] (NULL: 1).
 */
void cuda_weight_pack(struct CUstream_st *s, const float *w, const float *scale,
	enum nn_type type, int64_t oc, int64_t ic, int64_t taps, void *to);
/* dw = (add ? dw : 0) + scale * g, g in the layout and type of a pack. */
void cuda_weight_gradient(struct CUstream_st *s, const void *g,
	const float *scale, enum nn_type type, int64_t oc, int64_t ic,
	int64_t taps, bool add, float *dw);

/* y = act(y + bias + residual), rows of `lanes` channels, where cuDNN could
 * not fuse it: weights.cu. bias and residual may be NULL. */
void cuda_epilogue(struct CUstream_st *s, enum nn_type type, void *y,
	const float *bias, const void *residual, enum nn_act act, int64_t rows,
	int64_t lanes);

/* Of n matrices, sx[n][c] = sum of x, sxy[n][c] = sum of x * y over rows:
 * sums.cu. partial: as many doubles as cuda_sums_scratch says. */
int64_t cuda_sums_scratch(int64_t n, int64_t rows, int64_t lanes);
void cuda_sums(struct CUstream_st *s, enum nn_type type, const void *x,
	const void *y, int64_t n, int64_t rows, int64_t lanes, double *partial,
	double *sx, double *sxy);

/* Proposals of p->n pictures: propose.cu. to: n levels after, count: n levels.
 * p->before is at most NN_PROPOSE_MOST. */
int64_t cuda_propose_scratch(const struct nn_propose *p);
void cuda_propose(struct CUstream_st *s, const struct nn_propose *p,
	void *scratch, struct nn_proposal *to, int32_t *count);

/* Regions chosen among them: choose.cu. */
int64_t cuda_choose_scratch(const struct nn_choose *p);
void cuda_choose(struct CUstream_st *s, const struct nn_choose *p,
	void *scratch, const struct nn_choice *to);

/* Anchors to learn from: match.cu. */
int64_t cuda_match_scratch(const struct nn_match *p);
void cuda_match(struct CUstream_st *s, const struct nn_match *p, void *scratch,
	const struct nn_matched *to);

/* Candidates for detections: sift.cu. */
int64_t cuda_sift_scratch(const struct nn_sift *p);
void cuda_sift(struct CUstream_st *s, const struct nn_sift *p, void *scratch,
	struct nn_candidate *to, int32_t *count);

/* Pairs sorted by key, stably: sort.cu. Keys are of 32 bits and as many as
 * `segments` need. Returns in which of the two buffers they end. */
size_t cuda_sort_scratch(int64_t n);
int cuda_sort(struct CUstream_st *s, void *scratch, size_t bytes,
	uint64_t *const key[2], int32_t *const value[2], int64_t n,
	int64_t segments);

#ifdef __cplusplus
}
#endif

#endif
