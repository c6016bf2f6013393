/*
 * Anchors to learn from, on the device: what the host does in rcnn/match.c and
 * rcnn/targets.c, of all pictures at once. What overlaps how much is worked out
 * twice, for the most that any anchor overlaps a truth, and for those that do:
 * it is cheaper than to keep it. Then each picture's objects and background
 * are listed in their order, a block draws from the lists, and a thread a row
 * writes down what it should be.
 *
 * Anchors tie to the last bit, so that this file is compiled without fused
 * multiplication and addition: see cuda.mk.
 */
#include "nn/cuda/kernels.h"
#include "nn/cuda/launch.h"

enum { OBJECT, BACKGROUND, KINDS };

/* Anchors that a block lists. */
enum { CHUNK = 16 * NN_BLOCK };

/* ---- what is where in the scratch ---- */

struct places {
	int64_t anchors; /* of a picture */
	int64_t chunks, size;
	unsigned *most;       /* n truths: IoU of the best anchor, as bits */
	uint8_t *may;         /* n anchors: 1 << kind */
	int32_t *count;       /* n chunks KINDS */
	int32_t *list[KINDS]; /* n anchors: their numbers, ascending */
	int32_t *drawn;       /* n batch: likewise, objects first; -1: none */
	int32_t *kept;        /* the same, without what was drawn twice */
	int32_t *counts;      /* n 2: rows of objects; anchors kept */
};

static struct places places(const struct nn_match *p, char *base)
{
	int64_t word = sizeof(int32_t), rows = (int64_t)p->n * p->batch;
	struct places s = {};

	for (int l = 0; l < p->levels; l++)
		s.anchors += (int64_t)p->level[l].h * p->level[l].w *
			     p->level[l].shapes;
	s.chunks = (s.anchors + CHUNK - 1) / CHUNK;
	s.most = (unsigned *)nn_take(
		base, &s.size, (int64_t)p->n * p->truths * word);
	s.may = (uint8_t *)nn_take(base, &s.size, p->n * s.anchors);
	s.count = (int32_t *)nn_take(
		base, &s.size, p->n * s.chunks * KINDS * word);
	for (int k = 0; k < KINDS; k++)
		s.list[k] = (int32_t *)nn_take(
			base, &s.size, p->n * s.anchors * word);
	s.drawn = (int32_t *)nn_take(base, &s.size, rows * word);
	s.kept = (int32_t *)nn_take(base, &s.size, rows * word);
	s.counts = (int32_t *)nn_take(base, &s.size, 2 * p->n * word);
	return s;
}

/* ---- anchors and truths ---- */

/* Anchor i of a picture; *level: its level, *i: its number there. */
static inline __device__ void anchor(
	const struct nn_match *p, int32_t *level, int32_t *i, float to[4])
{
	int32_t l = 0;

	for (;; l++) {
		const struct nn_propose_level *at = &p->level[l];
		int32_t size = at->h * at->w * at->shapes;

		if (*i < size)
			break;
		*i -= size;
	}
	*level = l;
	nn_anchor(&p->level[l], *i, to);
}

static inline __device__ bool inside(
	const float b[4], const struct nn_propose_view *v, float far)
{
	return far < 0 || (b[0] >= -far && b[1] >= -far &&
				  b[2] < v->w + far && b[3] < v->h + far);
}

/* Truth t, in the network's pixels. */
static inline __device__ void scaled(
	const struct nn_choose_truth *t, float scale, float to[4])
{
	for (int k = 0; k < 4; k++)
		to[k] = t->box[k] * scale;
}

/* ---- kernels ---- */

/* most[truth] = the most that an anchor overlaps it. */
__global__ void __launch_bounds__(NN_BLOCK)
	find_most(const __grid_constant__ struct nn_match p,
		const __grid_constant__ struct places s)
{
	int64_t all = p.n * s.anchors, step = (int64_t)gridDim.x * NN_BLOCK;

	for (int64_t i = (int64_t)blockIdx.x * NN_BLOCK + threadIdx.x; i < all;
		i += step) {
		int32_t im = (int32_t)(i / s.anchors), level;
		int32_t number = (int32_t)(i - im * s.anchors);
		const struct nn_propose_view *view = p.view + im;
		float from[4];

		anchor(&p, &level, &number, from);
		if (!inside(from, view, p.straddle))
			continue;
		for (int32_t t = p.first[im]; t < p.first[im + 1]; t++) {
			unsigned *at = s.most + (int64_t)im * p.truths + t -
				       p.first[im];
			union nn_bits iou;
			float box[4];

			if (p.truth[t].crowd)
				continue;
			scaled(p.truth + t, view->scale, box);
			iou.f = nn_box_iou(from, box, p.pixel);
			/* None is negative: their bits are in their order.
			 * Most are too small, seen without waiting. */
			if (iou.u > *(volatile unsigned *)at)
				atomicMax(at, iou.u);
		}
	}
}

/* What anchor a of picture im may be drawn as: bits 1 << kind. */
static inline __device__ unsigned kinds(const struct nn_match *p, int32_t im,
	int32_t a, const unsigned *most)
{
	const struct nn_propose_view *view = p->view + im;
	bool object = false;
	float from[4], best = 0;
	int32_t level;

	anchor(p, &level, &a, from);
	if (!inside(from, view, p->straddle))
		return 0;
	for (int32_t t = p->first[im]; t < p->first[im + 1]; t++) {
		unsigned top = most[(int64_t)im * p->truths + t - p->first[im]];
		union nn_bits iou;
		float box[4];

		if (p->truth[t].crowd)
			continue;
		scaled(p->truth + t, view->scale, box);
		iou.f = nn_box_iou(from, box, p->pixel);
		best = iou.f > best ? iou.f : best;
		object |= iou.u == top && iou.f > 0;
	}
	object |= best >= p->positive;
	return (unsigned)object << OBJECT |
	       (unsigned)(best < p->negative && (p->redraw || !object))
		       << BACKGROUND;
}

/* The sums over a block's threads, for each of them; all of them call it. */
static inline __device__ void add_up(int32_t v[KINDS])
{
	__shared__ int32_t sum[KINDS];

	if (threadIdx.x < KINDS)
		sum[threadIdx.x] = 0;
	__syncthreads();
	for (int k = 0; k < KINDS; k++)
		atomicAdd(&sum[k], v[k]);
	__syncthreads();
	for (int k = 0; k < KINDS; k++)
		v[k] = sum[k];
	__syncthreads();
}

/* A block a chunk of a picture: what its anchors may be, and how many. */
__global__ void __launch_bounds__(NN_BLOCK)
	sort_out(const __grid_constant__ struct nn_match p,
		const __grid_constant__ struct places s)
{
	int64_t im = blockIdx.x / s.chunks, first, end;
	int32_t all[KINDS] = {0, 0};

	first = blockIdx.x % s.chunks * CHUNK;
	end = first + CHUNK < s.anchors ? first + CHUNK : s.anchors;
	for (int64_t a = first + threadIdx.x; a < end; a += NN_BLOCK) {
		unsigned is = kinds(&p, (int32_t)im, (int32_t)a, s.most);

		s.may[im * s.anchors + a] = (uint8_t)is;
		for (int k = 0; k < KINDS; k++)
			all[k] += is >> k & 1;
	}
	add_up(all);
	for (int k = 0; k < KINDS && threadIdx.x == 0; k++)
		s.count[blockIdx.x * KINDS + k] = all[k];
}

/* What n chunks have of each kind. All threads of a block call it. */
static inline __device__ void total(
	const int32_t *count, int64_t n, int32_t all[KINDS])
{
	for (int k = 0; k < KINDS; k++)
		all[k] = 0;
	for (int64_t i = threadIdx.x; i < n; i += NN_BLOCK)
		for (int k = 0; k < KINDS; k++)
			all[k] += count[i * KINDS + k];
	add_up(all);
}

/* A block a chunk again: its anchors go behind those of the chunks before. */
__global__ void __launch_bounds__(NN_BLOCK)
	list_kinds(const __grid_constant__ struct places s)
{
	int64_t im = blockIdx.x / s.chunks, chunk = blockIdx.x % s.chunks;
	int32_t at[KINDS], more;

	total(s.count + im * s.chunks * KINDS, chunk, at);
	for (int64_t i = 0; i < CHUNK; i += NN_BLOCK) {
		int64_t a = chunk * CHUNK + i + threadIdx.x;
		unsigned is = a < s.anchors ? s.may[im * s.anchors + a] : 0;

		for (int k = 0; k < KINDS; k++) {
			bool mine = is >> k & 1;
			int32_t place = at[k] + nn_place_of(mine, &more);

			if (mine)
				s.list[k][im * s.anchors + place] = (int32_t)a;
			at[k] += more;
		}
	}
}

/* Whether number a is among n. */
static inline __device__ bool among(const int32_t *v, int32_t n, int32_t a)
{
	for (int32_t i = 0; i < n; i++)
		if (v[i] == a)
			return true;
	return false;
}

/* A block a picture: rows for its objects, then for background. */
__global__ void __launch_bounds__(NN_BLOCK)
	draw(const __grid_constant__ struct nn_match p,
		const __grid_constant__ struct places s)
{
	int64_t im = blockIdx.x;
	int32_t *object = s.list[OBJECT] + im * s.anchors;
	int32_t *other = s.list[BACKGROUND] + im * s.anchors;
	int32_t *row = s.drawn + im * p.batch, all[KINDS], nfg, nbg, want;
	uint64_t seed = p.seed[im], lots = seed + NN_LOTS_BACKGROUND;
	__shared__ int32_t left;
	bool again;

	total(s.count + im * s.chunks * KINDS, s.chunks, all);
	nfg = all[OBJECT] < p.most_fg ? all[OBJECT] : p.most_fg;
	want = p.batch - nfg;
	nbg = all[BACKGROUND] < want ? all[BACKGROUND] : want;
	again = p.redraw && all[BACKGROUND] > want;
	if (threadIdx.x == 0) {
		nn_draw(seed + NN_LOTS_OBJECTS, object, all[OBJECT], nfg);
		if (!again)
			nn_draw(lots, other, all[BACKGROUND], nbg);
		left = 0;
	}
	__syncthreads();
	for (int32_t i = threadIdx.x; i < p.batch; i += NN_BLOCK) {
		int32_t j = i - nfg;

		row[i] = j < 0      ? object[i]
			 : j >= nbg ? -1
			 : again    ? other[nn_lot_below(lots, (uint32_t)j,
					      all[BACKGROUND])]
				    : other[j];
	}
	__syncthreads();
	for (int32_t i = threadIdx.x; i < p.batch; i += NN_BLOCK) {
		bool gone = false;

		/* Background that was drawn twice, or is an object; an object
		 * that was drawn as background. */
		if (again)
			gone = i < nfg ? among(row + nfg, nbg, row[i])
				       : among(row + nfg, i - nfg, row[i]);
		else if (p.redraw && i >= nfg)
			gone = among(row, nfg, row[i]);
		s.kept[im * p.batch + i] = gone ? -1 : row[i];
		if (!gone && row[i] >= 0)
			atomicAdd(&left, 1);
	}
	__syncthreads();
	if (threadIdx.x == 0) {
		s.counts[2 * im] = nfg;
		s.counts[2 * im + 1] = left;
	}
}

/* One over what a loss of picture im is divided by. */
static inline __device__ float share_of(const struct nn_match *p,
	const int32_t *counts, int32_t im, enum nn_divisor by)
{
	int32_t n = by == NN_BY_ASKED     ? p->n * p->batch
		    : by == NN_BY_PICTURE ? p->n * counts[2 * im + 1]
					  : 0;

	for (int32_t i = 0; i < p->n && by == NN_BY_BATCH; i++)
		n += counts[2 * i + 1];
	return 1 / (float)n;
}

/* What the regressor of an anchor should say: where the truth is that it
 * overlaps most. There is one. */
static inline __device__ void encode(const struct nn_match *p, int32_t im,
	const float from[4], float delta[4])
{
	const float one[4] = {1, 1, 1, 1};
	float scale = p->view[im].scale, most = 0, box[4];
	int32_t best = -1;

	for (int32_t t = p->first[im]; t < p->first[im + 1]; t++) {
		float iou;

		if (p->truth[t].crowd)
			continue;
		scaled(p->truth + t, scale, box);
		iou = nn_box_iou(from, box, p->pixel);
		if (iou > most || best < 0) {
			most = iou;
			best = t;
		}
	}
	scaled(p->truth + best, scale, box);
	nn_box_encode(from, box, one, p->pixel, delta);
}

/* A thread a row. */
__global__ void __launch_bounds__(NN_BLOCK)
	write_rows(const __grid_constant__ struct nn_match p,
		const __grid_constant__ struct places s,
		const __grid_constant__ struct nn_matched to)
{
	int64_t rows = (int64_t)p.n * p.batch;
	int64_t step = (int64_t)gridDim.x * NN_BLOCK;

	for (int64_t row = (int64_t)blockIdx.x * NN_BLOCK + threadIdx.x;
		row < rows; row += step) {
		int32_t im = (int32_t)(row / p.batch);
		int32_t i = (int32_t)(row - (int64_t)im * p.batch);
		int64_t object = 4 * ((int64_t)im * p.most_fg + i);
		int32_t a = s.kept[row], own = -1;
		bool is = a >= 0 && i < s.counts[2 * im];
		float from[4] = {0, 0, 0, 0}, delta[4] = {0, 0, 0, 0};

		if (a >= 0)
			anchor(&p, &own, &a, from);
		if (is)
			encode(&p, im, from, delta);
		to.label[row] = is;
		to.share[row] = a < 0 ? 0 : share_of(&p, s.counts, im, p.by);
		for (int32_t l = 0; l < p.levels; l++) {
			const struct nn_propose_level *at = &p.level[l];
			int32_t place =
				im * (at->h * at->w * at->shapes) + a;

			to.at[l][row] = l == own ? place : -1;
			for (int k = 0; k < 4 && i < p.most_fg; k++)
				to.place[l][object + k] =
					is && l == own ? 4 * place + k : -1;
		}
		for (int k = 0; k < 4 && i < p.most_fg; k++) {
			to.delta[object + k] = delta[k];
			to.part[object + k] =
				is ? share_of(&p, s.counts, im, p.box_by) : 0;
		}
	}
}

/* ---- all of it ---- */

extern "C" int64_t cuda_match_scratch(const struct nn_match *p)
{
	return places(p, 0).size;
}

extern "C" void cuda_match(cudaStream_t s, const struct nn_match *p,
	void *scratch, const struct nn_matched *to)
{
	struct places at = places(p, (char *)scratch);
	unsigned blocks = (unsigned)(p->n * at.chunks);

	cudaMemsetAsync(at.most, 0,
		(size_t)p->n * (size_t)p->truths * sizeof *at.most, s);
	NN_LAUNCH(find_most, nn_blocks(p->n * at.anchors, NN_BLOCK), NN_BLOCK,
		s, *p, at);
	NN_LAUNCH(sort_out, blocks, NN_BLOCK, s, *p, at);
	NN_LAUNCH(list_kinds, blocks, NN_BLOCK, s, at);
	NN_LAUNCH(draw, (unsigned)p->n, NN_BLOCK, s, *p, at);
	NN_LAUNCH(write_rows, nn_blocks((int64_t)p->n * p->batch, NN_BLOCK),
		NN_BLOCK, s, *p, at, *to);
}
