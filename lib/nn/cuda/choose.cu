/*
 * Regions to learn from, on the device: what the host does in rcnn/targets.c,
 * of all pictures at once, so that nobody waits for the proposals. They are
 * sorted, for the best of them; a block a picture lists its own, finds which
 * truth each belongs to and draws lots; these are sorted; and a thread a
 * region writes down what it should be.
 */
#include "nn/cuda/kernels.h"
#include "nn/cuda/launch.h"

/* A region that may be chosen; truths that are no crowds come first. */
struct candidate {
	float box[4]; /* in pixels of the original */
	int32_t truth;
};

/* What a candidate is drawn as; it can be both of the first two. */
enum { OBJECT, BACKGROUND, NEITHER, KINDS };

/* ---- what is where in the scratch ---- */

struct places {
	int64_t slots; /* for proposals of the batch */
	int64_t room;  /* for candidates of a picture */
	int64_t items, size;
	uint64_t *key[2];
	int32_t *value[2];
	void *sort;
	size_t sort_size;
	struct candidate *candidate; /* n room */
	int32_t *drawn;              /* n 2: objects, background there are */
};

static struct places places(const struct nn_choose *p, char *base)
{
	struct places s = {};
	int64_t own = (int64_t)p->levels * p->after;

	s.slots = p->n * own;
	s.room = p->truths + (own < p->most ? own : p->most);
	s.items = 2 * p->n * s.room;
	s.items = s.slots > s.items ? s.slots : s.items;
	s.sort_size = cuda_sort_scratch(s.items);
	for (int i = 0; i < 2; i++) {
		s.key[i] = (uint64_t *)nn_take(
			base, &s.size, s.items * (int64_t)sizeof(uint64_t));
		s.value[i] = (int32_t *)nn_take(
			base, &s.size, s.items * (int64_t)sizeof(int32_t));
	}
	s.sort = nn_take(base, &s.size, (int64_t)s.sort_size);
	s.candidate = (struct candidate *)nn_take(base, &s.size,
		p->n * s.room * (int64_t)sizeof(struct candidate));
	s.drawn = (int32_t *)nn_take(
		base, &s.size, 2 * p->n * (int64_t)sizeof(int32_t));
	return s;
}

/* ---- kernels ---- */

/* By score, the highest first, of all pictures or of each; what is no proposal
 * comes last. */
__global__ void __launch_bounds__(NN_BLOCK)
	rank_keys(const __grid_constant__ struct nn_choose p, int64_t slots,
		uint64_t *key, int32_t *value)
{
	int64_t step = (int64_t)gridDim.x * NN_BLOCK;

	for (int64_t i = (int64_t)blockIdx.x * NN_BLOCK + threadIdx.x;
		i < slots; i += step) {
		int64_t list = i / p.after, im = list / p.levels;
		bool there = i - list * p.after < p.count[list];
		uint64_t group = !there ? (uint64_t)p.n
				 : p.together ? 0
					      : (uint64_t)im;

		key[i] = group << 32 |
			 (there ? (uint32_t)~nn_sort_key(p.proposal[i].score)
				: 0);
		value[i] = (int32_t)i;
	}
}

/* Proposals of pictures from..to. */
static __device__ int64_t proposals(
	const struct nn_choose *p, int64_t from, int64_t to)
{
	int64_t n = 0;

	for (int64_t i = from * p->levels; i < to * p->levels; i++)
		n += p->count[i];
	return n;
}

/* The candidates of picture im, whose proposals are sorted: how many. All
 * threads of a block call it. */
static __device__ int32_t list_candidates(const struct nn_choose *p, int32_t im,
	const int32_t *order, struct candidate *to)
{
	int64_t own = (int64_t)p->levels * p->after, first, end;
	float shrink = (float)(1 / (double)p->view[im].scale);
	int32_t n = 0, more;

	first = p->together ? 0 : proposals(p, 0, im);
	end = p->together ? proposals(p, 0, p->n) : proposals(p, im, im + 1);
	end = first + (end < p->most ? end : p->most);
	for (int32_t at = p->first[im]; at < p->first[im + 1]; at += NN_BLOCK) {
		int32_t i = at + threadIdx.x;
		bool mine = i < p->first[im + 1] && !p->truth[i].crowd;
		int32_t place = n + nn_place_of(mine, &more);

		if (mine) {
			for (int k = 0; k < 4; k++)
				to[place].box[k] = p->truth[i].box[k];
			to[place].truth = i - p->first[im];
		}
		n += more;
	}
	for (int64_t at = first; at < end; at += NN_BLOCK) {
		int64_t i = at + threadIdx.x;
		bool mine = i < end && order[i] / own == im;
		int32_t place = n + nn_place_of(mine, &more);

		if (mine) {
			for (int k = 0; k < 4; k++)
				to[place].box[k] =
					p->proposal[order[i]].box[k] * shrink;
			to[place].truth = -1; /* to be found */
		}
		n += more;
	}
	__syncthreads();
	return n;
}

/* What a candidate may be drawn as, and whose it is. */
static __device__ void judge(const struct nn_choose *p, int32_t im,
	struct candidate *c, bool may[2])
{
	const struct nn_choose_truth *truth = p->truth + p->first[im];
	float iou;

	may[OBJECT] = true;
	may[BACKGROUND] = false;
	if (c->truth >= 0)
		return;
	c->truth = nn_most_overlapped(c->box, (const float *)truth,
		sizeof *truth / sizeof(float), p->first[im + 1] - p->first[im],
		p->pixel, &iou);
	may[OBJECT] = iou >= p->fg && !(iou > 0 && truth[c->truth].crowd);
	may[BACKGROUND] = iou >= p->bg_lo && iou < p->bg_hi;
}

/* A block a picture. */
__global__ void __launch_bounds__(NN_BLOCK)
	draw_lots(const __grid_constant__ struct nn_choose p, int64_t room,
		const int32_t *order, struct candidate *all, uint64_t *key,
		int32_t *value, int32_t *drawn)
{
	int32_t im = blockIdx.x, count[2] = {0, 0}, n, more;
	uint64_t lots = p.seed ? p.seed[im] + NN_LOTS_REGIONS : 0;
	struct candidate *own = all + im * room;

	n = list_candidates(&p, im, order, own);
	for (int64_t at = 0; at < room; at += NN_BLOCK) {
		int64_t i = at + threadIdx.x;
		bool may[2] = {false, false};

		if (i < n)
			judge(&p, im, own + i, may);
		for (int k = 0; k < 2; k++) {
			int64_t item = 2 * (im * room + i) + k;
			uint64_t kind = (uint64_t)im * KINDS +
					(uint64_t)(may[k] ? k : NEITHER);

			nn_place_of(may[k], &more);
			count[k] += more;
			if (i >= room)
				continue;
			key[item] = kind << 32 |
				    (p.seed ? nn_lot(lots, (uint32_t)i)
					    : (uint32_t)i);
			value[item] = (int32_t)i;
		}
	}
	for (int k = 0; k < 2 && threadIdx.x == 0; k++)
		drawn[2 * im + k] = count[k];
}

/* How many of a picture's are chosen: objects, background. */
static __device__ void chosen(
	const struct nn_choose *p, const int32_t *drawn, int32_t n[2])
{
	int32_t left;

	n[OBJECT] = drawn[OBJECT] < p->most_fg ? drawn[OBJECT] : p->most_fg;
	left = p->batch - n[OBJECT];
	n[BACKGROUND] = drawn[BACKGROUND] < left ? drawn[BACKGROUND] : left;
}

/* Row i of picture im: an object, whose truth it is, or background (NULL). */
static __device__ void write_row(const struct nn_choose *p,
	const struct nn_choice *to, int32_t im, int64_t row, const float box[4],
	const struct nn_choose_truth *is, float share)
{
	float *roi = to->roi + 5 * row;

	roi[0] = (float)im;
	for (int k = 0; k < 4; k++)
		roi[1 + k] = box[k] * p->view[im].scale;
	to->at[row] = nn_box_level(roi + 1, p->pixel, p->scale, p->level,
			      p->level_min, p->level_max, p->level_in,
			      p->level_out) -
		      p->level_min;
	to->label[row] = is ? is->label : share > 0 ? 0 : -1;
	to->share[row] = share;
}

static __device__ void write_object(const struct nn_choose *p,
	const struct nn_choice *to, int64_t row, int64_t at, const float box[4],
	const struct nn_choose_truth *is, float share)
{
	int64_t kind = is && !p->agnostic ? is->label : 1;

	if (is)
		nn_box_encode(box, is->box, p->weight, p->pixel,
			to->delta + 4 * at);
	for (int k = 0; k < 4; k++) {
		to->place[4 * at + k] =
			is ? (int32_t)(row * p->channels + 4 * kind + k) : -1;
		to->part[4 * at + k] = is ? share : 0;
		if (!is)
			to->delta[4 * at + k] = 0;
	}
}

/* A thread a region. */
__global__ void __launch_bounds__(NN_BLOCK)
	write_down(const __grid_constant__ struct nn_choose p, int64_t room,
		const int32_t *order, const struct candidate *all,
		const int32_t *drawn, const __grid_constant__ nn_choice to)
{
	int64_t rows = (int64_t)p.n * p.batch;
	int64_t step = (int64_t)gridDim.x * NN_BLOCK;
	int32_t objects = 0, regions = 0, n[2];

	for (int32_t im = 0; im < p.n; im++) {
		chosen(&p, drawn + 2 * im, n);
		objects += n[OBJECT];
		regions += n[OBJECT] + n[BACKGROUND];
	}
	for (int64_t row = (int64_t)blockIdx.x * NN_BLOCK + threadIdx.x;
		row < rows; row += step) {
		int32_t im = (int32_t)(row / p.batch);
		int32_t i = (int32_t)(row - (int64_t)im * p.batch);
		const int32_t *lots = order + 2 * im * room;
		const struct candidate *c = 0;
		const struct nn_choose_truth *is = 0;
		const float none[4] = {0, 0, 0, 0};
		float share = 0;

		chosen(&p, drawn + 2 * im, n);
		if (i < n[OBJECT])
			c = all + im * room + lots[i];
		else if (i < n[OBJECT] + n[BACKGROUND])
			c = all + im * room +
			    lots[drawn[2 * im] + i - n[OBJECT]];
		if (i < n[OBJECT])
			is = p.truth + p.first[im] + c->truth;
		if (c)
			share = 1 / (float)regions;
		write_row(&p, &to, im, row, c ? c->box : none, is, share);
		if (i < p.most_fg)
			write_object(&p, &to, row,
				(int64_t)im * p.most_fg + i, c ? c->box : none,
				is, share);
	}
	if (blockIdx.x == 0 && threadIdx.x == 0) {
		to.tally[0] = objects;
		to.tally[1] = regions;
	}
}

/* ---- all of it ---- */

extern "C" int64_t cuda_choose_scratch(const struct nn_choose *p)
{
	return places(p, 0).size;
}

extern "C" void cuda_choose(cudaStream_t s, const struct nn_choose *p,
	void *scratch, const struct nn_choice *to)
{
	struct places at = places(p, (char *)scratch);
	int sorted;

	NN_LAUNCH(rank_keys, nn_blocks(at.slots, NN_BLOCK), NN_BLOCK, s, *p,
		at.slots, at.key[0], at.value[0]);
	sorted = cuda_sort(s, at.sort, at.sort_size, at.key, at.value, at.slots,
		p->n + 1);
	/* Lots go where proposals were sorted from. */
	NN_LAUNCH(draw_lots, (unsigned)p->n, NN_BLOCK, s, *p, at.room,
		at.value[sorted], at.candidate, at.key[!sorted],
		at.value[!sorted], at.drawn);
	{
		uint64_t *const key[2] = {at.key[!sorted], at.key[sorted]};
		int32_t *const value[2] = {
			at.value[!sorted], at.value[sorted]};
		int last = cuda_sort(s, at.sort, at.sort_size, key, value,
			2 * p->n * at.room, (int64_t)p->n * KINDS);

		NN_LAUNCH(write_down,
			nn_blocks((int64_t)p->n * p->batch, NN_BLOCK), NN_BLOCK,
			s, *p, at.room, value[last], at.candidate, at.drawn,
			*to);
	}
}
