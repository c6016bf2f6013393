#include "rcnn/targets.h"

#include "rcnn_golden.h"

static struct arena a;

static const struct rcnn_rpn_rule rpn_rule = {{0.7f, 0.3f, 0}, 256, 128, true};
static const struct rcnn_roi_rule roi_rule = {.fg = 0.5f,
	.bg_hi = 0.5f,
	.batch = 64,
	.most_fg = 16,
	.weight = {10, 10, 5, 5},
	.pixel = 1};

/* Two objects and a crowd, in pixels of an original half the size. */
static const struct rcnn_truth truths[] = {
	{{5, 5, 25, 20}, 2, false},
	{{30, 10, 50, 40}, 1, false},
	{{0, 30, 15, 45}, 3, true},
};
static const struct rcnn_view view = {128, 96, 2};

static void rpn_sample(int ntruths, const struct rcnn_rpn_rule *rule,
	uint64_t seed, struct rcnn_rpn_targets *t)
{
	const struct rcnn_anchors anchors = golden_pyramid();

	rcnn_rpn_sample(&anchors, &view, truths, ntruths, rule, seed, &a, t);
}

static bool ascending(const int32_t *v, int n)
{
	for (int i = 1; i < n; i++)
		if (v[i] <= v[i - 1])
			return false;
	return true;
}

/* Anchors that are object and background. */
static int in_both(const struct rcnn_rpn_targets *t)
{
	int both = 0;

	for (int i = 0; i < t->nfg; i++)
		for (int j = t->nfg; j < t->n; j++)
			both += t->index[i] == t->index[j];
	return both;
}

static void test_rpn(void)
{
	static const float ones[4] = {1, 1, 1, 1};
	const struct rcnn_anchors anchors = golden_pyramid();
	struct rcnn_rpn_targets t, again;
	int wrong = 0;

	rpn_sample(3, &rpn_rule, 1, &t);
	ok(t.nfg >= 2 && t.nfg <= 128, "each truth has an object");
	ok(t.n > 200 && t.n < 256, "drawn with replacement: below 256");
	ok(ascending(t.index, t.nfg) && ascending(t.index + t.nfg, t.n - t.nfg),
		"all different, in order");
	for (int i = 0; i < t.n; i++) {
		struct rcnn_box b = rcnn_anchor(&anchors, t.index[i]), back;
		float iou[2];

		for (int j = 0; j < 2; j++) {
			struct rcnn_box s = rcnn_box_scale(&truths[j].box, 2);

			iou[j] = rcnn_box_iou(&b, &s, 1);
		}
		wrong += b.x1 < 0 || b.y1 < 0 || b.x2 >= 128 || b.y2 >= 96;
		wrong += t.label[i] != (i < t.nfg);
		if (i >= t.nfg) {
			wrong += iou[0] >= 0.3f || iou[1] >= 0.3f;
			continue;
		}
		back = rcnn_box_decode(&b, t.delta + 4 * i, ones, 1);
		wrong += fabsf(back.x2 - 2 * truths[iou[1] > iou[0]].box.x2) >
			 1e-3f;
	}
	is_int(wrong, 0, "inside, labelled, and aimed at their truth");

	rpn_sample(3, &rpn_rule, 1, &again);
	ok(again.n == t.n && !memcmp(again.index, t.index,
				     (size_t)t.n * sizeof *t.index),
		"the same seed, the same anchors");
	rpn_sample(3, &rpn_rule, 2, &again);
	ok(again.n != t.n || memcmp(again.index, t.index,
				     (size_t)t.n * sizeof *t.index),
		"another seed, others");
	arena_reset(&a);
}

static void test_rpn_limits(void)
{
	const struct rcnn_anchors anchors = golden_pyramid();
	struct rcnn_rpn_rule few = {{0.3f, 0.3f, 0}, 20, 5, true};
	struct rcnn_rpn_rule all = {{0.7f, 0.3f, -1}, 100000, 1000, true};
	struct rcnn_rpn_targets t;
	int most = 0;

	for (uint64_t seed = 0; seed < 20; seed++) {
		rpn_sample(2, &few, seed, &t);
		most = t.nfg > most ? t.nfg : most;
		if (t.n > 20)
			most = 99;
	}
	is_int(most, 5, "five objects of twenty at most");
	rpn_sample(2, &all, 0, &t);
	ok(t.n > 1000 && t.n < anchors.total && t.nfg > 0,
		"where more is asked for, all of the background");
	rpn_sample(0, &rpn_rule, 0, &t);
	ok(t.nfg == 0 && t.n > 200, "without truths all is background");
	arena_reset(&a);
}

/* One anchor touches this truth best, by less than 0.3, so that background may
 * take it. */
static void test_rpn_overwrite(void)
{
	const struct rcnn_truth tiny = {{0, 0, 2, 2}, 1, false};
	const struct rcnn_anchors anchors = golden_pyramid();
	struct rcnn_rpn_rule rule = {{0.7f, 0.3f, 0}, 900, 128, true};
	struct rcnn_rpn_targets t;
	int lost = 0, kept = 0, both = 0;

	for (uint64_t seed = 0; seed < 30; seed++) {
		rcnn_rpn_sample(&anchors, &view, &tiny, 1, &rule, seed, &a, &t);
		both += in_both(&t);
		kept += t.nfg > 0;
		lost += t.nfg == 0;
	}
	ok(kept > 0 && lost > 0, "a poor best anchor may become background");
	is_int(both, 0, "and is never both");
	rule.batch = 100000;
	rcnn_rpn_sample(&anchors, &view, &tiny, 1, &rule, 0, &a, &t);
	ok(t.nfg == 1 && in_both(&t) == 0, "nor is it where all are taken");
	arena_reset(&a);
}

static void test_roi(void)
{
	struct rcnn_box p[200];
	struct rcnn_roi_targets t, other;
	uint32_t x = 77;
	int wrong = 0;

	/* Near the objects, in the network's pixels, and anywhere. */
	for (int i = 0; i < 200; i++) {
		p[i] = draw_box(&x, 90, 60, 10, 36);
		if (i % 3 == 0) {
			p[i] = rcnn_box_scale(&truths[i % 2].box, 2);
			p[i].x1 += draw_real(&x, -4, 4);
			p[i].y2 += draw_real(&x, -4, 4);
		}
	}
	rcnn_roi_sample(p, 200, &view, truths, 3, &roi_rule, 7, &a, &t);
	is_int(t.n, 64, "a full batch");
	is_int(t.nfg, 16, "a quarter objects");
	for (int i = 0; i < t.n; i++) {
		struct rcnn_box b = rcnn_box_scale(&t.roi[i], 0.5f), back;
		float iou[2] = {rcnn_box_iou(&b, &truths[0].box, 1),
			rcnn_box_iou(&b, &truths[1].box, 1)};
		int best = iou[1] > iou[0];

		if (i >= t.nfg) {
			wrong += t.label[i] != 0 || iou[best] >= 0.5f;
			continue;
		}
		back = rcnn_box_decode(&b, t.delta + 4 * i, roi_rule.weight, 1);
		wrong += t.label[i] != truths[best].label || iou[best] < 0.5f ||
			 fabsf(back.x1 - truths[best].box.x1) > 1e-3f;
		for (int j = 0; j < i; j++)
			wrong += !memcmp(&t.roi[i], &t.roi[j], sizeof t.roi[i]);
	}
	is_int(wrong, 0, "each with the label and box of its truth, once");
	rcnn_roi_sample(p, 200, &view, truths, 3, &roi_rule, 7, &a, &other);
	ok(!memcmp(t.roi, other.roi, 64 * sizeof *t.roi), "as often as asked");
	rcnn_roi_sample(p, 200, &view, truths, 3, &roi_rule, 8, &a, &other);
	ok(memcmp(t.roi, other.roi, 16 * sizeof *t.roi),
		"of another seed: others");
	arena_reset(&a);
}

static void test_roi_edges(void)
{
	struct rcnn_box crowd = rcnn_box_scale(&truths[2].box, 2);
	struct rcnn_box far = {100, 80, 120, 90};
	struct rcnn_roi_rule rule = roi_rule;
	struct rcnn_roi_targets t;

	rcnn_roi_sample(&crowd, 1, &view, truths, 3, &rule, 7, &a, &t);
	ok(t.n == 2 && t.nfg == 2,
		"a crowd is neither, the truths are objects");
	is_int(t.label[0] + t.label[1], 3, "of their labels");
	ok(t.delta[0] == 0 && t.delta[7] == 0, "already where they should be");
	rcnn_roi_sample(&far, 1, &view, truths, 2, &rule, 7, &a, &t);
	ok(t.n == 3 && t.nfg == 2 && t.label[2] == 0 &&
			!memcmp(&t.roi[2], &far, sizeof far),
		"what touches nothing is background");
	rule.bg_lo = 0.1f;
	rcnn_roi_sample(&far, 1, &view, truths, 2, &rule, 7, &a, &t);
	is_int(t.n, 2, "unless background has to touch");
	rcnn_roi_sample(NULL, 0, &view, truths, 0, &rule, 7, &a, &t);
	is_int(t.n, 0, "of none, none");
	arena_reset(&a);
}

int main(void)
{
	test_rpn();
	test_rpn_limits();
	test_rpn_overwrite();
	test_roi();
	test_roi_edges();
	arena_release(&a);
	return done();
}
