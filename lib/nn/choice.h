/*
 * Regions that are chosen to learn from (rcnn/targets.h says how), as far as a
 * device and the host must agree on the arithmetic. Each has a lot; the lowest
 * win, so that nobody has to know how many there are before drawing. Without
 * truths and lots they are the best proposals: those to look at.
 */
#ifndef NN_CHOICE_H
#define NN_CHOICE_H

#include "nn/proposal.h"

struct nn_choose_truth {
	float box[4]; /* in pixels of the original */
	int32_t label, crowd;
};

/* Pointers are the device's. */
struct nn_choose {
	int32_t n, levels, after; /* proposals: n levels after; */
	const struct nn_proposal *proposal;
	const int32_t *count; /* n levels: how many there are */
	/* The best that are kept, of all pictures together, or of each. */
	int32_t most, together;
	const struct nn_propose_view *view; /* n */
	/* Picture i's are those from first[i] to first[i + 1]. */
	const struct nn_choose_truth *truth;
	const int32_t *first;   /* n + 1 */
	int32_t truths;         /* no picture has more */
	const uint64_t *seed;   /* n: of the lots; NULL: the first win */
	int32_t batch, most_fg; /* regions a picture, and of them objects */
	float fg, bg_hi, bg_lo, pixel, weight[4];
	/* The levels that regions are taken from: nn_box_level. */
	int32_t level_min, level_max, level;
	float scale, level_in, level_out;
	int32_t channels, agnostic; /* of what the regressor says */
};

/* What becomes of them, on the device: as many regions for each picture,
 * objects first, and those that are too many count nothing. */
struct nn_choice {
	float *roi;     /* n*batch 5: picture, x1 y1 x2 y2, as roi_align's */
	int32_t *at;    /* n*batch: their levels, from level_min */
	int32_t *label; /* n*batch: 1..K, 0 background, -1 none */
	float *share;   /* n*batch: 1 / regions of the batch, 0 of none */
	int32_t *place; /* n*most_fg 4: in the deltas of all; -1 none */
	float *delta;   /* n*most_fg 4: what should be there */
	float *part;    /* n*most_fg 4: the region's share */
	int32_t *tally; /* 2: objects, regions */
};

NN_HD uint32_t nn_lot(uint64_t seed, uint32_t i)
{
	/* The finaliser of SplitMix64 (Steele, Lea, Flood 2014). */
	uint64_t x = seed + (i + (uint64_t)1) * 0x9e3779b97f4a7c15;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return (uint32_t)((x ^ x >> 31) >> 32);
}

/* A number below n, n > 0; by multiplication (Lemire 2019). */
NN_HD int32_t nn_lot_below(uint64_t seed, uint32_t i, int32_t n)
{
	return (int32_t)((uint64_t)nn_lot(seed, i) * (uint64_t)n >> 32);
}

/* Move k of n numbers, drawn without replacement, to the front; returns k, or n
 * where there are not so many, which stay where they are. */
NN_HD int32_t nn_draw(uint64_t seed, int32_t *v, int32_t n, int32_t k)
{
	if (n <= k)
		return n;
	for (int32_t i = 0; i < k; i++) {
		int32_t j = i + nn_lot_below(seed, (uint32_t)i, n - i);
		int32_t t = v[i];

		v[i] = v[j];
		v[j] = t;
	}
	return k;
}

NN_HD float nn_box_iou(const float a[4], const float b[4], float pixel)
{
	float w = fminf(a[2], b[2]) - fmaxf(a[0], b[0]) + pixel;
	float h = fminf(a[3], b[3]) - fmaxf(a[1], b[1]) + pixel;
	float areas[2];

	if (!(w > 0 && h > 0))
		return 0;
	areas[0] = (a[2] - a[0] + pixel) * (a[3] - a[1] + pixel);
	areas[1] = (b[2] - b[0] + pixel) * (b[3] - b[1] + pixel);
	return w * h / (areas[0] + areas[1] - w * h);
}

NN_HD void nn_box_encode(const float from[4], const float to[4],
	const float weight[4], float pixel, float delta[4])
{
	float w = from[2] - from[0] + pixel, h = from[3] - from[1] + pixel;
	float tw = to[2] - to[0] + pixel, th = to[3] - to[1] + pixel;
	float x = from[0] + 0.5f * w, y = from[1] + 0.5f * h;
	float tx = to[0] + 0.5f * tw, ty = to[1] + 0.5f * th;

	delta[0] = weight[0] * (tx - x) / w;
	delta[1] = weight[1] * (ty - y) / h;
	delta[2] = weight[2] * logf(tw / w);
	delta[3] = weight[3] * logf(th / h);
}

/* A level of a pyramid, min to max, by the square root of a box's area over
 * the scale that belongs to `level`; in and out are a convention's. */
NN_HD int32_t nn_box_level(const float b[4], float pixel, float scale,
	int32_t level, int32_t min, int32_t max, float in, float out)
{
	float area = (b[2] - b[0] + pixel) * (b[3] - b[1] + pixel);
	float at = floorf((float)level + log2f(sqrtf(area) / scale + in) + out);

	/* Written so that a NaN gives min. */
	if (!(at > (float)min))
		return min;
	return at > (float)max ? max : (int32_t)at;
}

/* Of n boxes, `stride` floats apart, the one that b overlaps most, the first of
 * equals; and how much. */
NN_HD int32_t nn_most_overlapped(const float b[4], const float *box,
	int32_t stride, int32_t n, float pixel, float *iou)
{
	int32_t best = 0;

	*iou = 0;
	for (int32_t i = 0; i < n; i++) {
		float v = nn_box_iou(b, box + i * stride, pixel);

		if (v > *iou) {
			*iou = v;
			best = i;
		}
	}
	return best;
}

#endif
