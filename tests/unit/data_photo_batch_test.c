#include "data/photo_batch.h"
#include "base/arena.h"
#include "img_file.h"
#include "pack.h"

static const char *const files[] = {"wide.png", "tall.png"};
static struct arena names;

/* A photograph that gets redder from left to right. */
static void draw(const char *name, int w, int h)
{
	struct img im;

	img_init(&im, w, h);
	for (int x = 0; x < w; x++)
		img_fill_rect(&im, x, 0, 1, h, (uint32_t)(4 * x) << 16);
	if (img_save(&im, test_path(name), 0, NULL))
		exit(1);
	img_release(&im);
}

static const float *pixel(const struct photo_batch *b, int i, int x, int y)
{
	return b->x + 3 * (((ptrdiff_t)i * b->h + y) * b->w + x);
}

/* Seven at once, of which two are no good, by threads or without. */
static void many(const struct photo_look *look)
{
	for (int threads = 0; threads <= 9; threads += 3) {
		struct photo_batch b = {0}, one = {0};
		struct photo_ask ask[7] = {{0}};
		struct photo_load load;
		size_t bytes = 64 * 32 * 3 * sizeof(float);
		int wrong = 0;

		for (int i = 0; i < 7; i++)
			ask[i].path =
				arena_dup(&names, test_path(files[i % 3 == 1]));
		photo_batch_begin(&b, 7, 64, 32);
		photo_batch_begin(&one, 1, 64, 32);
		photo_load_begin(&load, &b, look, 30, true, ask, 7, threads);
		photo_load_end(&load);
		photo_batch_add(&one, look, 30, true, ask[0].path, NULL);
		for (int i = 0; i < 7; i++)
			wrong += ask[i].bad != (i % 3 == 1);
		for (int i = 0; i < b.n; i++)
			wrong += memcmp(pixel(&b, i, 0, 0), one.x, bytes) ||
				 b.shot[i].fit.w != 50;
		ok(b.n == 5 && !wrong && strstr(ask[4].why.msg, "30 by 50"),
			"%d threads: five, and two that are no good", threads);
		photo_batch_release(&b);
		photo_batch_release(&one);
	}
	arena_release(&names);
}

/* Pixels of picture i that are not the first of `one`. */
static int others(const struct photo_batch *b, int i,
	const struct photo_batch *one, const struct photo_look *look)
{
	int n = 0;

	for (int y = 0; y < b->h; y++)
		for (int x = 0; x < b->w; x++)
			for (int k = 0; k < 3; k++)
				n += pack_pixel(&b->pack, look, i, y, x, k) !=
				     pixel(one, 0, x, y)[k];
	return n;
}

/* The same as bytes. */
static void packed(const struct photo_look *look, int threads)
{
	struct photo_batch b = {.bytes = true}, one = {0};
	struct photo_ask ask[4] = {{0}};
	struct photo_load load;
	int wrong = 0;

	for (int i = 0; i < 4; i++)
		ask[i].path = arena_dup(&names, test_path(files[i == 1]));
	photo_batch_begin(&one, 1, 64, 32);
	photo_batch_add(&one, look, 30, true, ask[0].path, NULL);
	photo_batch_begin(&b, 4, 64, 32);
	photo_load_begin(&load, &b, look, 30, true, ask, 4, threads);
	photo_load_end(&load);
	for (int i = 0; i < b.n; i++)
		wrong += others(&b, i, &one, look);
	ok(b.n == 3 && b.pack.n == 3 && !b.x && !wrong,
		"%d threads: bytes, of all but one", threads);
	photo_batch_begin(&b, 2, 64, 32);
	photo_batch_add(&b, look, 30, true, ask[0].path, NULL);
	ok(b.pack.n == 1 && !others(&b, 0, &one, look), "and one by itself");
	photo_batch_release(&b);
	photo_batch_release(&one);
	arena_release(&names);
}

int main(void)
{
	const struct photo_look look = {
		.max_size = 100, .stride = 32, .mean = {1, 2, 3}};
	struct photo_batch b = {0};
	struct err e;

	test_dir_make();
	draw(files[0], 50, 30);
	draw(files[1], 30, 50);
	photo_batch_begin(&b, 3, 64, 32);
	/* So that what should be 0 is made so. */
	memset(b.x, 1, b.size);
	ok(!photo_batch_add(&b, &look, 30, false, test_path(files[0]), &e) &&
			b.n == 1 && b.shot[0].w == 50 &&
			b.shot[0].fit.w == 50 && b.shot[0].fit.h == 30,
		"a photograph as it is");
	is_near(pixel(&b, 0, 20, 5)[2], 80 - 3, 0, "without its mean");
	ok(pixel(&b, 0, 50, 0)[2] == 0 && pixel(&b, 0, 0, 30)[0] == 0,
		"the padding is 0");
	ok(photo_batch_add(&b, &look, 30, false, test_path("none.png"), &e) &&
			e.code == ERR_NOINPUT && b.n == 1,
		"one that isn't there: %s", e.msg);
	ok(photo_batch_add(&b, &look, 30, false, test_path(files[1]), &e) &&
			e.code == ERR_DATA && b.n == 1 &&
			strstr(e.msg, "30 by 50"),
		"one of another shape: %s", e.msg);
	ok(!photo_batch_add(&b, &look, 30, true, test_path(files[0]), &e) &&
			b.n == 2,
		"its mirror image");
	is_near(pixel(&b, 1, 29, 5)[2], 80 - 3, 0, "is the other way round");
	ok(pixel(&b, 1, 50, 0)[2] == 0, "and padded on the same side");
	photo_batch_begin(&b, 1, 32, 32);
	ok(!photo_batch_add(&b, &look, 15, false, test_path(files[1]), &e) &&
			b.n == 1 && b.shot[0].fit.scale == 0.5,
		"another, smaller, in the same memory");
	many(&look);
	packed(&look, 0);
	packed(&look, 3);
	photo_batch_release(&b);
	test_dir_remove(files, 2);
	return done();
}
