#define _XOPEN_SOURCE 700
#include "img_file.h"

#include <jpeglib.h>

/* A JPEG whose colours are stored at 1/h by 1/v of the size. */
static const char *encode(const struct img *im, int h, int v, bool grey)
{
	struct jpeg_compress_struct c;
	struct jpeg_error_mgr err;
	unsigned char *p = NULL;
	unsigned long n = 0;
	const char *path;

	c.err = jpeg_std_error(&err);
	jpeg_create_compress(&c);
	jpeg_mem_dest(&c, &p, &n);
	c.image_width = (JDIMENSION)im->w;
	c.image_height = (JDIMENSION)im->h;
	c.input_components = 3;
	c.in_color_space = JCS_RGB;
	jpeg_set_defaults(&c);
	if (grey)
		jpeg_set_colorspace(&c, JCS_GRAYSCALE);
	c.comp_info[0].h_samp_factor = h;
	c.comp_info[0].v_samp_factor = v;
	jpeg_start_compress(&c, TRUE);
	for (int y = 0; y < im->h; y++) {
		JSAMPROW row = im->px + (size_t)y * im->w * 3;

		jpeg_write_scanlines(&c, &row, 1);
	}
	jpeg_finish_compress(&c);
	jpeg_destroy_compress(&c);
	path = test_write("whole.jpg", p, n);
	free(p);
	return path;
}

/* The cut decodes to the pixels of the whole, but that colours stored at a
 * lower resolution are smoothed across the edge by the decoder. */
static void check_cut(const struct img *whole, const char *path,
	struct img_part want, int h, int v)
{
	struct img_part part = want;
	struct img cut, inner, same;
	struct err e = {0};
	int mx = 8 * h, my = 8 * v;
	int right = want.x + want.w, bottom = want.y + want.h;
	/* Pixels next to a cut that the smoothing reaches. */
	int sx = h > 1 ? 2 : 0, sy = v > 1 ? 2 : 0;

	is_int(img_cut_jpg(path, &part, test_path("cut.jpg"), &e), 0, "cut");
	ok(part.x == want.x / mx * mx && part.y == want.y / my * my,
		"the corner is at a block: %d,%d", part.x, part.y);
	ok(part.x + part.w == right && part.y + part.h == bottom,
		"the other corner is kept");
	img_load(&cut, test_path("cut.jpg"), 0, &e);
	ok(cut.w == part.w && cut.h == part.h, "the file is as large");
	if (cut.w > 2 * sx && cut.h > 2 * sy) {
		img_crop(&inner, &cut,
			&(struct img_part){
				sx, sy, cut.w - 2 * sx, cut.h - 2 * sy});
		img_crop(&same, whole,
			&(struct img_part){
				part.x + sx, part.y + sy, inner.w, inner.h});
		is_int(test_differ(&inner, &same), 0, "the same pixels");
		img_release(&inner);
		img_release(&same);
	}
	img_release(&cut);
}

int main(void)
{
	static const int factors[][2] = {
		{1, 1}, {2, 1}, {1, 2}, {2, 2}, {4, 1}};
	static const struct img_part parts[] = {{0, 0, 101, 67},
		{16, 16, 32, 16}, {7, 21, 50, 40}, {40, 3, 61, 64},
		{99, 65, 2, 2}, {33, 33, 1, 1}};
	static const char *const files[] = {"whole.jpg", "cut.jpg", "png.png"};
	struct img im, whole;
	struct img_part part = {90, 60, 20, 20};
	struct err e = {0};
	const char *path = NULL;

	test_dir_make();
	test_picture(&im, 101, 67);
	for (int grey = 0; grey < 2; grey++)
		for (int i = 0; i < 5; i++) {
			int h = factors[i][0], v = factors[i][1];

			path = encode(&im, h, v, grey);
			img_load(&whole, path, 0, NULL);
			for (int k = 0; k < 6; k++)
				check_cut(&whole, path, parts[k], h, v);
			img_release(&whole);
		}
	is_int(img_cut_jpg(path, &part, test_path("no.jpg"), &e), -1,
		"what is not all inside is refused");
	is_int(e.code, ERR_DATA, "as bad data");
	img_save(&im, test_path("png.png"), 0, NULL);
	is_int(img_cut_jpg(
		       test_path("png.png"), &part, test_path("no.jpg"), &e),
		-1, "and so is a PNG");
	ok(strstr(e.msg, "Not a JPEG"), "which is said: %s", e.msg);
	img_release(&im);
	test_dir_remove(files, 3);
	return done();
}
