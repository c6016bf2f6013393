#include "img/jpg_int.h"
#include "base/file.h"
#include "base/mem.h"

/* Side of the blocks of brightness and of the one of colours that 4:2:0 stores
 * together. */
enum { MCU = 2 * DCTSIZE };

/* As measured. */
enum { WORTH = 50 };

static int min_int(int a, int b)
{
	return a < b ? a : b;
}

/* Colours at half the resolution both ways, and not turned. */
static bool is_420(const struct jpeg_decompress_struct *d)
{
	const jpeg_component_info *c = d->comp_info;

	return d->jpeg_color_space == JCS_YCbCr && d->num_components == 3 &&
	       c[0].h_samp_factor == 2 && c[0].v_samp_factor == 2 &&
	       c[1].h_samp_factor == 1 && c[1].v_samp_factor == 1 &&
	       c[2].h_samp_factor == 1 && c[2].v_samp_factor == 1 &&
	       img_jpg_turn(d) == 1;
}

static void planes_init(struct img_planes *p, const struct img_part *part)
{
	*p = (struct img_planes){.x = part->x & ~1, .y = part->y & ~1};
	p->w = part->x + part->w - p->x;
	p->h = part->y + part->h - p->y;
	p->across = (p->w + 1) / 2;
	p->down = (p->h + 1) / 2;
	/* mem_grow: all of it will be written, none need be zero. */
	p->light = mem_grow(NULL, (size_t)p->w, (size_t)p->h);
	for (int k = 0; k < 2; k++)
		p->colour[k] =
			mem_grow(NULL, (size_t)p->across, (size_t)p->down);
}

void img_planes_release(struct img_planes *p)
{
	mem_free(p->light);
	mem_free(p->colour[0]);
	mem_free(p->colour[1]);
	*p = (struct img_planes){0};
}

/* The rows of one row of blocks, of each component. */
struct blocks {
	JSAMPARRAY row[3];
	int wide[3]; /* in samples, a whole number of blocks */
};

static void blocks_init(
	struct blocks *b, struct jpeg_memory_mgr *mem, void *of, int w)
{
	int mcus = (w + MCU - 1) / MCU;

	for (int k = 0; k < 3; k++) {
		int side = k ? DCTSIZE : MCU;

		b->wide[k] = mcus * side;
		b->row[k] = mem->alloc_sarray(of, JPOOL_IMAGE,
			(JDIMENSION)b->wide[k], (JDIMENSION)side);
	}
}

/* What a row of blocks that begins at row top has of p. */
static void take_blocks(struct img_planes *p, const struct blocks *b, int top)
{
	for (int i = 0; i < MCU; i++) {
		int y = top + i - p->y;

		if (y >= 0 && y < p->h)
			memcpy(p->light + (size_t)y * p->w, b->row[0][i] + p->x,
				(size_t)p->w);
	}
	for (int i = 0; i < DCTSIZE; i++) {
		int y = (top - p->y) / 2 + i;

		for (int k = 0; k < 2 && y >= 0 && y < p->down; k++)
			memcpy(p->colour[k] + (size_t)y * p->across,
				b->row[k + 1][i] + p->x / 2, (size_t)p->across);
	}
}

/* Rows of blocks above the part are but read past. */
static void need(struct jpeg_decompress_struct *d, bool needed)
{
	for (int k = 0; k < 3; k++)
		d->comp_info[k].component_needed = needed;
}

/* Where the file could not be trimmed, all columns are decoded. Not
 * jpeg_crop_scanline: it goes only with colours brought to the resolution
 * of pixels, which takes longer than the blocks that it saves. */
static void read_planes(struct jpeg_decompress_struct *d, struct img_planes *p,
	const struct img_part *part)
{
	struct blocks b;

	d->raw_data_out = TRUE;
	jpeg_start_decompress(d);
	blocks_init(&b, d->mem, d, (int)d->image_width);
	planes_init(p, part);
	while ((int)d->output_scanline < p->y + p->h) {
		int top = (int)d->output_scanline;

		need(d, top + MCU > p->y);
		jpeg_read_raw_data(d, b.row, MCU);
		take_blocks(p, &b, top);
	}
	/* Damage behind the pixels of a whole picture is damage too. */
	if (d->output_scanline >= d->output_height)
		jpeg_finish_decompress(d);
}

static int read_file(FILE *f, const struct img_part *part, struct img_planes *p,
	struct err *e)
{
	struct jpeg_decompress_struct d = {0};
	struct img_jpg_errors x;
	struct img_part left;
	int got;

	d.err = img_jpg_errors_init(&x);
	if (setjmp(x.jump)) {
		got = err_set(e, ERR_DATA, "%s", x.why);
	} else {
		img_jpg_header(&d, f);
		got = img_check_size(d.image_width, d.image_height, e)
			      ? -1
			      : is_420(&d);
		if (got > 0) {
			BUG_ON(part->x + part->w > (int)d.image_width ||
				part->y + part->h > (int)d.image_height);
			img_jpg_trim(&d, f, part, 0, WORTH, &left);
			read_planes(&d, p, &left);
			p->x += part->x - left.x;
			p->y += part->y - left.y;
		}
	}
	jpeg_destroy_decompress(&d);
	return got;
}

int img_planes_load(struct img_planes *p, const char *path,
	const struct img_part *part, struct err *e)
{
	enum img_format format;
	FILE *f = img_open(path, &format, e);
	int got;

	*p = (struct img_planes){0};
	if (!f)
		return -1;
	got = format == IMG_JPG ? read_file(f, part, p, e) : 0;
	fclose(f);
	if (got >= 0)
		return got;
	img_planes_release(p);
	return err_wrap(e, "cannot read picture '%s'", path);
}

/* n samples to whole blocks: the last one is what is beyond. */
static void fill_up(uint8_t *row, int n, int whole)
{
	memset(row + n, row[n - 1], (size_t)(whole - n));
}

/*
 * A row of a colour of a part, y of the planes and below, n samples. Where the
 * part begins between two samples of the planes, its own lie in the middle of
 * these: their mean, as if both resolutions had been gone through. What is
 * beyond the part has no say.
 */
static void give_colour(const struct img_planes *p, int k,
	const struct img_part *at, int y, int n, uint8_t *to)
{
	int below = min_int(y / 2 + y % 2, (at->y + at->h - 1) / 2);
	const uint8_t *colour = p->colour[k] + at->x / 2;
	const uint8_t *a = colour + (size_t)(y / 2) * p->across;
	const uint8_t *b = colour + (size_t)below * p->across;
	int right = at->x % 2, last = (at->x + at->w - 1) / 2 - at->x / 2;
	int inner = min_int(n, last + 1 - right);

	for (int i = 0; i < inner; i++)
		to[i] = (uint8_t)((a[i] + a[i + right] + b[i] + b[i + right] +
					  2) /
				  4);
	if (inner < n)
		to[inner] = (uint8_t)((a[inner] + b[inner] + 1) / 2);
}

/* Filled up at the right and at the bottom. */
static void fill_blocks(struct blocks *b, const struct img_planes *p,
	const struct img_part *at, int top)
{
	int half = (at->w + 1) / 2, last = at->y + at->h - 1;

	for (int i = 0; i < MCU; i++) {
		int y = min_int(at->y + top + i, last);

		memcpy(b->row[0][i], p->light + (size_t)y * p->w + at->x,
			(size_t)at->w);
		fill_up(b->row[0][i], at->w, b->wide[0]);
	}
	for (int k = 1; k < 3; k++) {
		for (int i = 0; i < DCTSIZE; i++) {
			int y = top + 2 * i < at->h ? top + 2 * i
						    : (at->h - 1) / 2 * 2;

			give_colour(
				p, k - 1, at, at->y + y, half, b->row[k][i]);
			fill_up(b->row[k][i], half, b->wide[k]);
		}
	}
}

static int encode(const struct img_planes *p, const struct img_part *at,
	int quality, struct img_jpg_bytes *to, struct err *e)
{
	struct jpeg_compress_struct c = {0};
	struct img_jpg_errors x;
	struct blocks blocks;

	c.err = img_jpg_errors_init(&x);
	if (setjmp(x.jump)) {
		jpeg_destroy_compress(&c);
		return err_set(e, ERR_DATA, "%s", x.why);
	}
	jpeg_create_compress(&c);
	jpeg_mem_dest(&c, &to->p, &to->n);
	img_jpg_ask(&c, at->w, at->h, JCS_YCbCr, quality);
	c.raw_data_in = TRUE;
	jpeg_start_compress(&c, TRUE);
	blocks_init(&blocks, c.mem, &c, at->w);
	for (int y = 0; y < at->h; y += MCU) {
		fill_blocks(&blocks, p, at, y);
		jpeg_write_raw_data(&c, blocks.row, MCU);
	}
	jpeg_finish_compress(&c);
	jpeg_destroy_compress(&c);
	return 0;
}

int img_planes_save(const struct img_planes *p, const struct img_part *part,
	const char *path, int quality, struct err *e)
{
	struct img_part at = {part->x - p->x, part->y - p->y, part->w, part->h};
	struct img_jpg_bytes bytes = {0};
	int bad;

	BUG_ON(at.x < 0 || at.y < 0 || at.x + at.w > p->w ||
		at.y + at.h > p->h);
	bad = encode(p, &at, quality, &bytes, e);
	if (bad)
		err_wrap(e, "cannot write picture '%s'", path);
	else
		bad = file_put(path, bytes.p, bytes.n, e);
	free(bytes.p);
	return bad;
}
