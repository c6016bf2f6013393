#include "rcnn/anchors.h"

#include "rcnn_golden.h"

static void test_shapes(void)
{
	static const double usual[] = {0.5, 1, 2};
	static const double odd[] = {0.25, 1.0 / 3, 0.7, 3};
	const struct rcnn_convention *as = rcnn_convention("detectron");
	struct rcnn_anchors a = {0};
	struct golden g;
	char name[32];
	bool same = true;

	for (int stride = 4; stride <= 64; stride *= 2) {
		rcnn_anchors_add(
			&a, as, 1, 1, stride, stride, 8 * stride, usual, 3);
		snprintf(name, sizeof name, "anchors%d", stride);
		golden_open(&g, name);
		for (int i = 0; i < 3; i++)
			ok(golden_box(&g, &a.level[a.levels - 1].shape[i], 0),
				"stride %d, shape %d", stride, i);
	}
	rcnn_anchors_add(&a, as, 1, 1, 8, 8, 24, odd, 4);
	golden_open(&g, "anchors_odd");
	for (int i = 0; i < 4; i++)
		same &= golden_box(&g, &a.level[5].shape[i], 0);
	ok(same, "other sizes and ratios");
}

static void test_numbers(void)
{
	struct rcnn_anchors a = golden_pyramid();
	struct rcnn_box b;

	is_int(a.levels, 3, "levels");
	is_int(a.total, (24 * 32 + 12 * 16 + 6 * 8) * 3, "anchors");
	is_int(a.level[1].first, 24 * 32 * 3, "the second level follows");
	is_int(a.level[2].first, (24 * 32 + 12 * 16) * 3, "and the third");

	/* Level 1, y 2, x 3, shape 1: 8 pixels a cell. */
	b = rcnn_anchor(&a, a.level[1].first + (2 * 16 + 3) * 3 + 1);
	ok(b.x1 == -28 + 24 && b.y1 == -28 + 16 && b.x2 == 35 + 24 &&
			b.y2 == 35 + 16,
		"numbers run over shapes, then x, then y");
	b = rcnn_anchor(&a, 0);
	is_near(b.x1, -22, 0, "the first of all");
	b = rcnn_anchor(&a, a.total - 1);
	ok(b.x1 == -36 + 7 * 16 && b.y2 == 95 + 5 * 16, "the last of all");
}

int main(void)
{
	test_shapes();
	test_numbers();
	return done();
}
