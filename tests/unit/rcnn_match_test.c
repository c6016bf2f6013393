#include "rcnn/match.h"

#include "rcnn_golden.h"

static struct arena a;

static struct rcnn_matches match(
	const struct rcnn_box *box, int n, float straddle)
{
	const struct rcnn_anchors anchors = golden_pyramid();
	const struct rcnn_view view = {121, 93, 1};
	struct rcnn_matches m;

	rcnn_match(&anchors, &view, box, n,
		&(struct rcnn_match_rule){0.7f, 0.3f, straddle}, false, &a, &m);
	return m;
}

static void test_drawn(uint32_t seed, int n, float straddle)
{
	struct rcnn_box box[8];
	struct rcnn_matches m;
	uint32_t x = seed;
	struct golden g;
	char name[32];
	int list = 0;
	bool same = true;

	for (int i = 0; i < n; i++)
		box[i] = draw_box(&x, 90, 70, 3, 60);
	m = match(box, n, straddle);
	snprintf(name, sizeof name, "match%u", (unsigned)seed);
	golden_open(&g, name);
	is_int(m.nfg, golden_next(&g), "as many objects");
	is_int(m.nbg, golden_next(&g), "as much background");
	for (int i = 0; i < m.nbg; i++)
		list = mix(list, m.bg[i]);
	is_int(list, golden_next(&g), "the same background");
	for (int i = 0; i < m.nfg; i++)
		same &= m.fg[i] == golden_next(&g);
	ok(same, "the same objects");
	arena_reset(&a);
}

/* Small boxes in and near the corners, which few anchors touch, or none: the
 * objects are those that overlap most. */
static void test_corner(float x, float y, float side)
{
	const struct rcnn_anchors anchors = golden_pyramid();
	struct rcnn_box box = {x, y, x + side, y + side};
	struct rcnn_matches m = match(&box, 1, 0);
	float most = 0;
	int n = 0, wrong = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (int i = 0; i < anchors.total; i++) {
			struct rcnn_box b = rcnn_anchor(&anchors, i);
			float iou = rcnn_box_iou(&b, &box, 1);

			if (b.x1 < 0 || b.y1 < 0 || b.x2 >= 121 || b.y2 >= 93)
				continue;
			if (pass == 0)
				most = fmaxf(most, iou);
			else if (iou == most && most > 0)
				wrong += n >= m.nfg || m.fg[n++] != i;
		}
	}
	ok(wrong == 0 && n == m.nfg, "%d objects of %g pixels at %g %g", n,
		(double)side + 1, (double)x, (double)y);
	arena_reset(&a);
}

static void test_edges(void)
{
	const struct rcnn_box outside[] = {{500, 500, 520, 520}};
	const struct rcnn_anchors anchors = golden_pyramid();
	struct rcnn_box shape = rcnn_anchor(&anchors, 1000);
	struct rcnn_matches m;
	bool found = false;

	m = match(outside, 1, -1);
	is_int(m.nfg, 0, "a box that nothing touches makes no objects");
	is_int(m.nbg, anchors.total, "all is background");
	m = match(&shape, 1, -1);
	for (int i = 0; i < m.nfg; i++)
		found |= m.fg[i] == 1000;
	ok(found, "an anchor is an object at itself");
	arena_reset(&a);
}

int main(void)
{
	test_drawn(5, 1, 0);
	test_drawn(6, 3, 0);
	test_drawn(7, 6, 20);
	test_drawn(8, 4, -1);
	test_drawn(9, 0, 0);
	for (float side = 0; side < 4; side++) {
		for (float x = 0; x <= 120; x += 20)
			test_corner(x, 0, side);
		for (float y = 0; y <= 92; y += 23)
			test_corner(120 - side, y, side);
		test_corner(59, 92 - side, side);
	}
	test_edges();
	arena_release(&a);
	return done();
}
