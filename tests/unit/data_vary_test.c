/* Photographs that are varied: which part, what becomes of boxes, colours. */
#include "data/vary.h"
#include "tap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void test_parts(void)
{
	const struct vary_rule none = {.crop = 1};
	const struct vary_rule some = {.jitter = 0.4f, .crop = 0.5f};
	struct rng r = rng_new(1, RNG_AUGMENT);
	struct variation v = vary_draw(&none, &r);
	struct img_part p = vary_part(&v, 30, 40);
	int outside = 0, small = 0, colours = 0, moved = 0;
	int shape = 0;

	ok(p.x == 0 && p.y == 0 && p.w == 30 && p.h == 40,
		"without a crop it is the whole");
	ok(v.brightness == 1 && v.contrast == 1 && v.saturation == 1 &&
			v.hue == 0,
		"in its own colours");
	ok(v.cover_w == 0 && v.cover_h == 0, "with nothing in front");
	for (int i = 0; i < 1000; i++) {
		v = vary_draw(&some, &r);
		p = vary_part(&v, 30, 40);
		outside +=
			p.x < 0 || p.y < 0 || p.x + p.w > 30 || p.y + p.h > 40;
		small += p.w < 15 || p.h < 20;
		moved += p.x > 0 && p.x + p.w < 30;
		shape += fabsf(v.wide - v.high) > 1e-6f;
		colours += v.brightness < 0.6f || v.brightness > 1.4f ||
			   v.contrast < 0.6f || v.saturation > 1.4f;
	}
	is_int(outside, 0, "parts are inside");
	is_int(small, 0, "and large enough");
	ok(moved > 300, "anywhere: %d", moved);
	is_int(colours, 0, "factors are as near to 1 as was asked");
	is_int(shape, 0, "of the photograph's shape");
	v.wide = v.high = 0.01f;
	p = vary_part(&v, 3, 5);
	ok(p.w == 1 && p.h == 1, "a part has a pixel at least");
}

/* Parts of another shape. */
static void test_stretch(void)
{
	const struct vary_rule rule = {.crop = 0.8f, .stretch = 0.21f};
	struct rng r = rng_new(1, RNG_AUGMENT);
	int outside = 0, small = 0, wide = 0, high = 0;

	for (int i = 0; i < 1000; i++) {
		struct variation v = vary_draw(&rule, &r);
		float shape = v.wide / v.high;

		outside += shape < 1 / 1.211f || shape > 1.211f || v.wide > 1 ||
			   v.high > 1;
		small += v.wide < 0.8f / 1.1001f || v.high < 0.8f / 1.1001f;
		wide += shape > 1.1f;
		high += shape < 1 / 1.1f;
	}
	is_int(outside, 0, "stretched as far as was asked");
	is_int(small, 0, "and still large enough");
	ok(wide > 150 && high > 150, "both ways: %d, %d", wide, high);
}

static void test_cover(void)
{
	const struct vary_rule rule = {.crop = 1, .erase = 0.5f};
	struct rng r = rng_new(1, RNG_AUGMENT);
	int covers = 0, outside = 0;
	uint8_t px[4 * 4 * 3] = {0};
	struct img im = {4, 4, 3, px};
	struct variation v = {.cover_w = 0.5f,
		.cover_h = 0.25f,
		.cover_x = 0.25f,
		.cover_y = 0.5f,
		.cover = {7, 8, 9}};

	vary_cover(&im, &v);
	for (int i = 0; i < 16; i++) {
		bool in = i == 9 || i == 10;

		outside += px[3 * i] != (in ? 7 : 0) ||
			   px[3 * i + 2] != (in ? 9 : 0);
	}
	is_int(outside, 0, "a rectangle is in front, and nothing else");
	for (int i = 0; i < 1000; i++) {
		float area;

		v = vary_draw(&rule, &r);
		area = v.cover_w * v.cover_h;
		covers += area > 0;
		outside += area > 0.2001f || (area > 0 && area < 0.0199f) ||
			   v.cover_x < 0 || v.cover_x + v.cover_w > 1.0001f ||
			   v.cover_y < 0 || v.cover_y + v.cover_h > 1.0001f;
	}
	is_int(outside, 0, "of 2 to 20 %% of the part, inside it");
	ok(covers > 400 && covers < 600, "as often as was asked: %d", covers);
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

/* Colours that are varied in one way. */
static void varied(uint8_t px[6], float brightness, float contrast,
	float saturation, float hue)
{
	static const uint8_t two[] = {100, 50, 200, 40, 40, 40};
	const struct variation v = {
		brightness, contrast, saturation, hue, .wide = 1, .high = 1};
	struct img im = {2, 1, 3, px};

	memcpy(px, two, sizeof two);
	vary_colours(&im, &v);
}

static void test_colours(void)
{
	uint8_t px[6];

	varied(px, 1, 1, 1, 0);
	ok(px[0] == 100 && px[1] == 50 && px[2] == 200 && px[3] == 40,
		"factors of 1 change nothing");
	varied(px, 1.5f, 1, 1, 0);
	ok(px[0] == 150 && px[1] == 75 && px[2] == 255 && px[3] == 60,
		"brighter, up to white");
	/* Greys are 82.05 and 40: their mean is 61.025. */
	varied(px, 1, 0, 1, 0);
	ok(px[0] == 61 && px[2] == 61 && px[3] == 61, "without contrast");
	varied(px, 1, 0.5f, 1, 0);
	ok(px[0] == 81 && px[1] == 56 && px[2] == 131 && px[3] == 51,
		"half of it");
	varied(px, 1, 1, 0, 0);
	ok(px[0] == 82 && px[1] == 82 && px[2] == 82 && px[3] == 40,
		"without saturation");
}

static void test_hue(void)
{
	float half = 3.14159265f;
	uint8_t px[6];

	/* To the other side of its grey, 82: 64, 114, -36. */
	varied(px, 1, 1, 1, half);
	ok(abs(px[0] - 64) < 2 && abs(px[1] - 114) < 2 && px[2] == 0,
		"half a circle: %d %d %d", px[0], px[1], px[2]);
	ok(px[3] == 40 && px[4] == 40 && px[5] == 40, "a grey stays");
	varied(px, 1, 1, 0.2f, 2 * half);
	ok(abs(px[0] - 86) < 2 && abs(px[1] - 76) < 2 && abs(px[2] - 106) < 2,
		"a whole one changes nothing: %d %d %d", px[0], px[1], px[2]);
	varied(px, 1, 1, 0.5f, half / 2);
	ok(abs((px[0] * 299 + px[1] * 587 + px[2] * 114) / 1000 - 82) < 2,
		"as bright as it was");
	ok(abs(px[0] - 91) + abs(px[1] - 66) > 20, "of another colour");
}

int main(void)
{
	test_parts();
	test_stretch();
	test_cover();
	test_boxes(0);
	test_boxes(1);
	test_colours();
	test_hue();
	return done();
}
