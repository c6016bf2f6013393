#include "img/img_int.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <jpeglib.h>
#include <jerror.h>

/*
 * libjpeg reports errors by calling back; we jump out of it. A file of many
 * empty scans would keep a progressive decoder busy for hours, hence a limit.
 */
enum { SCANS_MAX = 500, EXIF_MARKER = JPEG_APP0 + 1 };

struct errors {
	struct jpeg_error_mgr mgr; /* first: libjpeg knows only this part */
	jmp_buf jump;
	char why[JMSG_LENGTH_MAX];
};

static void on_error(j_common_ptr c)
{
	struct errors *x = (struct errors *)c->err;

	c->err->format_message(c, x->why);
	longjmp(x->jump, 1);
}

/*
 * libjpeg decodes what it can of damaged data and warns; a picture half grey
 * is worse than none, so warnings are errors, but for those that leave the
 * pixels alone.
 */
static void on_message(j_common_ptr c, int level)
{
	if (level >= 0)
		return;
	switch (c->err->msg_code) {
	case JWRN_EXTRANEOUS_DATA:
	case JWRN_ADOBE_XFORM:
	case JWRN_BOGUS_ICC:
	case JWRN_JFIF_MAJOR:
		return;
	}
	on_error(c);
}

static void on_progress(j_common_ptr c)
{
	struct errors *x = (struct errors *)c->err;

	if (((j_decompress_ptr)c)->input_scan_number <= SCANS_MAX)
		return;
	snprintf(x->why, sizeof x->why, "more than %d scans", SCANS_MAX);
	longjmp(x->jump, 1);
}

static struct jpeg_error_mgr *errors_init(struct errors *x)
{
	jpeg_std_error(&x->mgr);
	x->mgr.error_exit = on_error;
	x->mgr.emit_message = on_message;
	return &x->mgr;
}

static int turn_of(const struct jpeg_decompress_struct *d)
{
	for (jpeg_saved_marker_ptr m = d->marker_list; m; m = m->next)
		if (m->marker == EXIF_MARKER && m->data_length > 6 &&
			!memcmp(m->data, "Exif\0", 6))
			return img_exif_turn(m->data + 6, m->data_length - 6);
	return 1;
}

static void read_header(struct jpeg_decompress_struct *d, FILE *f)
{
	jpeg_create_decompress(d);
	jpeg_stdio_src(d, f);
	jpeg_save_markers(d, EXIF_MARKER, 0xffff);
	jpeg_read_header(d, TRUE);
}

int img_jpg_info(FILE *f, struct img_info *info, struct err *e)
{
	struct jpeg_decompress_struct d = {0};
	struct errors x;

	d.err = errors_init(&x);
	if (setjmp(x.jump)) {
		jpeg_destroy_decompress(&d);
		return err_set(e, ERR_DATA, "%s", x.why);
	}
	read_header(&d, f);
	*info = (struct img_info){
		(int)d.image_width, (int)d.image_height, turn_of(&d)};
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
	struct jpeg_progress_mgr progress = {.progress_monitor = on_progress};
	struct errors x;

	d.err = errors_init(&x);
	if (setjmp(x.jump)) {
		jpeg_destroy_decompress(&d);
		return err_set(e, ERR_DATA, "%s", x.why);
	}
	read_header(&d, f);
	if (img_check_size(d.image_width, d.image_height, e)) {
		jpeg_destroy_decompress(&d);
		return -1;
	}
	d.progress = &progress;
	*turn = turn_of(&d);
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

/* What libjpeg allocates; outside the function that setjmp returns into. */
struct encoded {
	unsigned char *p;
	unsigned long n;
};

static int encode(
	const struct img *im, int quality, struct encoded *to, struct err *e)
{
	struct jpeg_compress_struct c = {0};
	struct errors x;

	c.err = errors_init(&x);
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
	struct encoded to = {0};
	int bad = encode(im, quality, &to, e);

	if (!bad && !buf_add(out, to.p, to.n))
		bad = err_set(e, ERR_OS, "encoded picture is too large");
	free(to.p);
	return bad;
}
