/* Weights on their way to cuDNN and back, and what it could not fuse. */
#include "nn/cuda/kernels.h"
#include "nn/cuda/launch.h"

/*
 * to[o][tap][i] = w[o][i][tap] * scale[o]. Threads go along `to`: its writes
 * are neighbours, and the reads of a small kernel's taps stay in the cache.
 */
template <enum nn_type type>
__global__ void __launch_bounds__(NN_BLOCK)
	pack(const float *w, const float *scale, int64_t oc, int64_t ic,
		int64_t taps, void *to)
{
	int64_t n = oc * ic * taps, step = (int64_t)gridDim.x * NN_BLOCK;

	for (int64_t at = (int64_t)blockIdx.x * NN_BLOCK + threadIdx.x; at < n;
		at += step) {
		int64_t o = at / (taps * ic), rest = at - o * taps * ic;
		int64_t tap = rest / ic, i = rest - tap * ic;

		nn_put(to, at, type,
			w[(o * ic + i) * taps + tap] * (scale ? scale[o] : 1));
	}
}

extern "C" void cuda_weight_pack(cudaStream_t s, const float *w,
	const float *scale, enum nn_type type, int64_t oc, int64_t ic,
	int64_t taps, void *to)
{
	unsigned blocks = nn_blocks(oc * ic * taps, NN_BLOCK);

	if (type == NN_BF16)
		NN_LAUNCH(pack<NN_BF16>, blocks, NN_BLOCK, s, w, scale, oc, ic,
			taps, to);
	else
		NN_LAUNCH(pack<NN_F32>, blocks, NN_BLOCK, s, w, scale, oc, ic,
			taps, to);
}

/* Threads go along dw. */
template <enum nn_type type>
__global__ void __launch_bounds__(NN_BLOCK)
	gradient(const void *g, const float *scale, int64_t oc, int64_t ic,
		int64_t taps, bool add, float *dw)
{
	int64_t n = oc * ic * taps, step = (int64_t)gridDim.x * NN_BLOCK;

	for (int64_t at = (int64_t)blockIdx.x * NN_BLOCK + threadIdx.x; at < n;
		at += step) {
		int64_t o = at / (taps * ic), rest = at - o * taps * ic;
		int64_t i = rest / taps, tap = rest - i * taps;
		float v = nn_get(g, (o * taps + tap) * ic + i, type) *
			  (scale ? scale[o] : 1);

		dw[at] = add ? dw[at] + v : v;
	}
}

extern "C" void cuda_weight_gradient(cudaStream_t s, const void *g,
	const float *scale, enum nn_type type, int64_t oc, int64_t ic,
	int64_t taps, bool add, float *dw)
{
	unsigned blocks = nn_blocks(oc * ic * taps, NN_BLOCK);

	if (type == NN_BF16)
		NN_LAUNCH(gradient<NN_BF16>, blocks, NN_BLOCK, s, g, scale, oc,
			ic, taps, add, dw);
	else
		NN_LAUNCH(gradient<NN_F32>, blocks, NN_BLOCK, s, g, scale, oc,
			ic, taps, add, dw);
}

template <enum nn_type type>
__global__ void __launch_bounds__(NN_BLOCK)
	finish(void *y, const float *bias, const void *residual,
		enum nn_act act, int64_t n, int64_t lanes)
{
	int64_t step = (int64_t)gridDim.x * NN_BLOCK;

	for (int64_t i = (int64_t)blockIdx.x * NN_BLOCK + threadIdx.x; i < n;
		i += step) {
		float v = nn_get(y, i, type);

		if (bias)
			v += bias[i % lanes];
		if (residual)
			v += nn_get(residual, i, type);
		nn_put(y, i, type, nn_act_value(v, act));
	}
}

extern "C" void cuda_epilogue(cudaStream_t s, enum nn_type type, void *y,
	const float *bias, const void *residual, enum nn_act act, int64_t rows,
	int64_t lanes)
{
	int64_t n = rows * lanes;

	if (type == NN_BF16)
		NN_LAUNCH(finish<NN_BF16>, nn_blocks(n, NN_BLOCK), NN_BLOCK, s,
			y, bias, residual, act, n, lanes);
	else
		NN_LAUNCH(finish<NN_F32>, nn_blocks(n, NN_BLOCK), NN_BLOCK, s,
			y, bias, residual, act, n, lanes);
}
