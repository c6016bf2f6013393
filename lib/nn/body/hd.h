/*
 * What makes a body: a function that computes one row, lanes c0 to c1, and
 * knows nothing of threads or devices. gcc compiles it into a loop, nvcc into
 * a kernel where a thread has one lane.
 */
#ifndef NN_BODY_HD_H
#define NN_BODY_HD_H

#include <math.h>
#include <stdint.h>

#ifdef __CUDACC__
#define NN_HD static __host__ __device__ inline
#define NN_LANES(c, c0, c1) for (int64_t c = (c0); c < (c1); c++)
#else
#define NN_HD static inline __attribute__((always_inline))
/* Lanes never depend on one another: let them be vectorised. */
#define NN_LANES(c, c0, c1) \
	_Pragma("omp simd") for (int64_t c = (c0); c < (c1); c++)
#endif

#endif
