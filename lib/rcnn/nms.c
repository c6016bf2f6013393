#include "rcnn/nms.h"
#include "nn/proposal.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { BLOCK = 64 }; /* kept boxes that are looked at in one go */

/*
 * Sort items by their upper half, highest first, those that are equal in the
 * order they came: a radix sort, byte by byte. Returns items or spare.
 */
static uint64_t *sort_items(uint64_t *items, uint64_t *spare, int n)
{
	for (int shift = 32; shift < 64; shift += 8) {
		int at[256] = {0}, sum = 0;
		uint64_t *t = items;

		for (int i = 0; i < n; i++)
			at[items[i] >> shift & 255]++;
		for (int b = 255; b >= 0; b--) {
			int count = at[b];

			at[b] = sum;
			sum += count;
		}
		for (int i = 0; i < n; i++)
			spare[at[items[i] >> shift & 255]++] = items[i];
		items = spare;
		spare = t;
	}
	return items;
}

int rcnn_top(const float *score, int n, int k, struct arena *a, int32_t **order)
{
	enum { SHIFT = 20, BINS = 1 << (32 - SHIFT) };
	int32_t count[BINS] = {0};
	int bin = BINS - 1, many = 0, m = 0;
	struct arena_mark mark;
	uint64_t *items;

	k = k < n ? k : n;
	*order = arena_alloc(a, (size_t)k * sizeof **order);
	if (k == 0)
		return 0;
	/* Only what may be among the first k is worth sorting. */
	for (int i = 0; i < n; i++)
		count[nn_sort_key(score[i]) >> SHIFT]++;
	while ((many += count[bin]) < k)
		bin--;
	mark = arena_mark(a);
	items = arena_alloc(a, 2 * (size_t)many * sizeof *items);
	for (int i = 0; i < n; i++) {
		uint32_t key = nn_sort_key(score[i]);

		if (key >> SHIFT >= (uint32_t)bin)
			items[m++] = (uint64_t)key << 32 | (uint32_t)i;
	}
	items = sort_items(items, items + many, many);
	for (int i = 0; i < k; i++)
		(*order)[i] = (int32_t)(items[i] & UINT32_MAX);
	arena_back(a, mark);
	return k;
}

/* The boxes that are kept, a coordinate at a time. */
struct kept {
	float *x1, *y1, *x2, *y2, *area;
};

/* Does one of the boxes from..from+n-1 overlap b so much? */
static bool overlapped(const struct kept *k, int from, int n,
	const struct rcnn_box *b, float area, float threshold, float pixel)
{
	const float *x1 = k->x1 + from, *y1 = k->y1 + from;
	const float *x2 = k->x2 + from, *y2 = k->y2 + from;
	const float *areas = k->area + from;
	int hit = 0;

	for (int i = 0; i < n; i++) {
		float w = nn_shared_side(x1[i], x2[i], b->x1, b->x2, pixel);
		float h = nn_shared_side(y1[i], y2[i], b->y1, b->y2, pixel);
		float both = w * h;

		hit |= both / (areas[i] + area - both) >= threshold;
	}
	return hit;
}

int rcnn_nms(const struct rcnn_box *box, int n, float threshold, float pixel,
	int max, struct arena *a, int32_t *keep)
{
	struct arena_mark mark = arena_mark(a);
	size_t room = (size_t)(n < max ? n : max);
	float *p = arena_alloc(a, 5 * room * sizeof *p);
	struct kept k = {p, p + room, p + 2 * room, p + 3 * room, p + 4 * room};
	int m = 0;

	for (int i = 0; i < n && m < max; i++) {
		const struct rcnn_box *b = &box[i];
		float area = rcnn_box_area(b, pixel);
		bool hit = false;

		/* Most boxes fall to one of the best: look there first. */
		for (int j = 0; j < m && !hit; j += BLOCK)
			hit = overlapped(&k, j, m - j < BLOCK ? m - j : BLOCK,
				b, area, threshold, pixel);
		if (hit)
			continue;
		k.x1[m] = b->x1;
		k.y1[m] = b->y1;
		k.x2[m] = b->x2;
		k.y2[m] = b->y2;
		k.area[m] = area;
		keep[m++] = i;
	}
	arena_back(a, mark);
	return m;
}
