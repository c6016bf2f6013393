/* From maps to objects by the ways of others: proposals, regions, objects. */
#include "nn/device.h"
#include "nn/ops.h"
#include "rcnn_ways.h"

enum { ANCHORS = 3024 };

static void test_proposals(uint32_t *x)
{
	static float logit[ANCHORS], delta[4 * ANCHORS];
	struct rcnn_anchors all = golden_pyramid_of(as);
	const float *logits[3], *deltas[3];
	struct rcnn_proposal_rule rule;
	struct rcnn_proposals p;
	struct golden g;

	for (int i = 0; i < ANCHORS; i++)
		logit[i] = draw_real(x, -8, 8);
	for (int i = 0; i < 4 * ANCHORS; i++)
		delta[i] = draw_real(x, -1, 1);
	for (int l = 0; l < 3; l++) {
		logits[l] = logit + all.level[l].first;
		deltas[l] = delta + 4 * all.level[l].first;
	}
	config.train_rpn.pre_nms_top_n = 150;
	config.train_rpn.post_nms_top_n = 30;
	rule = rcnn_config_proposal_rule(&config, &config.train_rpn);
	rcnn_propose(&all, logits, deltas,
		&(struct rcnn_view){121, 93, as->photo ? 1.5f : 1}, &rule, &a,
		&p);
	table(&g, "propose");
	is_int(p.n, golden_next(&g), "as many proposals");
	are_near(&g, p.score, p.n, 0, "their scores");
	ok(golden_box(&g, &p.box[0], 1e-4f), "the first");
	ok(golden_box(&g, &p.box[p.n - 1], 1e-4f), "and the last");
}

/* Of three pictures, the best: of all together, or of each. Boxes are as wide
 * as they are far from the first of their picture. */
static void test_collect(uint32_t *x)
{
	static const int count[] = {9, 4, 12};
	struct rcnn_proposals p[3];
	struct rcnn_box box[3][12];
	float score[3][12];
	struct golden g;

	for (int i = 0; i < 3; i++) {
		for (int k = 0; k < count[i]; k++) {
			score[i][k] = draw_real(x, 0, 1);
			box[i][k] = (struct rcnn_box){0, 0, (float)k, 0};
		}
		p[i] = (struct rcnn_proposals){count[i], box[i], score[i]};
	}
	config.train_rpn.post_nms_top_n = 6;
	rcnn_config_collect(&config, &config.train_rpn, p, 3, &a);
	table(&g, "collect");
	for (int i = 0; i < 3; i++)
		is_int(p[i].n, golden_next(&g), "as many of a picture");
	for (int i = 0; i < 3; i++)
		for (int k = 0; k < p[i].n; k++)
			is_near(p[i].box[k].x2, golden_next(&g), 0,
				"the same of it");
}

static void test_detections(void)
{
	enum { N = 80, K = 4 };
	static float logit[N * K], delta[N * K * 4];
	const struct rcnn_sight sight = {{195, 135, 1.5f}, 130, 90, false};
	struct rcnn_detect_rule rule;
	struct rcnn_found all = {0}, found;
	struct rcnn_box roi[N];
	uint32_t x = 27;
	struct golden g;
	int list = 0;

	for (int i = 0; i < N; i++)
		roi[i] = draw_box(&x, 180, 130, 20, 90);
	for (int i = 0; i < N * K; i++)
		logit[i] = draw_real(&x, -3, 3);
	for (int i = 0; i < N * K * 4; i++)
		delta[i] = draw_real(&x, -2, 2);
	config.test_nms = 0.5;
	rule = rcnn_config_detect_rule(&config);
	rcnn_candidates(roi, N, logit, delta, &sight, &rule, &a, &all);
	rcnn_choose(&all, &rule, &a, &found);
	table(&g, "detect");
	is_int(found.n, golden_next(&g), "as many objects");
	for (int i = 0; i < found.n; i++)
		list = mix(list, found.list[i].label);
	is_int(list, golden_next(&g), "of the same classes");
	for (int i = 0; i < found.n; i += found.n - 1) {
		const struct rcnn_detection *d = &found.list[i];

		is_near(d->score, golden_next(&g), 1e-6, "a score");
		is_int(d->label, golden_next(&g), "a class");
		ok(golden_box(&g, &d->box, 1e-3f), "a box");
	}
}

/* A map of h x w numbers, drawn. */
static struct nn_tensor *map(struct nn_tape *t, uint32_t *x, int h, int w)
{
	struct nn_tensor *m = nn_new(t, NN_F32, 4, (int64_t[]){1, h, w, 1});

	for (int i = 0; i < h * w; i++)
		((float *)m->data)[i] = draw_real(x, -1, 1);
	return m;
}

static void test_regions(void)
{
	enum { DRAWN = 10, N = 16, BINS = 3 };
	static const struct rcnn_box odd[N - DRAWN] = {{-9, -7, 20, 30},
		{30, 30, 90, 70}, {10, 10, 10.5f, 10.25f}, {5, 5, 5, 5},
		{63.5f, 47.5f, 70, 60}, {-30, -30, -20, -20}};
	static const float scale[] = {0.25f, 0.125f};
	struct nn_backend *be = nn_device_open("cpu", 1, NULL);
	struct nn_pool pool;
	struct nn_tape t = {.be = be, .arena = &a, .pool = &pool};
	struct nn_tensor *level[2], *rois, *at, *y;
	uint32_t x = 28;
	struct golden g;

	nn_pool_init(&pool, be);
	level[0] = map(&t, &x, 12, 16);
	level[1] = map(&t, &x, 6, 8);
	rois = nn_new(&t, NN_F32, 2, (int64_t[]){N, 5});
	at = nn_new(&t, NN_I32, 1, (int64_t[]){N});
	for (int i = 0; i < N; i++) {
		struct rcnn_box b = i < DRAWN ? draw_box(&x, 50, 36, 0.5f, 40)
					      : odd[i - DRAWN];
		float *roi = (float *)rois->data + 5 * i;

		roi[0] = 0;
		memcpy(roi + 1, &b, sizeof b);
		((int32_t *)at->data)[i] = i % 2;
	}
	/* Detectron's sampling ratio is 2, Detectron2's as many as it takes. */
	y = nn_roi_align(&t, level, 2, scale, rois, at, BINS,
		as->aligned ? 0 : 2, as->aligned);
	table(&g, "roi");
	are_near(&g, y->data, N * BINS * BINS, 1e-5f, "regions of a map");
	nn_tape_reset(&t);
	nn_pool_release(&pool);
	be->close(be);
}

static void test_ways(const char *name)
{
	uint32_t x = 26;

	ways_of(name);
	test_proposals(&x);
	test_collect(&x);
	test_detections();
	test_regions();
	arena_release(&a);
}

int main(void)
{
	test_ways("detectron");
	test_ways("detectron2");
	return done();
}
