/*
 * How kernels are launched. The tests compile .cu files for the host, with a
 * cuda_runtime.h of their own that defines NN_LAUNCH otherwise; so kernels
 * use no warp intrinsics and no <<<>>> but this one.
 */
#ifndef NN_CUDA_LAUNCH_H
#define NN_CUDA_LAUNCH_H

#include <cuda_runtime.h>
#include <stdint.h>

#ifndef NN_LAUNCH
#define NN_LAUNCH(kernel, grid, block, stream, ...) \
	kernel<<<(grid), (block), 0, (stream)>>>(__VA_ARGS__)
#endif

enum { NN_BLOCK = 256 };

/* A place of so many bytes in a scratch, from *at on, which moves behind it;
 * without a scratch only that. */
static inline void *nn_take(char *base, int64_t *at, int64_t bytes)
{
	void *p = base ? base + *at : 0;

	*at += (bytes + 255) / 256 * 256;
	return p;
}

/* Blocks for n items, `each` a block: enough to fill any card; kernels go on
 * from there in strides of the grid. */
static inline unsigned nn_blocks(int64_t n, int64_t each)
{
	const int64_t most = 16384;
	int64_t blocks = (n + each - 1) / each;

	return (unsigned)(blocks < 1 ? 1 : blocks < most ? blocks : most);
}

/* Where what a thread has goes, behind what those before it have, from 0; and
 * how much there is. All threads of a block call it. */
static inline __device__ int32_t nn_place_of(int32_t mine, int32_t *all)
{
	__shared__ int32_t sum[NN_BLOCK];
	int32_t me = threadIdx.x, place;

	sum[me] = mine;
	__syncthreads();
	for (int32_t d = 1; d < NN_BLOCK; d *= 2) {
		int32_t before = me >= d ? sum[me - d] : 0;

		__syncthreads();
		sum[me] += before;
		__syncthreads();
	}
	place = sum[me] - mine;
	*all = sum[NN_BLOCK - 1];
	__syncthreads();
	return place;
}

#endif
