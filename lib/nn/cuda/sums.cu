/*
 * Column sums of matrices, in f64. Blocks of rows by the shape
 * only, so that the order of addition, and with it the result, is the same on
 * every card: first each block's sums, a thread a column, then the sums of
 * those.
 */
#include "nn/cuda/kernels.h"
#include "nn/cuda/launch.h"

/* Parts that rows are cut into. */
static int64_t parts(int64_t rows)
{
	int64_t n = rows / 64;

	return n < 1 ? 1 : n > 256 ? 256 : n;
}

template <enum nn_type type>
__global__ void __launch_bounds__(NN_BLOCK)
	sum_parts(const void *x, const void *y, int64_t n, int64_t rows,
		int64_t lanes, int64_t nparts, double *partial)
{
	int64_t all = n * nparts * lanes, step = (int64_t)gridDim.x * NN_BLOCK;

	for (int64_t at = (int64_t)blockIdx.x * NN_BLOCK + threadIdx.x;
		at < all; at += step) {
		int64_t row = at / lanes, c = at - row * lanes;
		int64_t first = row / nparts * rows, part = row % nparts;
		int64_t r1 = first + rows * (part + 1) / nparts;
		double sx = 0, sxy = 0;

		for (int64_t r = first + rows * part / nparts; r < r1; r++) {
			double v = (double)nn_get(x, r * lanes + c, type);

			sx += v;
			if (y)
				sxy += v * (double)nn_get(
						   y, r * lanes + c, type);
		}
		partial[at] = sx;
		partial[all + at] = sxy;
	}
}

__global__ void __launch_bounds__(NN_BLOCK)
	sum_all(const double *partial, int64_t n, int64_t lanes, int64_t nparts,
		double *sx, double *sxy)
{
	int64_t at = (int64_t)blockIdx.x * NN_BLOCK + threadIdx.x;
	const double *p = partial + at / lanes * nparts * lanes + at % lanes;
	double x = 0, xy = 0;

	if (at >= n * lanes)
		return;
	for (int64_t i = 0; i < nparts; i++, p += lanes) {
		x += p[0];
		xy += p[n * nparts * lanes];
	}
	sx[at] = x;
	if (sxy)
		sxy[at] = xy;
}

extern "C" int64_t cuda_sums_scratch(int64_t n, int64_t rows, int64_t lanes)
{
	return 2 * n * parts(rows) * lanes;
}

extern "C" void cuda_sums(cudaStream_t s, enum nn_type type, const void *x,
	const void *y, int64_t n, int64_t rows, int64_t lanes, double *partial,
	double *sx, double *sxy)
{
	int64_t cut = parts(rows);
	unsigned blocks = nn_blocks(n * cut * lanes, NN_BLOCK);

	if (type == NN_BF16)
		NN_LAUNCH(sum_parts<NN_BF16>, blocks, NN_BLOCK, s, x, y, n,
			rows, lanes, cut, partial);
	else
		NN_LAUNCH(sum_parts<NN_F32>, blocks, NN_BLOCK, s, x, y, n, rows,
			lanes, cut, partial);
	NN_LAUNCH(sum_all, (unsigned)((n * lanes + NN_BLOCK - 1) / NN_BLOCK),
		NN_BLOCK, s, partial, n, lanes, cut, sx, sxy);
}
