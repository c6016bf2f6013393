#define _XOPEN_SOURCE 700
#include "img_noise.h"

/* A part that is decoded alone has the pixels that it has in the whole, which
 * are there between the same numbers. */
static bool same_as_whole(const struct img_window *whole, const char *path,
	const struct img_ask *ask)
{
	struct img_window win;
	struct img_part at;
	struct img cut;
	bool same;

	if (img_load_window(&win, path, ask, NULL))
		return false;
	at = (struct img_part){(int)lrint((win.x - whole->x) * whole->scale),
		(int)lrint((win.y - whole->y) * whole->scale), win.im.w,
		win.im.h};
	img_crop(&cut, &whole->im, &at);
	same = win.scale == whole->scale && test_differ(&cut, &win.im) == 0 &&
	       at.w <= (ask->part.w + 2 * 8) * whole->scale + 2;
	img_release(&cut);
	/* and it covers what was asked for */
	same = same && win.x <= ask->part.x && win.y <= ask->part.y &&
	       win.x + win.im.w / win.scale >= ask->part.x + ask->part.w &&
	       win.y + win.im.h / win.scale >= ask->part.y + ask->part.h;
	img_release(&win.im);
	return same;
}

static void check_kind(const struct noise_kind *k, int w, int h)
{
	const char *path = noise_encode(k, w, h);
	struct rng r = rng_new(5, RNG_DRAW);

	for (int shrink = 1; shrink <= 8; shrink *= 2) {
		struct img_ask ask = {.shrink = shrink};
		struct img_window whole;
		int upright_w = k->turn >= 5 ? h : w, bad = 0;

		img_load_window(&whole, path, &ask, NULL);
		for (int i = 0; i < 60; i++) {
			ask.part = noise_part(&r, upright_w, w + h - upright_w);
			bad += !same_as_whole(&whole, path, &ask);
		}
		ok(!bad, "%dx%d%s%s, turn %d, 1/%d: %d of 60 parts differ",
			k->h, k->v, k->progressive ? ", progressive" : "",
			k->cmyk ? ", CMYK" : "", k->turn, shrink, bad);
		img_release(&whole.im);
	}
}

static void check_cut_sizes(void)
{
	struct noise_kind k = {2, 2, false, false, 1};
	const char *path = noise_encode(&k, 320, 200);
	struct img_part part = {40, 30, 160, 120};
	struct img_ask ask = {.part = part};
	struct img_window win;
	struct img whole, cut, want, got;

	img_load(&whole, path, 0, NULL);
	img_crop(&cut, &whole, &part);
	img_resize(&want, &cut, 64, 48);
	img_load_window(&win, path, &ask, NULL);
	img_window_cut(&got, &win, &part, 64, 48);
	is_int(test_differ(&got, &want), 0,
		"cutting and scaling at once is doing one after the other");
	img_release(&got);
	img_window_cut(&got, &win, &part, 160, 120);
	is_int(test_differ(&got, &cut), 0, "without scaling it is a crop");
	img_release(&got);
	img_release(&win.im);
	img_release(&want);
	img_release(&cut);
	img_release(&whole);
}

static void check_stored(void)
{
	struct noise_kind k = {1, 1, false, false, 6};
	const char *path = noise_encode(&k, 64, 40);
	struct img_window win;

	img_load_window(&win, path, &(struct img_ask){.as_stored = true}, NULL);
	ok(win.im.w == 64 && win.im.h == 40, "a picture as it is stored");
	img_release(&win.im);
}

int main(void)
{
	static const struct noise_kind kinds[] = {{1, 1, false, false, 1},
		{2, 1, false, false, 1}, {2, 2, false, false, 1},
		{1, 2, false, false, 1}, {2, 2, true, false, 1},
		{1, 1, false, true, 1}, {4, 1, false, false, 1},
		{2, 2, false, false, 2}, {2, 2, false, false, 3},
		{2, 2, false, false, 4}, {2, 1, false, false, 5},
		{2, 2, false, false, 6}, {2, 2, false, false, 7},
		{2, 2, true, false, 8}};
	static const char *const files[] = {"whole.jpg"};

	test_dir_make();
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		check_kind(&kinds[i], 203, 149);
		check_kind(&kinds[i], 96, 128);
	}
	check_cut_sizes();
	check_stored();
	test_dir_remove(files, 1);
	return done();
}
