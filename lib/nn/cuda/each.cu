/*
 * Every body of nn/body/list.h as kernels, one for each type that its values
 * are kept in. A thread has one lane of one row at a time. Two ways to share
 * out the work: by item, for flat work and for rows of few lanes; and by row,
 * a warp each, where neighbouring threads read neighbouring lanes and what is
 * computed of a row is computed once for several lanes.
 */
#include "nn/cuda/kernels.h"
#include "nn/cuda/launch.h"

enum { WARP = 32, WARPS = NN_BLOCK / WARP };
/* A warp a row spares each item a division; of fewer rows than these a card
 * would be mostly idle. */
enum { FEW_ROWS = 2048 };

template <class Body>
__global__ void __launch_bounds__(NN_BLOCK)
	by_item(const __grid_constant__ typename Body::args a, int64_t rows,
		int64_t lanes)
{
	int64_t n = rows * lanes, step = (int64_t)gridDim.x * NN_BLOCK;

	Body::assume(a);
#pragma unroll 1 /* many threads hide latency as well, without registers */
	for (int64_t i = (int64_t)blockIdx.x * NN_BLOCK + threadIdx.x; i < n;
		i += step) {
		int64_t row = rows == 1 ? 0 : i / lanes, c = i - row * lanes;

		Body::at(&a, row, c, c + 1);
	}
}

template <class Body>
__global__ void __launch_bounds__(NN_BLOCK)
	by_row(const __grid_constant__ typename Body::args a, int64_t rows,
		int64_t lanes)
{
	int64_t step = (int64_t)gridDim.x * WARPS;

	Body::assume(a);
	for (int64_t row = (int64_t)blockIdx.x * WARPS + threadIdx.y;
		row < rows; row += step) {
#pragma unroll 1
		for (int64_t c = threadIdx.x; c < lanes; c += WARP)
			Body::at(&a, row, c, c + 1);
	}
}

template <class Body, bool in_rows>
static void run(cudaStream_t s, const void *args, int64_t rows, int64_t lanes)
{
	const typename Body::args a = *(const typename Body::args *)args;

	if constexpr (in_rows)
		if (rows >= FEW_ROWS && lanes >= WARP) {
			NN_LAUNCH(by_row<Body>, nn_blocks(rows, WARPS),
				dim3(WARP, WARPS), s, a, rows, lanes);
			return;
		}
	NN_LAUNCH(by_item<Body>, nn_blocks(rows * lanes, NN_BLOCK), NN_BLOCK, s,
		a, rows, lanes);
}

#define PLAIN_ASSUME(a) ((void)(a))
#define ROWS_ASSUME(a) ((void)(a))
#define TYPED_ASSUME(a) __builtin_assume((a).type == type)
/* Losses are flat or of few lanes. */
#define PLAIN_RUN(name) run<name##_body<NN_F32>, false>(s, args, rows, lanes)
#define ROWS_RUN(name) run<name##_body<NN_F32>, true>(s, args, rows, lanes)
#define TYPED_RUN(name) \
	if (*(const enum nn_type *)args == NN_BF16) \
		run<name##_body<NN_BF16>, true>(s, args, rows, lanes); \
	else \
		run<name##_body<NN_F32>, true>(s, args, rows, lanes)

#define BODY(name, kind, split) \
	template <enum nn_type type> struct name##_body { \
		typedef struct nn_##name##_args args; \
		static __device__ void assume(const args &a) \
		{ \
			kind##_ASSUME(a); \
		} \
		static __device__ void at( \
			const args *a, int64_t row, int64_t c0, int64_t c1) \
		{ \
			nn_##name##_at(a, row, c0, c1); \
		} \
	};
NN_BODIES(BODY)

extern "C" void cuda_each(cudaStream_t s, enum nn_body body, const void *args,
	int64_t rows, int64_t lanes)
{
	switch (body) {
#define CASE(name, kind, split) \
	case NN_BODY_##name: \
		kind##_RUN(name); \
		break;
		NN_BODIES(CASE)
	default:
		break;
	}
}
