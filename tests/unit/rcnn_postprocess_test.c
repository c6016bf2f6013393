#include "rcnn/postprocess.h"

#include "rcnn_golden.h"

enum { N = 120, CLASSES = 4 };

static struct arena a;
static struct rcnn_box roi[N];
static float logits[N * CLASSES], deltas[N * CLASSES * 4];

static struct rcnn_detect_rule rule(float score, float nms, int most)
{
	return (struct rcnn_detect_rule){.classes = CLASSES,
		.weight = {10, 10, 5, 5},
		.score = score,
		.nms = nms,
		.most = most,
		.as = rcnn_convention("detectron")};
}

static int detections(const struct rcnn_box *rois, int n, const float *logit,
	const float *delta, const struct rcnn_sight *sight,
	const struct rcnn_detect_rule *r, struct rcnn_detection **out)
{
	struct rcnn_found all = {0}, found;

	rcnn_candidates(rois, n, logit, delta, sight, r, &a, &all);
	rcnn_choose(&all, r, &a, &found);
	*out = found.list;
	return found.n;
}

static void test_drawn(const char *name, struct rcnn_detect_rule r)
{
	struct rcnn_detection *d;
	int n = detections(roi, N, logits, deltas,
		&(struct rcnn_sight){{195, 135, 1.5f}, 130, 90, false}, &r, &d);
	struct golden g;
	int list = 0;

	golden_open(&g, name);
	is_int(n, golden_next(&g), "as many objects");
	for (int i = 0; i < n; i++)
		list = mix(list, d[i].label);
	is_int(list, golden_next(&g), "the same, by their labels");
	for (int i = 0; i < n; i += n - 1) {
		is_near(d[i].score, golden_next(&g), 1e-6, "its score");
		is_int(d[i].label, golden_next(&g), "its label");
		ok(golden_box(&g, &d[i].box, 1e-3f), "its box");
	}
	arena_reset(&a);
}

/* One region a class apart, so that nothing is suppressed. */
static void test_edges(void)
{
	const struct rcnn_box apart[] = {
		{0, 0, 9, 9}, {20, 0, 29, 9}, {40, 0, 49, 9}};
	const float equal[] = {0, 5, 0, 5, 0, 5}, nan[] = {NAN, 1, 0, 1, 0, 1};
	/* Of two boxes a region, the second is a width to the right. */
	const float none[3 * 2 * 4] = {0},
				 right[] = {0, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0,
					 10, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0};
	const float two[] = {0, 0, 5, 0, 0, 5, 0, 5, 0};
	const struct rcnn_sight sight = {{200, 200, 2}, 100, 100, false};
	struct rcnn_detect_rule r = rule(0.5f, 0.5f, 2);
	struct rcnn_detection *d;

	r.classes = 2;
	is_int(detections(apart, 3, equal, none, &sight, &r, &d), 3,
		"who ties with the last stays");
	ok(d[1].box.x1 == 10 && d[1].box.x2 == 14.5f && d[1].label == 1,
		"in pixels of the original");
	r.agnostic = true;
	is_int(detections(apart, 3, nan, none, &sight, &r, &d), 2,
		"a NaN is no object");
	r.classes = 3;
	is_int(detections(apart, 3, two, right, &sight, &r, &d), 3,
		"one box for two classes");
	ok(d[0].label == 1 && d[0].box.x1 == 25.5f && d[2].label == 2 &&
			d[2].box.x1 == 15.5f,
		"is the second one");
	is_int(detections(apart, 0, nan, none, &sight, &r, &d), 0,
		"no regions, no objects");
}

int main(void)
{
	uint32_t x = 11;

	for (int i = 0; i < N; i++)
		roi[i] = draw_box(&x, 180, 130, 20, 90);
	for (int i = 0; i < N * CLASSES; i++)
		logits[i] = draw_real(&x, -3, 3);
	for (int i = 0; i < N * CLASSES * 4; i++)
		deltas[i] = draw_real(&x, -2, 2);
	test_drawn("detect1", rule(0.05f, 0.5f, 100));
	test_drawn("detect2", rule(0.3f, 0.3f, 1000));
	test_edges();
	arena_release(&a);
	return done();
}
