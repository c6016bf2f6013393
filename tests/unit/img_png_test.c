#define _XOPEN_SOURCE 700
#include "img_file.h"

#include <png.h>

static void to_buf(png_structp png, png_bytep p, size_t n)
{
	buf_add(png_get_io_ptr(png), p, n);
}

static void flush(png_structp png)
{
	(void)png;
}

/* What is special about a PNG of 8 by 8 pixels, all alike. */
struct kind {
	const char *name;
	int depth, type, interlace;
	uint8_t pixel[8];
	const png_byte *clear; /* a palette's alpha */
	uint32_t want;
};

static void encode(struct buf *out, const struct kind *k)
{
	png_structp png = png_create_write_struct(
		PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png_create_info_struct(png);
	png_color palette[2] = {{10, 20, 30}, {200, 100, 0}};
	uint8_t row[64];
	png_bytep rows[8];
	int bytes;

	png_set_write_fn(png, out, to_buf, flush);
	png_set_IHDR(png, info, 8, 8, k->depth, k->type, k->interlace, 0, 0);
	if (k->type == PNG_COLOR_TYPE_PALETTE)
		png_set_PLTE(png, info, palette, 2);
	if (k->clear)
		png_set_tRNS(png, info, k->clear, 2, NULL);
	png_write_info(png, info);
	bytes = (int)png_get_rowbytes(png, info) / 8;
	for (int x = 0; x < 8; x++)
		memcpy(row + x * bytes, k->pixel, (size_t)bytes);
	if (!bytes) /* less than a byte a pixel */
		memset(row, k->pixel[0], 8);
	for (int y = 0; y < 8; y++)
		rows[y] = row;
	png_write_image(png, rows);
	png_write_end(png, NULL);
	png_destroy_write_struct(&png, &info);
}

static void check_kinds(void)
{
	static const png_byte half[] = {255, 0};
	static const struct kind kinds[] = {
		{"RGB", 8, PNG_COLOR_TYPE_RGB, 0, {1, 2, 3}, NULL, 0x010203},
		{"interlaced RGB", 8, PNG_COLOR_TYPE_RGB, 1, {1, 2, 3}, NULL,
			0x010203},
		{"16-bit RGB", 16, PNG_COLOR_TYPE_RGB, 0,
			{0x12, 0x34, 0xff, 0xff, 0x80, 0x10}, NULL, 0x12ff80},
		{"grey", 8, PNG_COLOR_TYPE_GRAY, 0, {77}, NULL, 0x4d4d4d},
		{"16-bit grey", 16, PNG_COLOR_TYPE_GRAY, 1, {0x40, 0xf0}, NULL,
			0x414141},
		{"1-bit grey", 1, PNG_COLOR_TYPE_GRAY, 0, {0xff}, NULL,
			0xffffff},
		{"palette", 1, PNG_COLOR_TYPE_PALETTE, 0, {0}, NULL, 0x0a141e},
		{"clear in a palette", 1, PNG_COLOR_TYPE_PALETTE, 0, {0xff},
			half, 0xffffff},
		{"opaque alpha", 8, PNG_COLOR_TYPE_RGB_ALPHA, 0, {9, 8, 7, 255},
			NULL, 0x090807},
		{"clear alpha", 8, PNG_COLOR_TYPE_RGB_ALPHA, 0, {9, 8, 7, 0},
			NULL, 0xffffff},
		{"alpha", 8, PNG_COLOR_TYPE_RGB_ALPHA, 1, {255, 0, 100, 51},
			NULL, 0xffcce0},
		{"16-bit alpha", 16, PNG_COLOR_TYPE_RGB_ALPHA, 0,
			{255, 255, 0, 0, 100, 100, 51, 51}, NULL, 0xffcce0},
		{"grey alpha", 8, PNG_COLOR_TYPE_GRAY_ALPHA, 0, {0, 102}, NULL,
			0x999999},
	};
	struct img im;
	struct buf b;
	struct err e = {0};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		buf_init(&b, 1 << 16);
		encode(&b, &kinds[i]);
		is_int(img_load(&im, test_write("kind.png", b.p, b.n), 0, &e),
			0, kinds[i].name);
		uint32_t got = im.px ? test_pixel(&im, 7, 7) : 0;

		ok(got == kinds[i].want, "%06x is %06x", got, kinds[i].want);
		img_release(&im);
		buf_release(&b);
	}
}

static void check_truncated(void)
{
	struct img im;
	struct buf b;
	struct err e;
	int accepted = 0, unnamed = 0;

	test_picture(&im, 24, 24);
	buf_init(&b, 1 << 20);
	img_write_png(&im, &b, NULL);
	img_release(&im);
	for (size_t n = 1; n < b.n; n++) {
		const char *path = test_write("cut.png", b.p, n);

		e = (struct err){0};
		if (!img_load(&im, path, 0, &e))
			accepted++;
		else if (e.code != ERR_DATA || !strstr(e.msg, path))
			unnamed++;
		img_release(&im);
	}
	is_int(accepted, 0,
		"a PNG that ends early is refused, wherever it ends");
	is_int(unnamed, 0, "by its name, as bad data");

	/* Checksums find every damage but that of what is left unread. */
	for (size_t i = 8; i < b.n; i++) {
		b.p[i] = (char)~b.p[i];
		accepted += !img_load(
			&im, test_write("cut.png", b.p, b.n), 0, NULL);
		img_release(&im);
		b.p[i] = (char)~b.p[i];
	}
	is_int(accepted, 0, "and so is one with a wrong byte");
	buf_release(&b);
}

/* A valid header of a picture of 100,001 by 1000 pixels, and no more. */
static void check_too_large(void)
{
	static const uint8_t head[] = {137, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0,
		0, 13, 'I', 'H', 'D', 'R', 0, 1, 0x86, 0xa1, 0, 0, 3, 0xe8, 8,
		2, 0, 0, 0, 0x31, 0x3a, 0x2e, 0x0f};
	struct img im;
	struct err e = {0};
	uint32_t crc = ~0U;
	uint8_t p[sizeof head + 12] = {0};

	memcpy(p, head, sizeof head);
	for (int i = 12; i < 29; i++) {
		crc ^= p[i];
		for (int k = 0; k < 8; k++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320U : 0);
	}
	crc = ~crc;
	for (int i = 0; i < 4; i++)
		p[29 + i] = (uint8_t)(crc >> (24 - 8 * i));
	memcpy(p + 37, "IDAT", 4);
	is_int(img_load(&im, test_write("big.png", p, sizeof p), 0, &e), -1,
		"a picture of more than 100 million pixels is refused");
	ok(strstr(e.msg, "100001 by 1000"), "and its size told: %s", e.msg);
}

int main(void)
{
	static const char *const files[] = {"kind.png", "cut.png", "big.png"};

	test_dir_make();
	check_kinds();
	check_truncated();
	check_too_large();
	test_dir_remove(files, 3);
	return done();
}
