#include "img/jpg_int.h"

enum { EXIF_MARKER = JPEG_APP0 + 1 };

int img_jpg_turn(const struct jpeg_decompress_struct *d)
{
	for (jpeg_saved_marker_ptr m = d->marker_list; m; m = m->next)
		if (m->marker == EXIF_MARKER && m->data_length > 6 &&
			!memcmp(m->data, "Exif\0", 6))
			return img_exif_turn(m->data + 6, m->data_length - 6);
	return 1;
}

void img_jpg_header(struct jpeg_decompress_struct *d, FILE *f)
{
	jpeg_create_decompress(d);
	jpeg_stdio_src(d, f);
	d->progress = &((struct img_jpg_errors *)d->err)->progress;
	jpeg_save_markers(d, EXIF_MARKER, 0xffff);
	jpeg_read_header(d, TRUE);
}

int img_jpg_info(FILE *f, struct img_info *info, struct err *e)
{
	struct jpeg_decompress_struct d = {0};
	struct img_jpg_errors x;

	d.err = img_jpg_errors_init(&x);
	if (setjmp(x.jump)) {
		jpeg_destroy_decompress(&d);
		return err_set(e, ERR_DATA, "%s", x.why);
	}
	img_jpg_header(&d, f);
	*info = (struct img_info){
		(int)d.image_width, (int)d.image_height, img_jpg_turn(&d)};
	jpeg_destroy_decompress(&d);
	return img_check_size((uint32_t)info->w, (uint32_t)info->h, e);
}

/* The smallest n/8 that keeps the shorter side at min_side or more. */
static void choose_scale(struct jpeg_decompress_struct *d, int min_side)
{
	JDIMENSION side = d->image_width < d->image_height ? d->image_width
							   : d->image_height;

	d->scale_denom = 8;
	d->scale_num = 8;
	while (min_side > 0 && d->scale_num > 1 &&
		(side * (d->scale_num - 1) + 7) / 8 >= (JDIMENSION)min_side)
		d->scale_num--;
}

/* Adobe's files store ink inverted, 255 for none. */
static void cmyk_to_rgb(uint8_t *to, const uint8_t *from, int n, bool inverted)
{
	int flip = inverted ? 0 : 255;

	for (int i = 0; i < n; i++, from += 4, to += 3)
		for (int k = 0; k < 3; k++)
			to[k] = (uint8_t)(((from[k] ^ flip) * (from[3] ^ flip) +
						  127) /
					  255);
}

static void read_rows(struct jpeg_decompress_struct *d, struct img *im)
{
	bool cmyk = d->out_color_space == JCS_CMYK;
	JSAMPARRAY ink = NULL;

	if (cmyk)
		ink = d->mem->alloc_sarray(
			(j_common_ptr)d, JPOOL_IMAGE, d->output_width * 4, 1);
	while (d->output_scanline < d->output_height) {
		JSAMPROW row = im->px + (size_t)d->output_scanline * im->w * 3;

		jpeg_read_scanlines(d, cmyk ? ink : &row, 1);
		if (cmyk)
			cmyk_to_rgb(row, ink[0], im->w, d->saw_Adobe_marker);
	}
}

int img_jpg_read(
	FILE *f, int min_side, struct img *im, int *turn, struct err *e)
{
	struct jpeg_decompress_struct d = {0};
	struct img_jpg_errors x;

	d.err = img_jpg_errors_init(&x);
	if (setjmp(x.jump)) {
		jpeg_destroy_decompress(&d);
		return err_set(e, ERR_DATA, "%s", x.why);
	}
	img_jpg_header(&d, f);
	if (img_check_size(d.image_width, d.image_height, e)) {
		jpeg_destroy_decompress(&d);
		return -1;
	}
	*turn = img_jpg_turn(&d);
	d.out_color_space =
		d.jpeg_color_space == JCS_CMYK || d.jpeg_color_space == JCS_YCCK
			? JCS_CMYK
			: JCS_RGB;
	choose_scale(&d, min_side);
	jpeg_start_decompress(&d);
	img_init(im, (int)d.output_width, (int)d.output_height);
	read_rows(&d, im);
	jpeg_finish_decompress(&d);
	jpeg_destroy_decompress(&d);
	return 0;
}

static int encode(const struct img *im, int quality, struct img_jpg_bytes *to,
	struct err *e)
{
	struct jpeg_compress_struct c = {0};
	struct img_jpg_errors x;

	c.err = img_jpg_errors_init(&x);
	if (setjmp(x.jump)) {
		jpeg_destroy_compress(&c);
		return err_set(e, ERR_DATA, "%s", x.why);
	}
	jpeg_create_compress(&c);
	jpeg_mem_dest(&c, &to->p, &to->n);
	c.image_width = (JDIMENSION)im->w;
	c.image_height = (JDIMENSION)im->h;
	c.input_components = 3;
	c.in_color_space = JCS_RGB;
	jpeg_set_defaults(&c);
	c.optimize_coding = TRUE;
	jpeg_set_quality(&c, quality ? quality : 90, TRUE);
	jpeg_start_compress(&c, TRUE);
	while (c.next_scanline < c.image_height) {
		JSAMPROW row = im->px + (size_t)c.next_scanline * im->w * 3;

		jpeg_write_scanlines(&c, &row, 1);
	}
	jpeg_finish_compress(&c);
	jpeg_destroy_compress(&c);
	return 0;
}

int img_write_jpg(
	const struct img *im, int quality, struct buf *out, struct err *e)
{
	struct img_jpg_bytes to = {0};
	int bad = encode(im, quality, &to, e);

	if (!bad && !buf_add(out, to.p, to.n))
		bad = err_set(e, ERR_OS, "encoded picture is too large");
	free(to.p);
	return bad;
}
