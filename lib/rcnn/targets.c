#include "rcnn/targets.h"

#include <stdlib.h>
#include <string.h>

static int by_index(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

static void sort(int32_t *v, int n)
{
	qsort(v, (size_t)n, sizeof *v, by_index);
}

/* Drop what a sorted list has twice; returns how many are left. */
static int unique(int32_t *v, int n)
{
	int m = 0;

	for (int i = 0; i < n; i++)
		if (m == 0 || v[i] != v[m - 1])
			v[m++] = v[i];
	return m;
}

/* Drop those of v that are in w, both sorted; returns how many are left. */
static int without(int32_t *v, int n, const int32_t *w, int nw)
{
	int m = 0, j = 0;

	for (int i = 0; i < n; i++) {
		while (j < nw && w[j] < v[i])
			j++;
		if (j == nw || w[j] != v[i])
			v[m++] = v[i];
	}
	return m;
}

/* The box that b overlaps most, the first of equals, and how much. */
static int most_overlapped(const struct rcnn_box *b, const struct rcnn_box *box,
	int n, float pixel, float *iou)
{
	return nn_most_overlapped(
		(const float *)b, (const float *)box, 4, n, pixel, iou);
}

/* Choose what teaches from the matches, into t->index. */
static void choose_anchors(const struct rcnn_matches *m,
	const struct rcnn_rpn_rule *rule, uint64_t seed, struct arena *a,
	struct rcnn_rpn_targets *t)
{
	uint64_t lots = seed + NN_LOTS_BACKGROUND;
	int want, nbg = m->nbg;
	int32_t *bg = m->bg;

	t->nfg = nn_draw(seed + NN_LOTS_OBJECTS, m->fg, m->nfg, rule->most_fg);
	memcpy(t->index, m->fg, (size_t)t->nfg * sizeof *t->index);
	sort(t->index, t->nfg);
	want = rule->batch - t->nfg;
	if (!rule->redraw) {
		nbg = nn_draw(lots, bg, nbg, want);
		sort(bg, nbg);
	} else if (nbg > want) {
		bg = arena_alloc(a, (size_t)want * sizeof *bg);
		for (int i = 0; i < want; i++)
			bg[i] = m->bg[nn_lot_below(lots, (uint32_t)i, nbg)];
		sort(bg, want);
		nbg = unique(bg, want);
		t->nfg = without(t->index, t->nfg, bg, nbg);
	} else {
		nbg = without(bg, nbg, t->index, t->nfg);
	}
	memcpy(t->index + t->nfg, bg, (size_t)nbg * sizeof *bg);
	t->n = t->nfg + nbg;
}

void rcnn_rpn_sample(const struct rcnn_anchors *anchors,
	const struct rcnn_view *view, const struct rcnn_truth *truth,
	int ntruths, const struct rcnn_rpn_rule *rule, uint64_t seed,
	struct arena *a, struct rcnn_rpn_targets *t)
{
	static const float weight[4] = {1, 1, 1, 1};
	size_t most = (size_t)rule->batch;
	struct rcnn_matches m;
	struct arena_mark scratch;
	struct rcnn_box *box;
	int n = 0;

	t->index = arena_alloc(a, most * sizeof *t->index);
	t->label = arena_alloc(a, most * sizeof *t->label);
	t->delta = arena_alloc(a, most * 4 * sizeof *t->delta);
	scratch = arena_mark(a);
	box = arena_alloc(a, (size_t)ntruths * sizeof *box);
	for (int i = 0; i < ntruths; i++)
		if (!truth[i].crowd)
			box[n++] = rcnn_box_scale(&truth[i].box, view->scale);
	rcnn_match(anchors, view, box, n, &rule->match, !rule->redraw, a, &m);
	choose_anchors(&m, rule, seed, a, t);
	for (int i = 0; i < t->n; i++)
		t->label[i] = i < t->nfg;
	for (int i = 0; i < t->nfg; i++) {
		struct rcnn_box from = rcnn_anchor(anchors, t->index[i]);
		float iou;
		int best = most_overlapped(&from, box, n, anchors->pixel, &iou);

		rcnn_box_encode(&from, &box[best], weight, anchors->pixel,
			t->delta + 4 * i);
	}
	arena_back(a, scratch);
}

/* One of them, by lot. */
struct lot {
	uint32_t lot;
	int32_t index;
};

static int by_lot(const void *a, const void *b)
{
	const struct lot *x = a, *y = b;

	if (x->lot != y->lot)
		return x->lot < y->lot ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

/* Those of n indices with the lowest lots go to the front; returns k, or n
 * where there are not so many. */
static int draw_lots(uint64_t seed, int32_t *v, int n, int k, struct arena *a)
{
	struct lot *lot = arena_alloc(a, (size_t)n * sizeof *lot);

	for (int i = 0; i < n; i++)
		lot[i] = (struct lot){
			nn_lot(seed + NN_LOTS_REGIONS, (uint32_t)v[i]), v[i]};
	qsort(lot, (size_t)n, sizeof *lot, by_lot);
	for (int i = 0; i < n; i++)
		v[i] = lot[i].index;
	return k < n ? k : n;
}

/* Regions that may be chosen, in pixels of the original: truths, then
 * proposals. */
struct regions {
	struct rcnn_box *box;
	int32_t *truth; /* that it overlaps most */
	int32_t *fg, *bg;
	int n, nfg, nbg;
};

static void add_region(struct regions *r, const struct rcnn_box *b, int truth,
	bool is_fg, bool is_bg)
{
	r->box[r->n] = *b;
	r->truth[r->n] = truth;
	if (is_fg)
		r->fg[r->nfg++] = r->n;
	if (is_bg)
		r->bg[r->nbg++] = r->n;
	r->n++;
}

static void find_regions(struct regions *r, const struct rcnn_box *proposal,
	int n, float scale, const struct rcnn_truth *truth, int ntruths,
	const struct rcnn_roi_rule *rule, struct arena *a)
{
	size_t most = (size_t)n + (size_t)ntruths;
	struct rcnn_box *box = arena_alloc(a, (size_t)ntruths * sizeof *box);
	float shrink = (float)(1 / (double)scale);

	*r = (struct regions){.box = arena_alloc(a, most * sizeof *r->box),
		.truth = arena_alloc(a, most * sizeof *r->truth),
		.fg = arena_alloc(a, most * sizeof *r->fg),
		.bg = arena_alloc(a, most * sizeof *r->bg)};
	for (int i = 0; i < ntruths; i++) {
		box[i] = truth[i].box;
		if (!truth[i].crowd)
			add_region(r, &box[i], i, true, false);
	}
	for (int i = 0; i < n; i++) {
		struct rcnn_box b = rcnn_box_scale(&proposal[i], shrink);
		float iou;
		int best = most_overlapped(&b, box, ntruths, rule->pixel, &iou);
		bool crowd = iou > 0 && truth[best].crowd;

		add_region(r, &b, best, iou >= rule->fg && !crowd,
			iou >= rule->bg_lo && iou < rule->bg_hi);
	}
}

void rcnn_roi_sample(const struct rcnn_box *proposal, int n,
	const struct rcnn_view *view, const struct rcnn_truth *truth,
	int ntruths, const struct rcnn_roi_rule *rule, uint64_t seed,
	struct arena *a, struct rcnn_roi_targets *t)
{
	size_t most = (size_t)rule->batch;
	struct arena_mark scratch;
	struct regions r;
	int nbg;

	t->roi = arena_alloc(a, most * sizeof *t->roi);
	t->label = arena_alloc(a, most * sizeof *t->label);
	t->delta = arena_alloc(a, most * 4 * sizeof *t->delta);
	scratch = arena_mark(a);
	find_regions(&r, proposal, n, view->scale, truth, ntruths, rule, a);
	t->nfg = draw_lots(seed, r.fg, r.nfg, rule->most_fg, a);
	nbg = draw_lots(seed, r.bg, r.nbg, rule->batch - t->nfg, a);
	t->n = t->nfg + nbg;
	for (int i = 0; i < t->n; i++) {
		bool fg = i < t->nfg;
		int32_t from = fg ? r.fg[i] : r.bg[i - t->nfg];
		const struct rcnn_truth *to = &truth[r.truth[from]];

		t->roi[i] = rcnn_box_scale(&r.box[from], view->scale);
		t->label[i] = fg ? to->label : 0;
		if (fg)
			rcnn_box_encode(&r.box[from], &to->box, rule->weight,
				rule->pixel, t->delta + 4 * i);
	}
	arena_back(a, scratch);
}
