#define _XOPEN_SOURCE 700
#include "img_file.h"

#include <jpeglib.h>

/* A JPEG of one colour in any of libjpeg's colour spaces. */
static void encode(struct buf *out, J_COLOR_SPACE space, int components,
	const uint8_t *pixel, bool adobe, bool progressive)
{
	struct jpeg_compress_struct c;
	struct jpeg_error_mgr err;
	unsigned char *p = NULL;
	unsigned long n = 0;
	uint8_t row[16 * 4];
	JSAMPROW rows = row;

	c.err = jpeg_std_error(&err);
	jpeg_create_compress(&c);
	jpeg_mem_dest(&c, &p, &n);
	c.image_width = c.image_height = 16;
	c.input_components = components;
	c.in_color_space = space == JCS_YCCK ? JCS_CMYK : space;
	jpeg_set_defaults(&c);
	jpeg_set_colorspace(&c, space == JCS_RGB ? JCS_YCbCr : space);
	jpeg_set_quality(&c, 100, TRUE);
	c.write_Adobe_marker = adobe;
	if (progressive)
		jpeg_simple_progression(&c);
	jpeg_start_compress(&c, TRUE);
	for (int x = 0; x < 16; x++)
		memcpy(row + x * components, pixel, (size_t)components);
	for (int y = 0; y < 16; y++)
		jpeg_write_scanlines(&c, &rows, 1);
	jpeg_finish_compress(&c);
	jpeg_destroy_compress(&c);
	buf_add(out, p, n);
	free(p);
}

static void check_colour(const char *name, J_COLOR_SPACE space, int components,
	const uint8_t *pixel, bool adobe, uint32_t want)
{
	struct buf b;
	struct img im;
	struct err e = {0};

	for (int progressive = 0; progressive < 2; progressive++) {
		buf_init(&b, 1 << 20);
		encode(&b, space, components, pixel, adobe, progressive);
		is_int(img_load(&im, test_write("colour.jpg", b.p, b.n), 0, &e),
			0, name);
		uint32_t got = im.px ? test_pixel(&im, 8, 8) : 0;
		int off = 0;

		for (int k = 0; k < 24; k += 8)
			off |= abs((int)(got >> k & 255) -
				       (int)(want >> k & 255)) > 3;
		ok(!off, "%s: %06x is near %06x", name, got, want);
		img_release(&im);
		buf_release(&b);
	}
}

static void check_colours(void)
{
	/* A quarter of cyan and half of black, as they are and inverted. */
	static const uint8_t ink[] = {64, 0, 0, 128};
	static const uint8_t inverted[] = {191, 255, 255, 127};
	static const uint8_t rgb[] = {200, 100, 50}, grey[] = {77};
	uint32_t want = 0x5f7f7f;

	check_colour("RGB", JCS_RGB, 3, rgb, false, 0xc86432);
	check_colour("grey", JCS_GRAYSCALE, 1, grey, false, 0x4d4d4d);
	check_colour("CMYK", JCS_CMYK, 4, ink, false, want);
	check_colour("Adobe's CMYK", JCS_CMYK, 4, inverted, true, want);
	check_colour("Adobe's YCCK", JCS_YCCK, 4, inverted, true, want);
}

static void check_truncated(void)
{
	struct img im;
	struct buf b;
	struct err e;
	int accepted = 0, unnamed = 0;

	test_picture(&im, 40, 40);
	buf_init(&b, 1 << 20);
	img_write_jpg(&im, 90, &b, NULL);
	img_release(&im);
	for (size_t n = 1; n < b.n; n++) {
		const char *path = test_write("cut.jpg", b.p, n);

		e = (struct err){0};
		if (!img_load(&im, path, 0, &e))
			accepted++;
		else if (e.code != ERR_DATA || !strstr(e.msg, path))
			unnamed++;
		img_release(&im);
	}
	is_int(accepted, 0,
		"a JPEG that ends early is refused, wherever it ends");
	is_int(unnamed, 0, "by its name, as bad data");
	is_int(img_load(&im, test_write("cut.jpg", b.p, b.n), 0, &e), 0,
		"the whole of it is read");
	img_release(&im);

	/* Bytes after the end, as cameras leave them, do no harm. */
	buf_add(&b, "\0\0\0\0trailer", 11);
	is_int(img_load(&im, test_write("cut.jpg", b.p, b.n), 0, &e), 0,
		"and so it is with a trailer");
	img_release(&im);
	buf_release(&b);
}

/* Each byte turned round: an error or a picture, but never a crash. */
static void check_damaged(void)
{
	struct img im;
	struct buf b;
	int read = 0, refused = 0;

	test_picture(&im, 24, 24);
	buf_init(&b, 1 << 20);
	img_write_jpg(&im, 70, &b, NULL);
	img_release(&im);
	for (size_t i = 0; i < b.n; i++) {
		b.p[i] = (char)~b.p[i];
		if (img_load(&im, test_write("bad.jpg", b.p, b.n), 0, NULL))
			refused++;
		else
			read++;
		img_release(&im);
		b.p[i] = (char)~b.p[i];
	}
	ok(refused > 50 && read > 50, "damaged files: %d read, %d refused",
		read, refused);
	buf_release(&b);
}

/* A header that promises more than we would hold. */
static void check_too_large(void)
{
	static const uint8_t pixel[] = {9};
	struct buf b;
	struct img im;
	struct err e = {0};

	buf_init(&b, 1 << 20);
	encode(&b, JCS_GRAYSCALE, 1, pixel, false, false);
	for (size_t i = 0; i + 8 < b.n; i++)
		if ((b.p[i] & 255) == 0xff && (b.p[i + 1] & 255) == 0xc0) {
			memcpy(b.p + i + 5, "\xf0\x00\xf0\x00", 4);
			break;
		}
	is_int(img_load(&im, test_write("bad.jpg", b.p, b.n), 0, &e), -1,
		"a picture of 3775 million pixels is refused");
	ok(strstr(e.msg, "61440 by 61440"), "and its size told: %s", e.msg);
	buf_release(&b);
}

static void check_min_side(void)
{
	static const struct {
		int min, w, h;
	} cases[] = {{0, 320, 160}, {160, 320, 160}, {141, 320, 160},
		{140, 280, 140}, {80, 160, 80}, {20, 40, 20}, {1, 40, 20},
		{1000, 320, 160}};
	struct img im, small;
	struct buf b;
	const char *path;
	char name[64];

	test_picture(&im, 320, 160);
	buf_init(&b, 1 << 20);
	img_write_jpg(&im, 95, &b, NULL);
	path = test_write("scale.jpg", b.p, b.n);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		img_load(&small, path, cases[i].min, NULL);
		snprintf(name, sizeof name, "shorter side of %d: width",
			cases[i].min);
		is_int(small.w, cases[i].w, name);
		is_int(small.h, cases[i].h, "and height");
		img_release(&small);
	}
	img_load(&small, path, 40, NULL);

	struct img want;

	img_resize(&want, &im, 80, 40);
	ok(test_differ(&small, &want) < 12, "it is the same picture");
	img_release(&want);
	img_release(&small);
	img_release(&im);
	buf_release(&b);
}

int main(void)
{
	static const char *const files[] = {
		"colour.jpg", "cut.jpg", "bad.jpg", "scale.jpg"};

	test_dir_make();
	check_colours();
	check_truncated();
	check_damaged();
	check_too_large();
	check_min_side();
	test_dir_remove(files, 4);
	return done();
}
