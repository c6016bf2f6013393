#define _XOPEN_SOURCE 700
#include "img/jpg_int.h"
#include "img_noise.h"

enum { W = 203, H = 149 };

/* A file's header, and what is left of it of a part. */
static bool trimmed(const char *path, const struct img_part *part, int margin,
	struct img_part *left, int *w, int *h)
{
	struct jpeg_decompress_struct d = {0};
	struct img_jpg_errors x;
	FILE *f = fopen(path, "rb");
	long at;
	bool moved;

	d.err = img_jpg_errors_init(&x);
	if (!f || setjmp(x.jump))
		exit(1);
	img_jpg_header(&d, f);
	at = ftell(f);
	img_jpg_trim(&d, f, part, margin, 50, left);
	*w = (int)d.image_width;
	*h = (int)d.image_height;
	moved = ftell(f) != at;
	jpeg_destroy_decompress(&d);
	fclose(f);
	return !moved && (*w != W || *h != H);
}

static void check_geometry(void)
{
	const struct noise_kind k = {2, 2, false, false, 6};
	const char *path = noise_encode(&k, W, H);
	struct img_part left, part = {37, 50, 20, 30};
	int w, h;

	ok(trimmed(path, &part, 0, &left, &w, &h) && w == 32 && h == 32 &&
			left.x == 5 && left.y == 2 && left.w == 20 &&
			left.h == 30,
		"two MCUs by two are left: %dx%d", w, h);
	ok(trimmed(path, &part, 1, &left, &w, &h) && w == 64 && h == 64 &&
			left.x == 21 && left.y == 18,
		"and one at each side: %dx%d", w, h);
	part = (struct img_part){W - 1, H - 1, 1, 1};
	ok(trimmed(path, &part, 0, &left, &w, &h) && w == 11 && h == 5 &&
			left.x == 10 && left.y == 4,
		"the last is as small as it was: %dx%d", w, h);
	part = (struct img_part){0, 0, W, H};
	ok(!trimmed(path, &part, 0, &left, &w, &h) && left.w == W,
		"all is not trimmed");
}

static void check_others(void)
{
	static const struct noise_kind plain[] = {{1, 1, false, false, 1},
		{2, 1, false, false, 1}, {4, 1, false, false, 1},
		{1, 1, false, true, 1}};
	const struct noise_kind progressive = {2, 2, true, false, 1};
	struct img_part left, part = {70, 60, 9, 9};
	int w, h;

	for (int i = 0; i < 4; i++)
		ok(trimmed(noise_encode(&plain[i], W, H), &part, 0, &left, &w,
			   &h),
			"plain kind %d is trimmed", i);
	ok(!trimmed(noise_encode(&progressive, W, H), &part, 0, &left, &w, &h),
		"a progressive one is not");
}

/* The file's bytes; changed, they are another file. */
static uint8_t *bytes_of(const char *path, size_t *n)
{
	static uint8_t p[1 << 20];
	FILE *f = fopen(path, "rb");

	if (!f)
		exit(1);
	*n = fread(p, 1, sizeof p, f);
	fclose(f);
	return p;
}

static void check_damage(void)
{
	const struct noise_kind k = {2, 2, false, false, 1};
	const char *path = noise_encode(&k, W, H);
	struct img_part left, low = {0, H - 9, 9, 9}, high = {0, 0, 9, 9};
	size_t n;
	uint8_t *p = bytes_of(path, &n);
	int w, h;

	test_write("torn.jpg", p, n / 2);
	path = test_path("torn.jpg");
	ok(!trimmed(path, &low, 0, &left, &w, &h), "what is torn off is left");
	ok(trimmed(path, &high, 0, &left, &w, &h), "what is before is trimmed");
	test_write("torn.jpg", p, n - 2);
	ok(!trimmed(path, &low, 0, &left, &w, &h),
		"a last row without the file's end is left");
	/* A marker in the middle of the coefficients. */
	p[n / 2] = 0xff;
	p[n / 2 + 1] = 0xd9;
	test_write("torn.jpg", p, n);
	ok(!trimmed(path, &low, 0, &left, &w, &h), "so is a sudden end");
}

/* A part keeps to what it was when tables of its own lack codes for the
 * differences that leaving out makes: a dark square in light. */
static void check_own_tables(void)
{
	struct img im, whole, want;
	struct img_part part = {48, 0, 8, 64};
	struct img_window win;
	const char *path = test_path("whole.jpg");

	/* Up to 64x64 pixels, files have their own tables. */
	img_init(&im, 64, 64);
	for (int y = 0; y < 64; y++)
		for (int x = 0; x < 64; x++)
			memset(im.px + (y * 64 + x) * 3,
				x / 16 * 40 + y / 16 * 20, 3);
	img_save(&im, path, 90, NULL);
	img_load(&whole, path, 0, NULL);
	img_load_window(&win, path, &(struct img_ask){.part = part}, NULL);
	img_crop(&want, &whole, &part);
	img_release(&im);
	img_window_cut(&im, &win, &part, part.w, part.h);
	is_int(test_differ(&im, &want), 0, "tables without all codes");
	img_release(&im);
	img_release(&want);
	img_release(&whole);
	img_release(&win.im);
}

int main(void)
{
	static const char *const files[] = {"whole.jpg", "torn.jpg"};

	test_dir_make();
	check_geometry();
	check_others();
	check_damage();
	check_own_tables();
	test_dir_remove(files, 2);
	return done();
}
