#include "img/jpg_int.h"
#include "base/file.h"
#include "base/mem.h"

/* Per cent of the rows down to the part's last, up to which a trim is tried. */
enum { WORTH = 75 };

/* The part of a JPEG that is cut. */
struct cut {
	struct img_part *part; /* of the upright picture */
	JDIMENSION x, y, w, h; /* as stored: x and y multiples of an iMCU */
	jvirt_barray_ptr from[MAX_COMPONENTS], to[MAX_COMPONENTS];
};

static JDIMENSION ceil_div(JDIMENSION a, JDIMENSION b)
{
	return (a + b - 1) / b;
}

static JDIMENSION side_of_mcu(int samples)
{
	return (JDIMENSION)samples * DCTSIZE;
}

/*
 * Arrays for the coefficients of the cut, whole iMCUs of them: the writer
 * fetches whole rows of iMCUs. They must be asked for before the coefficients
 * are read, which is when libjpeg hands out the memory for all.
 */
static void ask_arrays(struct jpeg_decompress_struct *d, struct cut *cut)
{
	JDIMENSION across = ceil_div(cut->w, side_of_mcu(d->max_h_samp_factor));
	JDIMENSION down = ceil_div(cut->h, side_of_mcu(d->max_v_samp_factor));

	for (int i = 0; i < d->num_components; i++) {
		jpeg_component_info *c = &d->comp_info[i];

		cut->to[i] = d->mem->request_virt_barray((j_common_ptr)d,
			JPOOL_IMAGE, TRUE,
			across * (JDIMENSION)c->h_samp_factor,
			down * (JDIMENSION)c->v_samp_factor,
			(JDIMENSION)c->v_samp_factor);
	}
}

/* Copy the blocks of one component, as many as there are. */
static void copy_blocks(
	struct jpeg_decompress_struct *d, const struct cut *cut, int i)
{
	jpeg_component_info *c = &d->comp_info[i];
	JDIMENSION per_x = (JDIMENSION)c->h_samp_factor;
	JDIMENSION per_y = (JDIMENSION)c->v_samp_factor;
	JDIMENSION mcu_w = side_of_mcu(d->max_h_samp_factor);
	JDIMENSION mcu_h = side_of_mcu(d->max_v_samp_factor);
	JDIMENSION x = cut->x / mcu_w * per_x, y = cut->y / mcu_h * per_y;
	JDIMENSION w = ceil_div(cut->w, mcu_w) * per_x;
	JDIMENSION h = ceil_div(cut->h, mcu_h) * per_y;

	if (w > c->width_in_blocks - x)
		w = c->width_in_blocks - x;
	if (h > c->height_in_blocks - y)
		h = c->height_in_blocks - y;
	for (JDIMENSION row = 0; row < h; row++) {
		JBLOCKARRAY from = d->mem->access_virt_barray(
			(j_common_ptr)d, cut->from[i], y + row, 1, FALSE);
		JBLOCKARRAY to = d->mem->access_virt_barray(
			(j_common_ptr)d, cut->to[i], row, 1, TRUE);

		memcpy(to[0], from[0] + x, w * sizeof(JBLOCK));
	}
}

/* Say again how the picture is turned: a TIFF header and a directory with that
 * one entry. */
static void write_turn(struct jpeg_compress_struct *c, int turn)
{
	const JOCTET exif[] = {'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0,
		0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, (JOCTET)turn, 0, 0, 0,
		0, 0, 0};

	jpeg_write_marker(c, IMG_JPG_EXIF, exif, sizeof exif);
}

static void copy_profile(
	const struct jpeg_decompress_struct *d, struct jpeg_compress_struct *c)
{
	for (jpeg_saved_marker_ptr m = d->marker_list; m; m = m->next)
		if (m->marker == IMG_JPG_PROFILE && m->data_length > 12 &&
			!memcmp(m->data, "ICC_PROFILE", 12))
			jpeg_write_marker(
				c, IMG_JPG_PROFILE, m->data, m->data_length);
}

static void write_cut(struct jpeg_decompress_struct *d,
	struct jpeg_compress_struct *c, struct cut *cut,
	struct img_jpg_bytes *out)
{
	jpeg_create_compress(c);
	jpeg_mem_dest(c, &out->p, &out->n);
	jpeg_copy_critical_parameters(d, c);
	c->image_width = cut->w;
	c->image_height = cut->h;
	c->optimize_coding = TRUE;
	jpeg_write_coefficients(c, cut->to);
	if (img_jpg_turn(d) != 1)
		write_turn(c, img_jpg_turn(d));
	copy_profile(d, c);
	jpeg_finish_compress(c);
}

/* Move the corner to whole iMCUs, up and left in the file. */
static void align(const struct jpeg_decompress_struct *d, struct cut *cut)
{
	int w = (int)d->image_width, h = (int)d->image_height;
	int turn = img_jpg_turn(d);
	struct img_area a = {
		cut->part->x, cut->part->y, cut->part->w, cut->part->h};

	a = img_unturn_area(a, turn, w, h);
	cut->x = (JDIMENSION)a.x / side_of_mcu(d->max_h_samp_factor) *
		 side_of_mcu(d->max_h_samp_factor);
	cut->y = (JDIMENSION)a.y / side_of_mcu(d->max_v_samp_factor) *
		 side_of_mcu(d->max_v_samp_factor);
	cut->w = (JDIMENSION)(a.x + a.w) - cut->x;
	cut->h = (JDIMENSION)(a.y + a.h) - cut->y;
	a = img_turn_area(
		(struct img_area){cut->x, cut->y, cut->w, cut->h}, turn, w, h);
	*cut->part = (struct img_part){(int)a.x, (int)a.y, (int)a.w, (int)a.h};
}

/* Whether the part lies in the upright picture. */
static bool inside(
	const struct jpeg_decompress_struct *d, const struct img_part *p)
{
	bool swap = img_jpg_turn(d) >= 5;
	int w = (int)(swap ? d->image_height : d->image_width);
	int h = (int)(swap ? d->image_width : d->image_height);

	return p->w <= w && p->x <= w - p->w && p->h <= h && p->y <= h - p->h;
}

/* Without this the coefficients of the whole file are read. */
static void trim(struct jpeg_decompress_struct *d, FILE *f, struct cut *cut)
{
	struct img_part part = {
		(int)cut->x, (int)cut->y, (int)cut->w, (int)cut->h};
	struct img_part left;

	img_jpg_trim(d, f, &part, 0, WORTH, &left);
	cut->x = (JDIMENSION)left.x;
	cut->y = (JDIMENSION)left.y;
}

static int cut_between(struct jpeg_decompress_struct *d, FILE *f,
	struct jpeg_compress_struct *c, struct cut *cut,
	struct img_jpg_bytes *out, struct err *e)
{
	jvirt_barray_ptr *from;

	if (img_check_size(d->image_width, d->image_height, e))
		return -1;
	if (!inside(d, cut->part))
		return err_set(e, ERR_DATA, "smaller than what is to be cut");
	align(d, cut);
	trim(d, f, cut);
	ask_arrays(d, cut);
	from = jpeg_read_coefficients(d);
	memcpy(cut->from, from, (size_t)d->num_components * sizeof *from);
	for (int i = 0; i < d->num_components; i++)
		copy_blocks(d, cut, i);
	write_cut(d, c, cut, out);
	jpeg_finish_decompress(d);
	return 0;
}

static int cut_file(
	FILE *f, struct cut *cut, struct img_jpg_bytes *out, struct err *e)
{
	struct jpeg_decompress_struct d = {0};
	struct jpeg_compress_struct c = {0};
	struct img_jpg_errors x;
	int bad;

	c.err = d.err = img_jpg_errors_init(&x);
	if (setjmp(x.jump)) {
		bad = err_set(e, ERR_DATA, "%s", x.why);
	} else {
		img_jpg_header(&d, f);
		bad = cut_between(&d, f, &c, cut, out, e);
	}
	jpeg_destroy_compress(&c);
	jpeg_destroy_decompress(&d);
	return bad;
}

int img_cut_jpg(
	const char *path, struct img_part *part, const char *to, struct err *e)
{
	struct img_jpg_bytes bytes = {0};
	struct cut cut = {.part = part};
	enum img_format format;
	FILE *f = img_open(path, &format, e);
	int bad;

	BUG_ON(part->x < 0 || part->y < 0 || part->w < 1 || part->h < 1);
	if (!f)
		return -1;
	bad = cut_file(f, &cut, &bytes, e);
	fclose(f);
	if (bad)
		err_wrap(e, "cannot read picture '%s'", path);
	else
		bad = file_put(to, bytes.p, bytes.n, e);
	free(bytes.p);
	return bad;
}
