#include "rcnn/proposals.h"

#include "rcnn_golden.h"

static struct arena a;
static struct rcnn_anchors anchors;
static float *logits, *deltas;

static void propose(const struct rcnn_view *view,
	const struct rcnn_proposal_rule *rule, struct rcnn_proposals *p)
{
	const float *l[RCNN_LEVELS_MAX], *d[RCNN_LEVELS_MAX];

	for (int i = 0; i < anchors.levels; i++) {
		l[i] = logits + anchors.level[i].first;
		d[i] = deltas + 4 * anchors.level[i].first;
	}
	rcnn_propose(&anchors, l, d, view, rule, &a, p);
}

static void draw_heads(void)
{
	uint32_t x = 10;

	anchors = golden_pyramid();
	logits = arena_alloc(&a, (size_t)anchors.total * sizeof *logits);
	deltas = arena_alloc(&a, (size_t)anchors.total * 4 * sizeof *deltas);
	for (int i = 0; i < anchors.total; i++)
		logits[i] = draw_real(&x, -8, 8);
	for (int i = 0; i < 4 * anchors.total; i++)
		deltas[i] = draw_real(&x, -1, 1);
}

static void test_propose(const char *name, const struct rcnn_view *view,
	const struct rcnn_proposal_rule *rule)
{
	struct rcnn_proposals p;
	struct golden g;
	int list = 0;

	propose(view, rule, &p);
	golden_open(&g, name);
	is_int(p.n, golden_next(&g), "as many proposals");
	for (int i = 0; i < p.n; i++)
		list = mix(list, (int)(p.score[i] * 1000) + 8000);
	is_int(list, golden_next(&g), "the same, by their scores");
	is_near(p.score[0], golden_next(&g), 1e-6, "the score of the first");
	ok(golden_box(&g, &p.box[0], 1e-4f), "the box of the first");
	is_near(p.score[p.n - 1], golden_next(&g), 1e-6, "the last's score");
	ok(golden_box(&g, &p.box[p.n - 1], 1e-4f), "the last's box");
}

static void test_nan(void)
{
	const struct rcnn_view view = {128, 96, 1};
	struct rcnn_proposals p;
	int nans = 0;

	logits[5] = logits[anchors.total - 1] = NAN;
	deltas[4 * 7 + 2] = deltas[4 * 9] = NAN;
	propose(&view, &(struct rcnn_proposal_rule){1000000, 1000000, 1, 0},
		&p);
	for (int i = 0; i < p.n; i++)
		nans += isnan(p.score[i]) || !(p.box[i].x1 >= 0) ||
			!(p.box[i].x2 <= 127) || !(p.box[i].y2 <= 95);
	ok(p.n > 100 && nans == 0, "no NaN is a proposal");
}

static void test_collect(void)
{
	struct rcnn_box box[] = {
		{0, 0, 1, 1}, {0, 0, 2, 2}, {0, 0, 3, 3}, {0, 0, 4, 4}};
	float scores[] = {1, 5, 3, 5}, others[] = {2, 4, -1, 3};
	struct rcnn_proposals p[] = {
		{4, box, scores}, {0, NULL, NULL}, {4, box, others}};

	rcnn_collect(p, 3, 5, &a);
	ok(p[0].n == 3 && p[1].n == 0 && p[2].n == 2,
		"the five best of two pictures");
	ok(p[0].box[0].x2 == 2 && p[0].box[1].x2 == 4 && p[0].box[2].x2 == 3,
		"sorted, equals in order");
	ok(p[2].score[0] == 4 && p[2].box[1].x2 == 4 && p[2].score[1] == 3,
		"of equals, the first picture's do not push out the second's");
	rcnn_collect(p, 3, 99, &a);
	ok(p[0].n == 3 && p[2].n == 2, "there are no more");
	rcnn_collect(p, 3, 4, &a);
	ok(p[0].n == 3 && p[2].n == 1, "of equals, the first picture's stays");
}

int main(void)
{
	draw_heads();
	test_propose("propose1", &(struct rcnn_view){121, 93, 1.5f},
		&(struct rcnn_proposal_rule){200, 20, 0.7f, 1});
	test_propose("propose2", &(struct rcnn_view){128, 96, 1.5f},
		&(struct rcnn_proposal_rule){50, 100, 0.7f, 24});
	test_nan();
	test_collect();
	arena_release(&a);
	return done();
}
