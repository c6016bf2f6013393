#define _XOPEN_SOURCE 700
#include "img_file.h"
#include "img/img_int.h"

/* A TIFF header with one directory entry, the orientation. */
static size_t exif(uint8_t *p, bool big, int turn)
{
	static const uint8_t intel[] = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12,
		1, 3, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
	static const uint8_t motorola[] = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1,
		0x12, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};

	memcpy(p, big ? motorola : intel, sizeof intel);
	p[big ? 19 : 18] = (uint8_t)turn;
	return sizeof intel;
}

static void check_header(void)
{
	uint8_t p[64];
	size_t n = 0;
	int right = 0, sane = 1;

	for (int turn = 0; turn < 12; turn++)
		for (int big = 0; big < 2; big++) {
			n = exif(p, big, turn);
			right += img_exif_turn(p, n) ==
				 (turn >= 1 && turn <= 8 ? turn : 1);
		}
	is_int(right, 24, "orientations are read, 1 where they make no sense");
	exif(p, false, 6);
	for (size_t cut = 0; cut < n - 4; cut++)
		sane &= img_exif_turn(p, cut) == 1 || cut >= 22;
	ok(sane, "a block that ends early has none");
	for (size_t i = 0; i < n; i++)
		for (int v = 0; v < 256; v += 5) {
			uint8_t was = p[i];
			int turn;

			p[i] = (uint8_t)v;
			turn = img_exif_turn(p, n);
			sane &= turn >= 1 && turn <= 8;
			p[i] = was;
		}
	ok(sane, "damage is survived");
}

/*
 * What the eight orientations are (EXIF 2.3, 4.6.4): where the first row and
 * the first column of the stored picture are in the upright one. A picture of
 * 3 by 2 letters, stored "abc/def", upright:
 */
static const char *const upright[] = {"abcdef", "cbafed", "fedcba", "defabc",
	"adbecf", "daebfc", "fcebda", "cfbead"};

static void check_turns(void)
{
	for (int turn = 1; turn <= 8; turn++) {
		struct img im;
		char got[7] = "";

		img_init(&im, 3, 2);
		for (int i = 0; i < 6; i++)
			memset(im.px + i * 3, 'a' + i, 3);
		img_turn(&im, turn);
		for (int i = 0; i < 6; i++)
			got[i] = (char)im.px[i * 3 + 1];
		is_str(got, upright[turn - 1], "upright");
		is_int(im.w, turn < 5 ? 3 : 2, "its width");
		img_release(&im);
	}
}

/* What is cut of a turned photo is turned as the photo is; a block's corner in
 * the file is at the right in the upright picture. */
static void check_cut(const char *path, const struct img *whole)
{
	struct img_part part = {3, 17, 10, 20};
	struct img got, want;
	struct err e = {0};

	is_int(img_cut_jpg(path, &part, test_path("cut.jpg"), &e), 0,
		"it is cut without loss");
	ok(part.x == 3 && part.y == 16 && part.w == 13 && part.h == 21,
		"at a block's corner: %d,%d,%d,%d", part.x, part.y, part.w,
		part.h);
	is_int(img_load(&got, test_path("cut.jpg"), 0, &e), 0, "and read");
	img_crop(&want, whole, &part);
	ok(test_differ(&got, &want) <= 8,
		"upright too, but for colours smoothed at the edge");
	img_release(&got);
	img_release(&want);
}

/* A JPEG with an APP1 segment behind its first marker. */
static void check_file(void)
{
	struct img im, want, got;
	struct buf plain, b;
	uint8_t segment[64] = {0xff, 0xe1, 0, 0, 'E', 'x', 'i', 'f', 0, 0};
	size_t n = exif(segment + 10, true, 6);
	struct err e = {0};
	const char *path;
	int w = 0, h = 0;

	segment[3] = (uint8_t)(n + 8);
	test_picture(&im, 48, 32);
	buf_init(&plain, 1 << 20);
	buf_init(&b, 1 << 20);
	img_write_jpg(&im, 90, &plain, NULL);
	buf_add(&b, plain.p, 2);
	buf_add(&b, segment, n + 10);
	buf_add(&b, plain.p + 2, plain.n - 2);
	img_load(&want, test_write("plain.jpg", plain.p, plain.n), 0, NULL);
	img_turn(&want, 6);
	path = test_write("turned.jpg", b.p, b.n);
	is_int(img_size(path, &w, &h, &e), 0, "the size of a turned photo");
	ok(w == 32 && h == 48, "is what it is upright: %d by %d", w, h);
	is_int(img_load(&got, path, 0, &e), 0, "a turned photo is read");
	is_int(test_differ(&got, &want), 0, "upright");
	img_release(&got);
	img_load(&got, path, 16, &e);
	ok(got.w == 16 && got.h == 24, "also when smaller: %d by %d", got.w,
		got.h);

	check_cut(path, &want);
	img_release(&got);
	img_release(&want);
	img_release(&im);
	buf_release(&plain);
	buf_release(&b);
}

int main(void)
{
	static const char *const files[] = {
		"plain.jpg", "turned.jpg", "cut.jpg"};

	test_dir_make();
	check_header();
	check_turns();
	check_file();
	test_dir_remove(files, 3);
	return done();
}
