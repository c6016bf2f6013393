#include "base/mem.h"
#include "data/photo.h"
#include "tap.h"

#include <stdlib.h>

/* The picture of tests/golden/photo_fill.py. */
static void draw(struct img *im, int w, int h)
{
	img_init(im, w, h);
	for (int i = 0; i < w * h * 3; i++) {
		int x = i / 3 % w, y = i / 3 / w, c = i % 3;

		im->px[i] =
			(uint8_t)((x * 37 + y * 91 + c * 53 + x * y * 7) % 256);
	}
}

/* The largest difference from the golden values, which come next in f. */
static double differ(FILE *f, const float *x, int wide, int w, int h)
{
	double most = 0, want;

	for (int i = 0; i < w * h * 3; i++) {
		int row = i / (w * 3), at = i % (w * 3);

		if (fscanf(f, "%lf", &want) != 1)
			return 1e9;
		most = fmax(most, fabs(x[row * wide * 3 + at] - want));
	}
	return most;
}

static void test_golden(void)
{
	FILE *f = fopen("tests/golden/photo_fill.txt", "r");
	int w, h, size, most, flip, rgb, out_w, out_h, cases = 0;

	while (f && fscanf(f, "%d%d%d%d%d%d%d%d", &w, &h, &size, &most, &flip,
			    &rgb, &out_w, &out_h) == 8) {
		struct photo_look look = {most, 4, rgb != 0,
			{102.9801, 115.9465, 122.7717}, {0}, PHOTO_OPENCV,
			false};
		struct photo_fit fit;
		struct img im;
		float *x;
		int wide;

		if (rgb)
			look = (struct photo_look){most, 4, true,
				{123.675, 116.28, 103.53},
				{58.395, 57.12, 57.375}, PHOTO_OPENCV, false};
		fit = photo_fit(&look, size, w, h);
		wide = photo_padded(&look, fit.w);
		x = mem_alloc((size_t)wide * fit.h * 3, sizeof *x);
		draw(&im, w, h);
		photo_fill(x, wide, &look, &fit, &im, flip != 0);
		ok(fit.w - out_w <= 1 && fit.w >= out_w && fit.h >= out_h &&
				fit.h - out_h <= 1,
			"%d by %d scaled to %d by %d", w, h, fit.w, fit.h);
		is_near(differ(f, x, wide, out_w, out_h), 0, 2e-4,
			"the pixels are PyTorch's");
		cases++;
		img_release(&im);
		mem_free(x);
	}
	is_int(cases, 6, "golden cases");
	if (f)
		fclose(f);
}

static void is_fit(int size, int max_size, int w, int h, int want_w, int want_h,
	double scale)
{
	struct photo_look look = {.max_size = max_size};
	struct photo_fit fit = photo_fit(&look, size, w, h);

	ok(fit.w == want_w && fit.h == want_h && fabs(fit.scale - scale) < 1e-9,
		"%d by %d to %d, at most %d: %d by %d, scale %.6f", w, h, size,
		max_size, fit.w, fit.h, fit.scale);
}

static void test_fit(void)
{
	struct photo_look look = {.stride = 32};

	is_fit(800, 1333, 640, 480, 1067, 800, 800 / 480.0);
	is_fit(800, 1333, 480, 640, 800, 1067, 800 / 480.0);
	is_fit(800, 1333, 1200, 400, 1333, 444, 1333 / 1200.0);
	/* 1333.33 rounds to 1333, which is allowed; 1333.6 is not. */
	is_fit(800, 1333, 1000, 600, 1333, 800, 800 / 600.0);
	is_fit(800, 1333, 1667, 1000, 1333, 800, 1333 / 1667.0);
	/* Halves go to the even: 2.5 to 2, 7.5 to 8. */
	is_fit(4, 100, 8, 20, 4, 10, 0.5);
	is_fit(4, 100, 15, 8, 8, 4, 0.5);
	is_fit(2, 100, 5, 4, 2, 2, 0.5);
	is_fit(800, 100, 1, 60000, 1, 100, 100 / 60000.0);
	is_int(photo_padded(&look, 1), 32, "padding of 1");
	is_int(photo_padded(&look, 64), 64, "none of 64");
	is_int(photo_padded(&look, 65), 96, "of 65");
	look.stride = 0;
	is_int(photo_padded(&look, 65), 65, "no stride, no padding");
}

/* A ramp, whose means over blocks are known. */
static void ramp(struct img *im, int w, int h)
{
	img_init(im, w, h);
	for (int i = 0; i < w * h * 3; i++)
		im->px[i] = (uint8_t)(i / 3 % w * 2 + i / 3 / w);
}

/* The largest difference between a photograph scaled from its whole, and from
 * what is left of it at 1/shrink. */
static double shrunk_by(
	int w, int h, int size, bool flip, enum photo_resize resize, int want)
{
	struct photo_look look = {
		.max_size = 1000, .shrink = true, .resize = resize};
	struct photo_fit fit = photo_fit(&look, size, w, h), whole = fit;
	int small = fit.shrink;
	size_t n = (size_t)fit.w * fit.h * 3;
	float *a = mem_alloc(n, sizeof *a), *b = mem_alloc(n, sizeof *b);
	struct img im, less;
	double most = small == want ? 0 : 1e9;

	ramp(&im, w, h);
	img_resize_area(&less, &im,
		&(struct img_area){0, 0, (w + small - 1) / small * small,
			(h + small - 1) / small * small},
		(w + small - 1) / small, (h + small - 1) / small);
	whole.shrink = 1;
	photo_fill(a, fit.w, &look, &whole, &im, flip);
	photo_fill(b, fit.w, &look, &fit, &less, flip);
	for (size_t i = 0; i < n; i++)
		/* what is cut off at the border is no ramp */
		if (i / 3 % (size_t)fit.w > 0 &&
			i / 3 % (size_t)fit.w + 1 < (size_t)fit.w)
			most = fmax(most, fabs((double)a[i] - (double)b[i]));
	img_release(&im);
	img_release(&less);
	mem_free(a);
	mem_free(b);
	return most;
}

static void test_shrunk(void)
{
	struct photo_look look = {.max_size = 1000};

	is_int(photo_fit(&look, 10, 80, 80).shrink, 1, "whole, unless allowed");
	for (int r = PHOTO_OPENCV; r <= PHOTO_PIL; r++)
		for (int flip = 0; flip < 2; flip++) {
			bool f = flip != 0;
			enum photo_resize as = (enum photo_resize)r;

			is_near(shrunk_by(64, 48, 24, f, as, 2), 0, 2,
				"from a half");
			is_near(shrunk_by(67, 49, 20, f, as, 2), 0, 2,
				"of odd sides");
			is_near(shrunk_by(64, 48, 11, f, as, 4), 0, 4,
				"from a quarter");
			is_near(shrunk_by(64, 48, 30, f, as, 1), 0, 0,
				"not from less than it will be");
		}
}

int main(void)
{
	struct photo_look look = {.max_size = 10};
	struct photo_fit fit = {.scale = 1, .w = 2, .h = 1};
	struct img im;
	float x[9] = {0, 0, 0, 0, 0, 0, 77, 77, 77};

	test_golden();
	test_fit();

	img_init(&im, 2, 1);
	im.px[0] = 10; /* red, left */
	im.px[5] = 20; /* blue, right */
	photo_fill(x, 3, &look, &fit, &im, false);
	ok(x[2] == 10 && x[3] == 20 && x[0] == 0, "B, G, R by default");
	ok(x[6] == 77 && x[8] == 77, "the padding is left alone");
	photo_fill(x, 3, &look, &fit, &im, true);
	ok(x[0] == 20 && x[5] == 10, "mirrored");
	img_release(&im);
	test_shrunk();
	return done();
}
