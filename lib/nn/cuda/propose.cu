/*
 * Proposals on the device: what the host does in rcnn/proposals.c, level by
 * level of each picture, here a "segment", all of them at once. Logits are
 * sorted (sort.cu); the best are decoded; a bit for each pair that overlaps
 * (as torchvision does it); and a block a segment goes through those bits, so
 * that the host never sees more than what is left.
 */
#include "nn/cuda/kernels.h"
#include "nn/cuda/launch.h"

enum { BITS = 64 }; /* of a word of the mask: boxes of a tile */

static int64_t level_size(const struct nn_propose_level *l)
{
	return (int64_t)l->h * l->w * l->shapes;
}

/* How many boxes of a segment go on: as many for each, the last unused. */
static int64_t width(const struct nn_propose *p)
{
	int64_t most = 0;

	for (int i = 0; i < p->levels; i++)
		if (level_size(&p->level[i]) > most)
			most = level_size(&p->level[i]);
	return most < p->before ? most : p->before;
}

/* ---- what is where in the scratch ---- */

struct places {
	int64_t anchors, segments, width, words, size;
	uint64_t *key[2];
	int32_t *value[2];
	void *sort;
	size_t sort_size;
	struct nn_proposal *box; /* segments x width; score NaN: unusable */
	uint64_t *mask;          /* segments x width x words */
};

static struct places places(const struct nn_propose *p, char *base)
{
	struct places s = {};

	for (int i = 0; i < p->levels; i++)
		s.anchors += p->n * level_size(&p->level[i]);
	s.segments = (int64_t)p->n * p->levels;
	s.width = width(p);
	s.words = (s.width + BITS - 1) / BITS;
	s.sort_size = cuda_sort_scratch(s.anchors);
	for (int i = 0; i < 2; i++) {
		s.key[i] = (uint64_t *)nn_take(base, &s.size,
			s.anchors * (int64_t)sizeof(uint64_t));
		s.value[i] = (int32_t *)nn_take(base, &s.size,
			s.anchors * (int64_t)sizeof(int32_t));
	}
	s.sort = nn_take(base, &s.size, (int64_t)s.sort_size);
	s.box = (struct nn_proposal *)nn_take(base, &s.size,
		s.segments * s.width * (int64_t)sizeof(struct nn_proposal));
	s.mask = (uint64_t *)nn_take(base, &s.size,
		s.segments * s.width * s.words * (int64_t)sizeof(uint64_t));
	return s;
}

/* ---- kernels ---- */

/* Segments in order; in each the highest logit first, of equal ones the first,
 * for the sort is stable. */
__global__ void __launch_bounds__(NN_BLOCK)
	make_keys(const float *logit, int64_t size, int64_t n, int64_t segment,
		int64_t first, uint64_t *key, int32_t *value)
{
	int64_t all = size * n, step = (int64_t)gridDim.x * NN_BLOCK;

	for (int64_t i = (int64_t)blockIdx.x * NN_BLOCK + threadIdx.x; i < all;
		i += step) {
		uint64_t s = (uint64_t)(segment + i / size);

		key[first + i] = s << 32 | (uint32_t)~nn_sort_key(logit[i]);
		value[first + i] = (int32_t)(i % size);
	}
}

/* The best anchors of each picture's level, as boxes. first: of the level's
 * first anchor among the sorted ones. */
__global__ void __launch_bounds__(NN_BLOCK)
	decode(const __grid_constant__ struct nn_propose_level l,
		const struct nn_propose_view *view, int64_t n, int64_t width,
		float pixel, float min_size, const int32_t *order,
		struct nn_proposal *box)
{
	const float one[4] = {1, 1, 1, 1};
	int64_t size = (int64_t)l.h * l.w * l.shapes;
	int64_t all = n * width, step = (int64_t)gridDim.x * NN_BLOCK;

	for (int64_t i = (int64_t)blockIdx.x * NN_BLOCK + threadIdx.x; i < all;
		i += step) {
		int64_t im = i / width, rank = i - im * width;
		struct nn_proposal *b = box + i;
		float x, from[4];
		int32_t a;

		b->score = NAN;
		if (rank >= size)
			continue;
		a = order[im * size + rank];
		nn_anchor(&l, a, from);
		nn_box_decode(from, l.delta + 4 * (im * size + a), one, pixel,
			b->box);
		nn_box_clip(b->box, view[im].w, view[im].h, pixel);
		x = l.logit[im * size + a];
		if (nn_box_usable(b->box, x, pixel, view[im].scale, min_size))
			b->score = x;
	}
}

/* Bit j of word k of box i: box k * BITS + j, a lesser one, overlaps it. A
 * thread a word; unusable boxes overlap nothing. */
__global__ void __launch_bounds__(NN_BLOCK)
	find_overlaps(const struct nn_proposal *box, int64_t segments,
		int64_t width, int64_t words, float pixel, float threshold,
		uint64_t *mask)
{
	int64_t all = segments * width * words;
	int64_t step = (int64_t)gridDim.x * NN_BLOCK;

	for (int64_t at = (int64_t)blockIdx.x * NN_BLOCK + threadIdx.x;
		at < all; at += step) {
		/* Neighbouring threads have neighbouring boxes, so that what
		 * they compare with is the same. */
		int64_t i = at % width, rest = at / width;
		int64_t k = rest % words, segment = rest / words;
		const struct nn_proposal *seg = box + segment * width;
		uint64_t bits = 0;

		for (int64_t j = k * BITS > i ? k * BITS : i + 1;
			j < (k + 1) * BITS && j < width; j++)
			if (seg[j].score == seg[j].score &&
				nn_box_overlaps(seg[i].box, seg[j].box, pixel,
					threshold))
				bits |= (uint64_t)1 << (j - k * BITS);
		mask[(segment * width + i) * words + k] = bits;
	}
}

/*
 * A block a segment. Words in order: one thread settles what is kept of a
 * word's boxes, then all cross out what those overlap in later words.
 */
__global__ void __launch_bounds__(BITS)
	sweep(const struct nn_proposal *box, const uint64_t *mask,
		int64_t width, int64_t words, int32_t levels, int32_t pictures,
		int32_t after, struct nn_proposal *to, int32_t *count)
{
	__shared__ uint64_t gone[NN_PROPOSE_MOST / BITS], own[BITS];
	__shared__ int32_t place[BITS], kept;
	int32_t im = blockIdx.x % pictures, level = blockIdx.x / pictures;
	int64_t out = (int64_t)im * levels + level;
	int32_t me = threadIdx.x;

	box += blockIdx.x * width;
	mask += blockIdx.x * width * words;
	to += out * after;
	for (int64_t k = me; k < words; k += BITS)
		gone[k] = 0;
	if (me == 0)
		kept = 0;
	__syncthreads();
	for (int64_t k = 0; k < words; k++) {
		int64_t i = k * BITS + me;
		bool there = i < width && box[i].score == box[i].score;

		own[me] = there ? mask[i * words + k] : 0;
		place[me] = there ? 0 : -1;
		__syncthreads();
		if (me == 0) {
			uint64_t dead = gone[k];

			for (int j = 0; j < BITS; j++) {
				if (place[j] < 0)
					continue;
				if (dead >> j & 1 || kept == after) {
					place[j] = -1;
					continue;
				}
				place[j] = kept++;
				dead |= own[j];
			}
		}
		__syncthreads();
		if (place[me] >= 0)
			to[place[me]] = box[i];
		for (int64_t later = k + 1 + me; later < words; later += BITS)
			for (int j = 0; j < BITS; j++)
				if (place[j] >= 0)
					gone[later] |= mask[(k * BITS + j) *
								    words +
							    later];
		__syncthreads();
	}
	if (me == 0)
		count[out] = kept;
}

/* ---- all of it ---- */

extern "C" int64_t cuda_propose_scratch(const struct nn_propose *p)
{
	return places(p, 0).size;
}

extern "C" void cuda_propose(cudaStream_t s, const struct nn_propose *p,
	void *scratch, struct nn_proposal *to, int32_t *count)
{
	struct places at = places(p, (char *)scratch);
	int64_t first = 0;
	int sorted;

	for (int i = 0; i < p->levels; i++) {
		int64_t size = level_size(&p->level[i]);

		NN_LAUNCH(make_keys, nn_blocks(size * p->n, NN_BLOCK), NN_BLOCK,
			s, p->level[i].logit, size, p->n, (int64_t)i * p->n,
			first, at.key[0], at.value[0]);
		first += size * p->n;
	}
	sorted = cuda_sort(s, at.sort, at.sort_size, at.key, at.value,
		at.anchors, at.segments);
	first = 0;
	for (int i = 0; i < p->levels; i++) {
		NN_LAUNCH(decode, nn_blocks(at.width * p->n, NN_BLOCK),
			NN_BLOCK, s, p->level[i], p->view, p->n, at.width,
			p->pixel, p->min_size, at.value[sorted] + first,
			at.box + (int64_t)i * p->n * at.width);
		first += level_size(&p->level[i]) * p->n;
	}
	NN_LAUNCH(find_overlaps,
		nn_blocks(at.segments * at.width * at.words, NN_BLOCK),
		NN_BLOCK, s, at.box, at.segments, at.width, at.words, p->pixel,
		p->nms, at.mask);
	NN_LAUNCH(sweep, (unsigned)at.segments, BITS, s, at.box, at.mask,
		at.width, at.words, p->levels, p->n, p->after, to, count);
}
