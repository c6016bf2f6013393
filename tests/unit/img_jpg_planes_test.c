#define _XOPEN_SOURCE 700
#include "img_noise.h"

enum { W = 150, H = 117 };

static int sample(const struct img_planes *p, int k, int x, int y)
{
	return p->colour[k][(size_t)y * p->across + x];
}

static int min_int(int a, int b)
{
	return a < b ? a : b;
}

/* The colour that a part should have at x, y of the whole: that of the whole
 * where the part begins at one, the mean of neighbours where it begins between
 * two, as far as they are in the part. */
static int mean(const struct img_planes *p, int k, const struct img_part *at,
	int x, int y)
{
	int right = min_int(x / 2 + x % 2, (at->x + at->w - 1) / 2);
	int below = min_int(y / 2 + y % 2, (at->y + at->h - 1) / 2);

	return (sample(p, k, x / 2, y / 2) + sample(p, k, right, y / 2) +
		       sample(p, k, x / 2, below) + sample(p, k, right, below) +
		       2) /
	       4;
}

static int apart(const struct img_planes *whole, const struct img_planes *cut,
	const struct img_part *at)
{
	int most = 0;

	for (int y = 0; y < cut->h; y++)
		for (int x = 0; x < cut->w; x++) {
			int d = cut->light[(size_t)y * cut->w + x] -
				whole->light[(size_t)(at->y + y) * whole->w +
					     at->x + x];

			most = abs(d) > most ? abs(d) : most;
		}
	for (int i = 0; i < 2 * cut->down * cut->across; i++) {
		int k = i % 2, x = i / 2 % cut->across, y = i / 2 / cut->across;
		int d = sample(cut, k, x, y) -
			mean(whole, k, at, at->x + 2 * x, at->y + 2 * y);

		most = abs(d) > most ? abs(d) : most;
	}
	return most;
}

/* Parts of noise, encoded as well as can be, are what they were. */
static void check_parts(bool progressive)
{
	const struct noise_kind k = {2, 2, progressive, false, 1};
	const char *path = noise_encode(&k, W, H), *to = test_path("cut.jpg");
	struct img_planes whole, part, cut;
	const struct img_part all = {0, 0, W, H};
	struct rng r = rng_new(7, RNG_DRAW);
	int most = 0, d;

	ok(img_planes_load(&whole, path, &all, NULL) == 1 && whole.w == W &&
			whole.h == H && whole.across == 75 && whole.down == 59,
		"a whole photograph's planes");
	for (int i = 0; i < 100; i++) {
		struct img_part at = noise_part(&r, W, H);

		/* Of more than the part it must become the same. */
		const struct img_part *ask = i % 2 ? &at : &all;

		if (img_planes_load(&part, path, ask, NULL) != 1 ||
			img_planes_save(&part, &at, to, 100, NULL) ||
			img_planes_load(&cut, to,
				&(struct img_part){0, 0, at.w, at.h},
				NULL) != 1)
			break;
		d = apart(&whole, &cut, &at);
		most = d > most ? d : most;
		if (cut.w != at.w || cut.h != at.h)
			most = 256;
		img_planes_release(&part);
		img_planes_release(&cut);
	}
	ok(most <= 2, "cut and encoded%s: at most 2 of 255 apart, not %d",
		progressive ? ", progressive" : "", most);
	img_planes_release(&whole);
}

/* Through planes and through pixels it is the same picture. */
static void check_pixels(void)
{
	struct img im, a, b;
	struct img_planes p;
	struct img_part at = {31, 20, 80, 61};
	const char *path = test_path("whole.jpg"), *to = test_path("cut.jpg");

	test_picture(&im, W, H);
	img_save(&im, path, 100, NULL);
	img_release(&im);
	img_planes_load(&p, path, &at, NULL);
	img_planes_save(&p, &at, to, 100, NULL);
	img_planes_release(&p);
	img_load(&a, to, 0, NULL);
	img_load(&im, path, 0, NULL);
	img_crop(&b, &im, &at);
	ok(test_differ(&a, &b) <= 6, "as pixels: %d apart",
		test_differ(&a, &b));
	img_release(&a);
	img_release(&b);
	img_release(&im);
}

static void check_others(void)
{
	static const struct noise_kind kinds[] = {{1, 1, false, false, 1},
		{2, 1, false, false, 1}, {1, 2, false, false, 1},
		{2, 2, false, true, 1}, {2, 2, false, false, 6}};
	struct img_part at = {1, 1, 9, 9};
	struct img_planes p;
	struct img im;

	for (int i = 0; i < 5; i++) {
		const char *path = noise_encode(&kinds[i], W, H);

		ok(img_planes_load(&p, path, &at, NULL) == 0 && !p.light,
			"kind %d is left to others", i);
	}
	img_init(&im, 20, 20);
	img_save(&im, test_path("x.png"), 0, NULL);
	img_release(&im);
	is_int(img_planes_load(&p, test_path("x.png"), &at, NULL), 0,
		"so is a PNG");
}

static void check_damage(void)
{
	const struct noise_kind k = {2, 2, false, false, 1};
	const char *path = noise_encode(&k, W, H);
	struct img_part low = {0, H - 9, 9, 9}, high = {0, 0, 9, 9};
	struct img_planes p;
	struct err e = {0};

	if (truncate(path, 6000))
		exit(1);
	ok(img_planes_load(&p, path, &low, &e) == -1 && e.code == ERR_DATA &&
			strstr(e.msg, path) && !p.light,
		"a torn file is an error: %s", e.msg);
	ok(img_planes_load(&p, path, &high, NULL) == 1,
		"what is before the damage can be had");
	img_planes_release(&p);
	ok(img_planes_load(&p, test_path("none"), &low, &e) == -1 &&
			e.code == ERR_NOINPUT,
		"a missing file");
}

int main(void)
{
	static const char *const names[] = {"whole.jpg", "cut.jpg", "x.png"};

	test_dir_make();
	check_parts(false);
	check_parts(true);
	check_pixels();
	check_others();
	check_damage();
	test_dir_remove(names, 3);
	return done();
}
