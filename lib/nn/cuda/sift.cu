/*
 * Candidates for detections, on the device: what the host does in
 * rcnn/postprocess.c. A thread a region counts its own, a block a picture finds
 * where each region's go, and a thread a region writes them there, in the
 * host's order.
 */
#include "nn/cuda/kernels.h"
#include "nn/cuda/launch.h"

/* Those of a region, of which there may be one a class: how many; written to
 * `to`, unless that is NULL. */
static inline __device__ int32_t sift_row(
	const struct nn_sift *p, int64_t row, struct nn_candidate *to)
{
	const float *x = p->logit + row * p->classes;
	const struct nn_sight *sight = p->sight + row / p->rows;
	int32_t columns = p->agnostic ? 2 : p->classes, n = 0;
	float top = x[0], sum = 0, box[4];

	if (p->label[row] < 0)
		return 0;
	for (int32_t j = 1; j < p->classes; j++)
		top = fmaxf(top, x[j]);
	for (int32_t j = 0; j < p->classes; j++)
		sum += expf(x[j] - top);
	for (int32_t j = 1; j < p->classes; j++) {
		float score = expf(x[j] - top) / sum;
		int64_t at = row * columns + (p->agnostic ? 1 : j);

		if (!(score > p->score) ||
			!nn_refine(&p->refine, sight, p->roi + 5 * row + 1,
				p->delta + 4 * at, box))
			continue;
		if (to) {
			for (int k = 0; k < 4; k++)
				to[n].box[k] = box[k];
			to[n].score = score;
			to[n].label = j;
		}
		n++;
	}
	return n;
}

__global__ void __launch_bounds__(NN_BLOCK)
	count_candidates(
		const __grid_constant__ struct nn_sift p, int32_t *count)
{
	int64_t all = (int64_t)p.n * p.rows;
	int64_t step = (int64_t)gridDim.x * NN_BLOCK;

	for (int64_t i = (int64_t)blockIdx.x * NN_BLOCK + threadIdx.x; i < all;
		i += step)
		count[i] = sift_row(&p, i, 0);
}

/* A block a picture: counts become places; and how many there are. */
__global__ void __launch_bounds__(NN_BLOCK)
	place_candidates(int32_t rows, int32_t *count, int32_t *all)
{
	int32_t *own = count + (int64_t)blockIdx.x * rows, n = 0, more;

	for (int32_t at = 0; at < rows; at += NN_BLOCK) {
		int32_t i = at + threadIdx.x;
		int32_t place = nn_place_of(i < rows ? own[i] : 0, &more);

		if (i < rows)
			own[i] = n + place;
		n += more;
	}
	if (threadIdx.x == 0)
		all[blockIdx.x] = n;
}

__global__ void __launch_bounds__(NN_BLOCK)
	write_candidates(const __grid_constant__ struct nn_sift p,
		const int32_t *place, struct nn_candidate *to)
{
	int64_t all = (int64_t)p.n * p.rows;
	int64_t room = (int64_t)p.rows * (p.classes - 1);
	int64_t step = (int64_t)gridDim.x * NN_BLOCK;

	for (int64_t i = (int64_t)blockIdx.x * NN_BLOCK + threadIdx.x; i < all;
		i += step)
		sift_row(&p, i, to + i / p.rows * room + place[i]);
}

extern "C" int64_t cuda_sift_scratch(const struct nn_sift *p)
{
	return (int64_t)p->n * p->rows * (int64_t)sizeof(int32_t);
}

extern "C" void cuda_sift(cudaStream_t s, const struct nn_sift *p,
	void *scratch, struct nn_candidate *to, int32_t *count)
{
	unsigned blocks = nn_blocks((int64_t)p->n * p->rows, NN_BLOCK);
	int32_t *place = (int32_t *)scratch;

	NN_LAUNCH(count_candidates, blocks, NN_BLOCK, s, *p, place);
	NN_LAUNCH(place_candidates, (unsigned)p->n, NN_BLOCK, s, p->rows, place,
		count);
	NN_LAUNCH(write_candidates, blocks, NN_BLOCK, s, *p, place, to);
}
