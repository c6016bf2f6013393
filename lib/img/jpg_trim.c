#include "img/jpg_trim_int.h"

/* Larger files are left to libjpeg. */
enum { FILE_MAX = 1 << 26 };

/* What the scan may still read when it is past the end: an MCU has 10 blocks
 * of 64 coefficients at most, each of 31 bits. */
enum { BEHIND = 4096 };

/* Whole MCUs, of the picture and of what is kept. */
struct trim {
	JDIMENSION mcu_w, mcu_h;   /* in pixels */
	JDIMENSION across, down;   /* of the whole */
	JDIMENSION x0, y0, x1, y1; /* what is kept, x1 and y1 not */
	const uint8_t *file;       /* [n] */
	size_t n, scan;            /* where the coefficients begin */
	uint8_t *out;
	size_t put;
};

static JDIMENSION ceil_div(JDIMENSION a, JDIMENSION b)
{
	return (a + b - 1) / b;
}

/* One scan with all in it, without restarts, not progressive. */
static bool is_plain(const struct jpeg_decompress_struct *d)
{
	int blocks = 0;

	for (int i = 0; i < d->num_components; i++)
		blocks += d->comp_info[i].h_samp_factor *
			  d->comp_info[i].v_samp_factor;
	return !d->progressive_mode && !d->arith_code &&
	       d->data_precision == 8 && !d->restart_interval &&
	       d->comps_in_scan == d->num_components &&
	       d->num_components <= IMG_SCAN_COMPONENTS &&
	       (d->num_components > 1 || blocks == 1) &&
	       blocks <= D_MAX_BLOCKS_IN_MCU;
}

/* The MCUs that the part needs, and margin more at each side; false: more than
 * most percent of those that would be decoded. */
static bool choose(const struct jpeg_decompress_struct *d, struct trim *t,
	const struct img_part *part, JDIMENSION margin, int most)
{
	JDIMENSION x0 = (JDIMENSION)part->x, y0 = (JDIMENSION)part->y;

	t->mcu_w = (JDIMENSION)d->max_h_samp_factor * DCTSIZE;
	t->mcu_h = (JDIMENSION)d->max_v_samp_factor * DCTSIZE;
	t->across = ceil_div(d->image_width, t->mcu_w);
	t->down = ceil_div(d->image_height, t->mcu_h);
	t->x1 = ceil_div(x0 + (JDIMENSION)part->w, t->mcu_w) + margin;
	t->y1 = ceil_div(y0 + (JDIMENSION)part->h, t->mcu_h) + margin;
	t->x0 = x0 / t->mcu_w < margin ? 0 : x0 / t->mcu_w - margin;
	t->y0 = y0 / t->mcu_h < margin ? 0 : y0 / t->mcu_h - margin;
	t->x1 = t->x1 < t->across ? t->x1 : t->across;
	t->y1 = t->y1 < t->down ? t->y1 : t->down;
	return (uint64_t)(t->x1 - t->x0) * (t->y1 - t->y0) * 100 <=
	       (uint64_t)t->across * t->y1 * (uint64_t)most;
}

static uint8_t *get_memory(struct jpeg_decompress_struct *d, size_t n)
{
	return d->mem->alloc_large((j_common_ptr)d, JPOOL_PERMANENT, n);
}

/* The whole file; f stays where it is. */
static bool read_all(struct jpeg_decompress_struct *d, FILE *f, struct trim *t)
{
	long at = ftell(f), n;
	uint8_t *p;
	bool all;

	if (at < 0 || fseek(f, 0, SEEK_END))
		return false;
	n = ftell(f);
	if (n < 4 || n > FILE_MAX || fseek(f, 0, SEEK_SET)) {
		fseek(f, at, SEEK_SET);
		return false;
	}
	p = get_memory(d, (size_t)n);
	all = fread(p, 1, (size_t)n, f) == (size_t)n;
	t->file = p;
	t->n = (size_t)n;
	return !fseek(f, at, SEEK_SET) && all;
}

static void put(struct trim *t, const uint8_t *p, size_t n)
{
	memcpy(t->out + t->put, p, n);
	t->put += n;
}

static void put_side(uint8_t *p, JDIMENSION pixels)
{
	p[0] = (uint8_t)(pixels >> 8);
	p[1] = (uint8_t)pixels;
}

static JDIMENSION min_dim(JDIMENSION a, JDIMENSION b)
{
	return a < b ? a : b;
}

/* The sides of what is kept, in a frame header that was put. */
static void put_size(
	const struct jpeg_decompress_struct *d, struct trim *t, uint8_t *frame)
{
	JDIMENSION x = t->x0 * t->mcu_w, y = t->y0 * t->mcu_h;

	put_side(frame + 5, min_dim(d->image_height, t->y1 * t->mcu_h) - y);
	put_side(frame + 7, min_dim(d->image_width, t->x1 * t->mcu_w) - x);
}

/* The file's segments up to the coefficients; false for what is not as it
 * usually is. */
static bool put_header(const struct jpeg_decompress_struct *d, struct trim *t)
{
	size_t at = 2, n;
	int marker;

	put(t, t->file, 2);
	do {
		const uint8_t *p = t->file + at;

		if (t->n - at < 4 || p[0] != 0xff)
			return false;
		marker = p[1];
		n = 2 + ((size_t)p[2] << 8 | p[3]);
		if (marker < 0xc0 || (marker > 0xc0 && marker < 0xc4) ||
			(marker > 0xc4 && marker < 0xda) || marker == 0xff ||
			n < 4 || n > t->n - at)
			return false;
		if (marker == 0xc0 && n < 9)
			return false;
		put(t, p, n);
		if (marker == 0xc0)
			put_size(d, t, t->out + t->put - n);
		at += n;
	} while (marker != 0xda);
	t->scan = at;
	return true;
}

/* The coefficients' bytes without what was stuffed between; the marker behind
 * them. */
static int unstuff(const struct trim *t, uint8_t *to, size_t *n)
{
	const uint8_t *p = t->file + t->scan, *end = t->file + t->n, *q;
	uint8_t *at = to;

	for (;;) {
		q = memchr(p, 0xff, (size_t)(end - p));
		if (!q || q + 1 == end)
			q = end;
		memcpy(at, p, (size_t)(q - p));
		at += q - p;
		if (q == end || q[1])
			break;
		*at++ = 0xff;
		p = q + 2;
	}
	memset(at, 0, BEHIND);
	*n = (size_t)(at - to);
	return q == end ? 0 : q[1];
}

/* What is kept of the rows of MCUs, down to its end. */
static bool put_rows(struct trim *t, struct img_scan *s)
{
	JDIMENSION kept = t->x1 - t->x0, before = t->y0 * t->across + t->x0;

	for (JDIMENSION y = t->y0; y < t->y1; y++) {
		if (!img_scan_skip(s, before) || !img_scan_copy(s, kept))
			return false;
		before = t->across - kept;
	}
	/* In the last row of all nothing is left out: damage behind it is
	 * damage too. */
	return t->y1 < t->down || img_scan_skip(s, t->across - t->x1);
}

static bool trim_file(struct jpeg_decompress_struct *d, FILE *f, struct trim *t)
{
	struct img_scan *s;
	uint8_t *bits;
	size_t n;
	int marker;

	if (!read_all(d, f, t))
		return false;
	/* Every byte may have to be stuffed; the first MCU of a row may get
	 * longer by a code a component. */
	t->out = get_memory(d, 2 * t->n + 32 * (size_t)t->down + 64);
	if (!put_header(d, t))
		return false;
	bits = get_memory(d, t->n - t->scan + BEHIND);
	marker = unstuff(t, bits, &n);
	if (t->y1 == t->down && marker != 0xd9)
		return false;
	s = (struct img_scan *)get_memory(d, sizeof *s);
	if (!img_scan_begin(s, d, bits, n, t->out + t->put) || !put_rows(t, s))
		return false;
	t->put = (size_t)(img_scan_end(s) - t->out);
	put(t, (const uint8_t[]){0xff, 0xd9}, 2);
	return true;
}

void img_jpg_trim(struct jpeg_decompress_struct *d, FILE *f,
	const struct img_part *part, int margin, int most,
	struct img_part *left)
{
	struct trim t = {0};

	*left = *part;
	if (!is_plain(d) || !choose(d, &t, part, (JDIMENSION)margin, most) ||
		!trim_file(d, f, &t))
		return;
	left->x -= (int)(t.x0 * t.mcu_w);
	left->y -= (int)(t.y0 * t.mcu_h);
	jpeg_abort_decompress(d);
	img_jpg_source_bytes(d, t.out, t.put);
	jpeg_read_header(d, TRUE);
}
