/* Photographs that are varied: which part, what becomes of boxes, colours. */
#include "data/vary.h"
#include "tap.h"

#include <string.h>

static void test_parts(void)
{
	const struct vary_rule none = {0, 1}, some = {0.4f, 0.5f};
	struct rng r = rng_new(1, RNG_AUGMENT);
	struct variation v = vary_draw(&none, &r);
	struct img_part p = vary_part(&v, 30, 40);
	int outside = 0, small = 0, colours = 0, moved = 0;

	ok(p.x == 0 && p.y == 0 && p.w == 30 && p.h == 40,
		"without a crop it is the whole");
	ok(v.brightness == 1 && v.contrast == 1 && v.saturation == 1,
		"in its own colours");
	for (int i = 0; i < 1000; i++) {
		v = vary_draw(&some, &r);
		p = vary_part(&v, 30, 40);
		outside +=
			p.x < 0 || p.y < 0 || p.x + p.w > 30 || p.y + p.h > 40;
		small += p.w < 15 || p.h < 20;
		moved += p.x > 0 && p.x + p.w < 30;
		colours += v.brightness < 0.6f || v.brightness > 1.4f ||
			   v.contrast < 0.6f || v.saturation > 1.4f;
	}
	is_int(outside, 0, "parts are inside");
	is_int(small, 0, "and large enough");
	ok(moved > 300, "anywhere: %d", moved);
	is_int(colours, 0, "factors are as near to 1 as was asked");
	v.side = 0.01f;
	p = vary_part(&v, 3, 5);
	ok(p.w == 1 && p.h == 1, "a part has a pixel at least");
}

/* In the part from 10,20 of 40x40. */
static void test_boxes(int pixel)
{
	const struct img_part part = {10, 20, 40, 40};
	float box[][4] = {{12, 25, 30, 50}, {0, 0, 9, 19}, {0, 25, 29, 50},
		{0, 25, 15, 50}, {30, 30, 90, 100}};
	const float want[][4] = {{2, 5, 20, 30}, {0, 5, 19, 30}, {0, 5, 5, 30},
		{20, 10, (float)(40 - pixel), (float)(40 - pixel)}};
	int32_t classes[] = {1, 2, 3, 4, 5};
	uint8_t crowd[] = {0, 0, 1, 0, 0};
	int objects, n;

	n = vary_boxes(&part, box, classes, crowd, 5, pixel, &objects);
	is_int(n, 4, "what is outside is left out");
	ok(!memcmp(box, want, sizeof want), "the others are cut");
	ok(classes[0] == 1 && classes[1] == 3 && classes[2] == 4 &&
			classes[3] == 5,
		"in their order");
	ok(!crowd[0] && crowd[1] && crowd[2] && crowd[3],
		"what is hardly seen is a crowd, a crowd stays one");
	is_int(objects, 1, "objects");
}

static void test_colours(void)
{
	const uint8_t two[] = {100, 50, 200, 40, 40, 40};
	const struct variation same = {1, 1, 1, 1, 0, 0};
	uint8_t px[6];
	struct img im = {2, 1, 3, px};

	memcpy(px, two, sizeof px);
	vary_colours(&im, &same);
	ok(!memcmp(px, two, sizeof px), "factors of 1 change nothing");
	vary_colours(&im, &(struct variation){1.5f, 1, 1, 1, 0, 0});
	ok(px[0] == 150 && px[1] == 75 && px[2] == 255 && px[3] == 60,
		"brighter, up to white");
	memcpy(px, two, sizeof px);
	/* Greys are 82.05 and 40: their mean is 61.025. */
	vary_colours(&im, &(struct variation){1, 0, 1, 1, 0, 0});
	ok(px[0] == 61 && px[2] == 61 && px[3] == 61, "without contrast");
	memcpy(px, two, sizeof px);
	vary_colours(&im, &(struct variation){1, 0.5f, 1, 1, 0, 0});
	ok(px[0] == 81 && px[1] == 56 && px[2] == 131 && px[3] == 51,
		"half of it");
	memcpy(px, two, sizeof px);
	vary_colours(&im, &(struct variation){1, 1, 0, 1, 0, 0});
	ok(px[0] == 82 && px[1] == 82 && px[2] == 82 && px[3] == 40,
		"without saturation");
}

int main(void)
{
	test_parts();
	test_boxes(0);
	test_boxes(1);
	test_colours();
	return done();
}
