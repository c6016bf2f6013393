/*
 * What makes a body: a function that computes one row, lanes c0 to c1, and
 * knows nothing of threads or devices. gcc compiles it into a loop, nvcc into
 * a kernel where a thread has one lane.
 *
 * A body whose arguments have a type computes in f32 on values that are kept
 * as f32 or bf16, through nn_get and nn_put. A backend compiles it once for
 * each, with the type a constant, so that no element asks for it.
 */
#ifndef NN_BODY_HD_H
#define NN_BODY_HD_H

#include <math.h>
#include <stdint.h>

#include "nn/type.h"

#ifdef __CUDACC__
#define NN_HD static __host__ __device__ inline
#define NN_LANES(c, c0, c1) for (int64_t c = (c0); c < (c1); c++)
enum { NN_LANES_AT_ONCE = 1 };
#else
#define NN_HD static inline __attribute__((always_inline))
/* Lanes never depend on one another: let them be vectorised. */
#define NN_LANES(c, c0, c1) \
	_Pragma("omp simd") for (int64_t c = (c0); c < (c1); c++)
/* How many a body that adds up a lane at a time keeps beside one another. */
enum { NN_LANES_AT_ONCE = 256 };
#endif

union nn_bits {
	float f;
	uint32_t u;
};

/* bf16 is the upper half of an f32. */
NN_HD float nn_from_bf16(uint16_t h)
{
	union nn_bits b;

	b.u = (uint32_t)h << 16;
	return b.f;
}

/* To the nearest, ties to even; a NaN stays one. */
NN_HD uint16_t nn_to_bf16(float f)
{
	union nn_bits b;
	uint32_t near;

	b.f = f;
	near = (b.u + 0x7fff + (b.u >> 16 & 1)) >> 16;
	return (uint16_t)(f == f ? near : b.u >> 16 | 0x40);
}

/* Value i of p, kept as f32 or bf16. */
NN_HD float nn_get(const void *p, int64_t i, enum nn_type type)
{
	return type == NN_BF16 ? nn_from_bf16(((const uint16_t *)p)[i])
			       : ((const float *)p)[i];
}

NN_HD void nn_put(void *p, int64_t i, enum nn_type type, float v)
{
	if (type == NN_BF16)
		((uint16_t *)p)[i] = nn_to_bf16(v);
	else
		((float *)p)[i] = v;
}

/* *p += v, where other rows may be adding too. */
NN_HD void nn_accumulate(float *p, float v)
{
#ifdef __CUDA_ARCH__
	atomicAdd(p, v);
#else
	*p += v;
#endif
}

/* Where value i of p lies. */
NN_HD const void *nn_at(const void *p, int64_t i, enum nn_type type)
{
	return (const char *)p + i * (type == NN_BF16 ? 2 : 4);
}

NN_HD void *nn_at_mut(void *p, int64_t i, enum nn_type type)
{
	return (char *)p + i * (type == NN_BF16 ? 2 : 4);
}

#endif
