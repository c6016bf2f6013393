#include "img/jpg_int.h"

#include <math.h>

int img_jpg_turn(const struct jpeg_decompress_struct *d)
{
	for (jpeg_saved_marker_ptr m = d->marker_list; m; m = m->next)
		if (m->marker == IMG_JPG_EXIF && m->data_length > 6 &&
			!memcmp(m->data, "Exif\0", 6))
			return img_exif_turn(m->data + 6, m->data_length - 6);
	return 1;
}

void img_jpg_header(struct jpeg_decompress_struct *d, FILE *f)
{
	jpeg_create_decompress(d);
	img_jpg_source(d, f);
	d->progress = &((struct img_jpg_errors *)d->err)->progress;
	jpeg_save_markers(d, IMG_JPG_EXIF, 0xffff);
	jpeg_save_markers(d, IMG_JPG_PROFILE, 0xffff);
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
static int choose_scale(const struct img_info *of, int min_side)
{
	int side = of->w < of->h ? of->w : of->h, n = 8;

	while (min_side > 0 && n > 1 && (side * (n - 1) + 7) / 8 >= min_side)
		n--;
	return n;
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

/* The part that was asked for, as it is stored; w 0: all. */
static struct img_area stored_part(
	const struct img_ask *ask, const struct img_info *of)
{
	struct img_area a = {
		ask->part.x, ask->part.y, ask->part.w, ask->part.h};

	if (!ask->part.w)
		return (struct img_area){0};
	if (!ask->as_stored)
		a = img_unturn_area(a, of->turn, of->w, of->h);
	BUG_ON(a.x < 0 || a.y < 0 || a.x + a.w > of->w || a.y + a.h > of->h);
	return a;
}

/* The pixels of the decoder's output, whose size is known, that show it. */
static struct img_part needed(
	const struct jpeg_decompress_struct *d, const struct img_area *a)
{
	double scale = (double)d->scale_num / d->scale_denom;
	struct img_part p = {0, 0, (int)d->output_width, (int)d->output_height};

	if (a->w <= 0)
		return p;
	p.x = (int)(a->x * scale);
	p.y = (int)(a->y * scale);
	p.w = (int)ceil((a->x + a->w) * scale) - p.x;
	p.h = (int)ceil((a->y + a->h) * scale) - p.y;
	return p;
}

/*
 * Ask for the columns of a part alone. Colours of a lower resolution are
 * smoothed with their neighbours, so a block more at each side is decoded.
 * Returns the column that a row then begins at.
 */
static int skip_columns(
	struct jpeg_decompress_struct *d, const struct img_part *p)
{
	int block = d->max_h_samp_factor * d->min_DCT_scaled_size;
	int x0 = p->x - block, x1 = p->x + p->w + block;
	JDIMENSION at, n;

	x0 = x0 < 0 ? 0 : x0;
	x1 = x1 > (int)d->output_width ? (int)d->output_width : x1;
	if (x1 - x0 == (int)d->output_width)
		return 0;
	at = (JDIMENSION)x0;
	n = (JDIMENSION)(x1 - x0);
	jpeg_crop_scanline(d, &at, &n);
	return (int)at;
}

static void read_rows(struct jpeg_decompress_struct *d, struct img *im,
	const struct img_part *p)
{
	bool cmyk = d->out_color_space == JCS_CMYK;
	int left = skip_columns(d, p);
	JSAMPARRAY row = d->mem->alloc_sarray((j_common_ptr)d, JPOOL_IMAGE,
		d->output_width * (cmyk ? 4 : 3), 1);
	size_t skip = (size_t)(p->x - left);

	if (p->y)
		jpeg_skip_scanlines(d, (JDIMENSION)p->y);
	for (int y = 0; y < p->h; y++) {
		uint8_t *to = im->px + (size_t)y * im->w * 3;

		jpeg_read_scanlines(d, row, 1);
		if (cmyk)
			cmyk_to_rgb(to, row[0] + skip * 4, im->w,
				d->saw_Adobe_marker);
		else
			memcpy(to, row[0] + skip * 3, (size_t)im->w * 3);
	}
	/* Damage behind the pixels of a whole picture is damage too. */
	if (d->output_scanline == d->output_height)
		jpeg_finish_decompress(d);
}

static void ask_decoder(struct jpeg_decompress_struct *d,
	const struct img_ask *ask, const struct img_info *of)
{
	d->out_color_space = d->jpeg_color_space == JCS_CMYK ||
					     d->jpeg_color_space == JCS_YCCK
				     ? JCS_CMYK
				     : JCS_RGB;
	d->scale_denom = 8;
	d->scale_num = (unsigned)choose_scale(of, ask->min_side);
	if (ask->shrink > 1)
		d->scale_num = (unsigned)(8 / ask->shrink);
}

/* As measured: without it, columns that are not needed are decoded only as far
 * as to know where they end. */
enum { WORTH = 30 };

/* Colours of a lower resolution are smoothed with their neighbours: an MCU more
 * at each side. Returns where what is left begins. */
static struct img_area trim(
	struct jpeg_decompress_struct *d, FILE *f, struct img_area *a)
{
	struct img_part part = {(int)a->x, (int)a->y, (int)a->w, (int)a->h};
	struct img_part left;
	struct img_area from = {0};

	if (a->w <= 0)
		return from;
	img_jpg_trim(d, f, &part, 1, WORTH, &left);
	from.x = part.x - left.x;
	from.y = part.y - left.y;
	a->x = left.x;
	a->y = left.y;
	return from;
}

static void read_part(struct jpeg_decompress_struct *d, FILE *f,
	const struct img_ask *ask, const struct img_info *of, struct img *im,
	struct img_area *at)
{
	struct img_area a = stored_part(ask, of), from = trim(d, f, &a);
	struct img_part p;
	double scale;

	ask_decoder(d, ask, of);
	jpeg_start_decompress(d);
	p = needed(d, &a);
	img_init(im, p.w, p.h);
	read_rows(d, im, &p);
	scale = (double)d->scale_num / d->scale_denom;
	*at = (struct img_area){p.x / scale + from.x, p.y / scale + from.y,
		p.w / scale, p.h / scale};
}

int img_jpg_read(FILE *f, const struct img_ask *ask, struct img *im,
	struct img_info *info, struct img_area *at, struct err *e)
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
	*info = (struct img_info){
		(int)d.image_width, (int)d.image_height, img_jpg_turn(&d)};
	read_part(&d, f, ask, info, im, at);
	jpeg_destroy_decompress(&d);
	return 0;
}

enum { OWN_TABLES = 64 * 64 }; /* pixels */

void img_jpg_ask(struct jpeg_compress_struct *c, int w, int h,
	J_COLOR_SPACE colours, int quality)
{
	c->image_width = (JDIMENSION)w;
	c->image_height = (JDIMENSION)h;
	c->input_components = 3;
	c->in_color_space = colours;
	jpeg_set_defaults(c);
	/* Tables of its own pay in a small file; they take twice as long as
	 * coding. */
	c->optimize_coding = w * h <= OWN_TABLES;
	jpeg_set_quality(c, quality ? quality : 90, TRUE);
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
	img_jpg_ask(&c, im->w, im->h, JCS_RGB, quality);
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
