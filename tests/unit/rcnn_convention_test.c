/* Boxes by the ways of others: anchors, codes, overlaps, matches. */
#include "rcnn/postprocess.h"
#include "rcnn_ways.h"

static void test_anchors(void)
{
	static const int32_t some[] = {777, 2500, 3023};
	static const double ratios[] = {0.5, 1, 2};
	struct rcnn_anchors all = golden_pyramid_of(as);
	struct golden g;

	for (int stride = 4; stride <= 64; stride *= 2) {
		struct rcnn_anchors one = {0};
		char name[16];

		snprintf(name, sizeof name, "anchors%d", stride);
		table(&g, name);
		rcnn_anchors_add(
			&one, as, 2, 2, stride, stride, 8 * stride, ratios, 3);
		for (int i = 0; i < 3; i++) {
			struct rcnn_box b = rcnn_anchor(&one, i);

			ok(golden_box(&g, &b, 0), "stride %d, shape %d", stride,
				i);
		}
	}
	table(&g, "anchors_sum");
	is_int(all.total, golden_next(&g), "as many anchors");
	for (int i = 0; i < 3; i++) {
		struct rcnn_box b = rcnn_anchor(&all, some[i]);

		ok(golden_box(&g, &b, 0), "anchor %d", some[i]);
	}
}

static void test_coder(void)
{
	static const float weight[2][4] = {{1, 1, 1, 1}, {10, 10, 5, 5}};
	struct golden iou, code, decoded, clipped;
	uint32_t x = 21;
	int wrong = 0;

	table(&iou, "iou");
	table(&code, "encode");
	for (int i = 0; i < 20; i++) {
		struct rcnn_box from = draw_box(&x, 30, 30, 1, 40);
		struct rcnn_box to = draw_box(&x, 30, 30, 1, 40);
		float d[4];

		wrong += rcnn_box_iou(&from, &to, as->pixel) !=
			 golden_next(&iou);
		rcnn_box_encode(&from, &to, weight[i % 2], as->pixel, d);
		are_near(&code, d, 4, 1e-6f, "a box in code");
	}
	is_int(wrong, 0, "overlaps, to the bit");
	table(&decoded, "decode");
	table(&clipped, "clip");
	for (int i = 0; i < 16; i++) {
		struct rcnn_box b = draw_box(&x, 200, 200, 3, 90);
		float d[4], v[4];

		for (int k = 0; k < 4; k++)
			d[k] = draw_real(&x, -3, 3) * (float)(i % 4);
		b = rcnn_box_decode(&b, d, weight[i % 2], as->pixel);
		memcpy(v, &b, sizeof v);
		are_near(&decoded, v, 4, 1e-6f, "and out of it");
		b = rcnn_box_clip(&b, 150, 120, as->pixel);
		memcpy(v, &b, sizeof v);
		are_near(&clipped, v, 4, 1e-6f, "in the picture");
	}
}

static void test_levels(void)
{
	static const float side[] = {1, 55, 56, 57, 111, 112, 113, 223, 224,
		225, 447, 448, 449, 895, 896, 5000};
	struct rcnn_pyramid p = rcnn_config_pyramid(&config);
	int n = sizeof side / sizeof *side, wrong = 0;
	struct golden g;
	uint32_t x = 21;

	/* What the coder's inputs came from is drawn before. */
	for (int i = 0; i < 20 * 8 + 16 * 8; i++)
		draw_real(&x, 0, 1);
	table(&g, "level");
	for (int i = 0; i < n + 40; i++) {
		float last = i < n ? side[i] - as->pixel : 0;
		struct rcnn_box b = {0, 0, last, last};

		if (i >= n)
			b = draw_box(&x, 100, 100, 10, 900);
		wrong += rcnn_box_level(&b, &p) != golden_next(&g);
	}
	is_int(wrong, 0, "every box on its level");
}

static float suppression(double threshold)
{
	config.test_nms = threshold;
	return rcnn_config_detect_rule(&config).nms;
}

static void test_nms(uint32_t *x)
{
	static const int percent[] = {70, 50, 5};
	struct rcnn_box box[200],
		half[2] = {{0, 0, 10 - as->pixel, 20 - as->pixel},
			{0, 0, 10 - as->pixel, 10 - as->pixel}};
	int32_t keep[200];
	struct golden g;
	char name[16];
	int n, list;

	for (int t = 0; t < 3; t++) {
		for (int i = 0; i < 200; i++)
			box[i] = draw_box(x, 100, 100, 10, 60);
		n = rcnn_nms(box, 200, suppression(percent[t] / 100.0),
			as->pixel, 200, &a, keep);
		list = 0;
		for (int i = 0; i < n; i++)
			list = mix(list, keep[i]);
		snprintf(name, sizeof name, "nms%d", percent[t]);
		table(&g, name);
		is_int(n, golden_next(&g), "as many stay");
		is_int(keep[n - 1], golden_next(&g), "the last of them");
		is_int(list, golden_next(&g), "and all");
	}
	table(&g, "nms_half");
	n = rcnn_nms(half, 2, suppression(0.5), as->pixel, 2, &a, keep);
	for (int i = 0; i < n; i++)
		is_int(keep[i], golden_next(&g), "an overlap of just that");
	ok(isnan(golden_next(&g)), "is enough, or not");
}

static void test_soft(const char *method, const struct rcnn_box *box,
	const float *score, int n)
{
	struct rcnn_detect_rule rule;
	float s[200], sum = 0;
	int32_t keep[200];
	struct golden g;
	char name[32];
	int m, list = 0;

	config.soft_nms = true;
	snprintf(config.soft_nms_method, sizeof config.soft_nms_method, "%s",
		method);
	config.test_nms = 0.3;
	rule = rcnn_config_detect_rule(&config);
	memcpy(s, score, (size_t)n * sizeof *s);
	m = rcnn_soft_nms(
		box, s, n, &rule.soften, rule.nms, 0.01f, as->pixel, keep);
	for (int i = 0; i < m; i++) {
		list = mix(list, keep[i]);
		sum += s[keep[i]];
	}
	snprintf(name, sizeof name, "soft_%s", method);
	table(&g, name);
	is_int(m, golden_next(&g), "as many are left");
	is_int(list, golden_next(&g), "the same, in the same order");
	for (int i = m - 3; i < m; i++)
		is_near(s[keep[i]], golden_next(&g), 1e-7,
			"with what is left of its score");
	is_near(sum, golden_next(&g), 1e-4, "and of all");
	config.soft_nms = false;
}

/* All are of one class, and the first is the best. */
static void test_vote(const struct rcnn_box *box, float *score, int n)
{
	struct rcnn_detection list[200];
	struct rcnn_found all = {n, n, list}, found;
	struct rcnn_detect_rule rule;
	static const float beta[] = {0, 0.5f, 0, 0, 2, 0.5f};
	struct golden g;
	float v[4];

	config.test_nms = 0.3;
	config.bbox_vote = true;
	config.vote_thresh = 0.4;
	rule = rcnn_config_detect_rule(&config);
	score[0] = 1;
	for (int i = 0; i < n; i++)
		list[i] = (struct rcnn_detection){box[i], score[i], 1};
	rcnn_choose(&all, &rule, &a, &found);
	memcpy(v, &found.list[0].box, sizeof v);
	table(&g, "vote");
	are_near(&g, v, 4, 1e-6f, "the mean of those that agree");
	is_near(found.list[0].score, 1, 0, "its score stays");
	for (int how = RCNN_VOTE_TEMP_AVG; how <= RCNN_VOTE_QUASI_SUM; how++) {
		int same = -1;

		rule.vote.score = (enum rcnn_vote_score)how;
		rule.vote.beta = beta[how];
		rcnn_choose(&all, &rule, &a, &found);
		for (int i = 0; i < found.n; i++)
			if (!memcmp(v, &found.list[i].box, sizeof v))
				same = i;
		ok(same >= 0, "the same box");
		is_near(same < 0 ? NAN : found.list[same].score,
			golden_next(&g), 1e-6, "its score becomes theirs");
	}
	config.bbox_vote = false;
}

static void test_suppression(void)
{
	struct rcnn_box box[60];
	float score[60];
	uint32_t x = 22;

	test_nms(&x);
	for (int i = 0; i < 60; i++)
		box[i] = draw_box(&x, 60, 60, 20, 60);
	for (int i = 0; i < 60; i++)
		score[i] = draw_real(&x, 0.05f, 1);
	test_soft("linear", box, score, 60);
	test_soft("gaussian", box, score, 60);
	test_vote(box, score, 60);
}

static void test_match(int seed, int n)
{
	const struct rcnn_view view = {121, 93, 1};
	struct rcnn_rpn_rule rule = rcnn_config_rpn_rule(&config);
	struct rcnn_anchors all = golden_pyramid_of(as);
	struct rcnn_box truth[7];
	struct rcnn_matches m;
	uint32_t x = (uint32_t)seed;
	struct golden g;
	int fg = 0, bg = 0;
	char name[16];

	for (int i = 0; i < n; i++)
		truth[i] = draw_box(&x, 90, 70, 3, 60);
	rcnn_match(&all, &view, truth, n, &rule.match, false, &a, &m);
	for (int i = 0; i < m.nfg; i++)
		fg = mix(fg, m.fg[i]);
	for (int i = 0; i < m.nbg; i++)
		bg = mix(bg, m.bg[i]);
	snprintf(name, sizeof name, "match%d", seed);
	table(&g, name);
	is_int(m.nfg, golden_next(&g), "as many objects");
	is_int(fg, golden_next(&g), "the same");
	is_int(m.nbg, golden_next(&g), "as much background");
	is_int(bg, golden_next(&g), "the same");
}

static void test_ways(const char *name)
{
	ways_of(name);
	test_anchors();
	test_coder();
	test_levels();
	test_suppression();
	test_match(23, 1);
	test_match(24, 3);
	test_match(25, 7);
	arena_release(&a);
}

int main(void)
{
	test_ways("detectron");
	test_ways("detectron2");
	ok(!rcnn_convention("yolo"), "no other set");
	return done();
}
