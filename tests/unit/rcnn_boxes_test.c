#include "rcnn/boxes.h"

#include "rcnn_golden.h"

static const float weights[2][4] = {{1, 1, 1, 1}, {10, 10, 5, 5}};

static void test_iou(void)
{
	struct rcnn_box unit = {5, 5, 5, 5}, next = {6, 5, 6, 5};
	struct golden iou, code;
	uint32_t x = 1;
	bool same = true, coded = true;

	golden_open(&iou, "iou");
	golden_open(&code, "encode");
	for (int i = 0; i < 30; i++) {
		struct rcnn_box a = draw_box(&x, 30, 30, 0, 40);
		struct rcnn_box b = draw_box(&x, 30, 30, 0, 40);
		float d[4];

		same &= rcnn_box_iou(&a, &b, 1) == golden_next(&iou);
		rcnn_box_encode(&a, &b, weights[i % 2], 1, d);
		for (int j = 0; j < 4; j++)
			coded &= fabsf(d[j] - golden_next(&code)) <= 2e-5f;
	}
	ok(same, "overlaps, to the bit");
	ok(coded, "encoded boxes");
	is_near(rcnn_box_iou(&unit, &unit, 1), 1, 0, "a pixel is itself");
	is_near(rcnn_box_iou(&unit, &next, 1), 0, 0, "not its neighbour");
	is_near(rcnn_box_area(&unit, 1), 1, 0, "its area is 1");
}

static void test_decode(void)
{
	struct rcnn_box b = {10, 20, 40, 90}, to = {12.5f, 3, 99, 60}, back;
	float d[4], nan[4] = {0, 0, NAN, 0};
	struct golden g, clipped;
	uint32_t x = 1;
	bool same = true, in = true;

	for (int i = 0; i < 60; i++)
		draw_box(&x, 1, 1, 0, 1); /* the script's first thirty pairs */
	golden_open(&g, "decode");
	golden_open(&clipped, "clip");
	for (int i = 0; i < 20; i++) {
		struct rcnn_box from = draw_box(&x, 200, 200, 3, 90), c;

		for (int j = 0; j < 4; j++)
			d[j] = draw_real(&x, -3, 3) * (float)(i % 4);
		from = rcnn_box_decode(&from, d, weights[i % 2], 1);
		c = rcnn_box_clip(&from, 150, 120, 1);
		same &= golden_box(&g, &from, 2e-3f);
		in &= golden_box(&clipped, &c, 2e-3f);
	}
	ok(same, "decoded boxes");
	ok(in, "clipped boxes");

	rcnn_box_encode(&b, &to, weights[1], 1, d);
	back = rcnn_box_decode(&b, d, weights[1], 1);
	ok(fabsf(back.x1 - to.x1) < 1e-4f && fabsf(back.y1 - to.y1) < 1e-4f &&
			fabsf(back.x2 - to.x2) < 1e-4f &&
			fabsf(back.y2 - to.y2) < 1e-4f,
		"what is encoded is decoded");
	d[2] = 1e9f;
	back = rcnn_box_decode(&b, d, weights[1], 1);
	is_near(back.x2 - back.x1 + 1, 31 * 1000.0 / 16, 0.01,
		"a side grows 62.5 times at most");
	back = rcnn_box_decode(&b, nan, weights[0], 1);
	back = rcnn_box_clip(&back, 100, 100, 1);
	ok(isnan(back.x1) && isnan(back.x2), "a NaN is not hidden");
}

static void test_level(void)
{
	static const int sides[] = {1, 55, 56, 57, 111, 112, 113, 223, 224, 225,
		447, 448, 449, 895, 896, 5000};
	const struct rcnn_pyramid p = {
		2, 5, 4, 224, rcnn_convention("detectron")};
	const float almost = 110.99997f;
	struct rcnn_box nothing = {0, 0, -1, -1}, nan = {0, 0, NAN, 0};
	struct golden g;
	uint32_t x = 1;
	int wrong = 0;

	golden_open(&g, "level");
	for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
		float far = (float)sides[i] - 1;

		wrong += rcnn_box_level(&(struct rcnn_box){0, 0, far, far},
				 &p) != golden_next(&g);
	}
	is_int(wrong, 0, "the levels of squares");
	for (int i = 0; i < 60; i++)
		draw_box(&x, 1, 1, 0, 1);
	for (int i = 0; i < 20 * 8; i++)
		draw_real(&x, 0, 1);
	for (int i = 0; i < 30; i++) {
		struct rcnn_box b = draw_box(&x, 100, 100, 10, 900);

		wrong += rcnn_box_level(&b, &p) != golden_next(&g);
	}
	is_int(wrong, 0, "the levels of boxes");
	is_int(rcnn_box_level(&(struct rcnn_box){0, 0, almost, almost}, &p), 3,
		"rounding does not push a box down");
	is_int(rcnn_box_level(&nothing, &p), 2, "the level of nothing");
	is_int(rcnn_box_level(&nan, &p), 2, "the level of a NaN");
}

int main(void)
{
	test_iou();
	test_decode();
	test_level();
	return done();
}
