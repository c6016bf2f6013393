#include "nn/cpu/direct.h"
#include "nn/cpu/tile.h"

#include <omp.h>

/*
 * Few channels out, such as the colours of a picture that a generator draws,
 * would leave most of a tile's columns empty. So every input pixel is
 * multiplied with the weights of all taps side by side, and an output pixel
 * adds up what the pixels around it have for it.
 */

/* Bytes of a band's products, a quarter of a second-level cache; channels
 * summed over in one go. */
enum { BAND = 128 << 10, CHUNK = 256 };

/* Output (y, x) has tap (ky, kx) of input (y + pad - ky, x + pad - kx) / every,
 * where that divides: a data gradient's way, of which a forward pass of stride
 * 1 is the mirror image. */
struct spread {
	const struct direct_job *j;
	int kh, kw, every, pad_y, pad_x;
	bool mirrored;
	int32_t in_h, in_w, out_h, out_w;
	int64_t wide; /* columns of products a pixel, whole blocks */
};

bool direct_spreads(const struct nn_conv *c, bool turned)
{
	return c->groups == 1 && c->kh * c->kw > 1 &&
	       (turned ? c->ic : c->oc) < DIRECT_FEW &&
	       (turned || c->stride == 1);
}

static struct spread spread_of(const struct nn_conv *c, bool turned)
{
	int to = turned ? c->ic : c->oc;
	struct spread s = {.kh = c->kh,
		.kw = c->kw,
		.every = c->stride,
		.pad_y = turned ? c->pad : c->kh - 1 - c->pad,
		.pad_x = turned ? c->pad : c->kw - 1 - c->pad,
		.mirrored = !turned,
		.in_h = turned ? c->oh : c->h,
		.in_w = turned ? c->ow : c->w,
		.out_h = turned ? c->h : c->oh,
		.out_w = turned ? c->w : c->ow,
		.wide = tile_blocks(c->kh * c->kw * to) * TILE_COLS};

	return s;
}

/* Input rows that so many output rows need at most, */
static int32_t rows_in(const struct spread *s, int32_t rows)
{
	return (rows + s->kh - 2) / s->every + 1;
}

/* products of a band of so many output rows, */
static size_t products_of(const struct spread *s, int32_t rows)
{
	return (size_t)(rows_in(s, rows) * s->in_w + TILE_ROWS) *
	       (size_t)s->wide;
}

/* and the most rows that a band may have. */
static int32_t band_rows(const struct spread *s)
{
	int32_t rows = s->out_h > 1 ? s->out_h : 1;

	while (rows > 1 && products_of(s, rows) * sizeof(float) > BAND)
		rows = (rows + 1) / 2;
	return rows;
}

size_t direct_spread_rest(const struct nn_conv *c)
{
	size_t most = 0;

	for (int turned = 0; turned < 2; turned++) {
		struct spread s = spread_of(c, turned);
		size_t n = 0;

		if (direct_spreads(c, turned))
			n = products_of(&s, band_rows(&s)) * sizeof(float);
		most = n > most ? n : most;
	}
	return most;
}

/* n pixels in a line times the weights of all taps. */
static void multiply(const struct spread *s, const float *in, int64_t n,
	const float *zeros, float *products)
{
	int64_t from = s->j->from;

	for (int64_t r = 0; r < n; r += TILE_ROWS) {
		const float *at[TILE_ROWS];

		for (int m = 0; m < TILE_ROWS; m++)
			at[m] = r + m < n ? in + (r + m) * from : zeros;
		for (int64_t b = 0; b < s->wide; b += TILE_COLS)
			for (int64_t i = 0; i < from; i += CHUNK)
				tile(from - i < CHUNK ? from - i : CHUNK, at, i,
					s->j->weight + b * from + i * TILE_COLS,
					products + r * s->wide + b, s->wide,
					i > 0);
	}
}

/* A row of output from the products of the input's rows from first to end; `to`
 * is a constant where it matters. */
static inline __attribute__((always_inline)) void put_row(
	const struct spread *s, int32_t y, int32_t first, int32_t end,
	const float *products, int64_t out, int to)
{
	const struct direct_job *j = s->j;
	int last = s->kh * s->kw - 1;

	for (int32_t x = 0; x < s->out_w; x++, out += to) {
		float sum[DIRECT_FEW] = {0};

		for (int ky = (y + s->pad_y) % s->every; ky < s->kh;
			ky += s->every) {
			int32_t iy = (y + s->pad_y - ky) / s->every;
			int kx = (x + s->pad_x) % s->every;
			int32_t ix = (x + s->pad_x - kx) / s->every;
			const float *row =
				products + (iy - first) * s->in_w * s->wide;

			if (iy < first || iy >= end)
				continue;
			for (; kx < s->kw; kx += s->every, ix--) {
				int tap = ky * s->kw + kx;
				const float *p = row + ix * s->wide;

				if (ix < 0 || ix >= s->in_w)
					continue;
				p += (s->mirrored ? last - tap : tap) * to;
				for (int i = 0; i < to; i++)
					sum[i] += p[i];
			}
		}
		for (int i = 0; i < to; i++) {
			float v = sum[i] + (j->bias ? j->bias[i] : 0);

			if (j->residual)
				v += j->residual[out + i];
			j->out[out + i] = nn_act_value(v, j->act);
		}
	}
}

/* Output rows from y to end of an image. */
static void put_band(const struct spread *s, int64_t image, int32_t y,
	int32_t end, const float *zeros, float *products)
{
	int32_t top = y + s->pad_y - (s->kh - 1);
	int32_t first = top > 0 ? (top + s->every - 1) / s->every : 0;
	int32_t last = (end - 1 + s->pad_y) / s->every + 1;
	int64_t out = (image * s->out_h + y) * s->out_w * s->j->to;

	last = last < s->in_h ? last : s->in_h;
	if (last > first)
		multiply(s,
			s->j->in + (image * s->in_h + first) * s->in_w *
					   s->j->from,
			(int64_t)(last - first) * s->in_w, zeros, products);
	for (; y < end; y++, out += (int64_t)s->out_w * s->j->to)
		if (s->j->to == 3)
			put_row(s, y, first, last, products, out, 3);
		else
			put_row(s, y, first, last, products, out, s->j->to);
}

void direct_spread(const struct nn_conv *c, bool turned,
	const struct direct_job *j, const struct direct_room *room)
{
	struct spread s = spread_of(c, turned);
	int32_t rows = band_rows(&s), bands;

	s.j = j;
	while (rows > 4 && c->n * (s.out_h / rows) < 2 * room->threads)
		rows /= 2;
	bands = (s.out_h + rows - 1) / rows;
#pragma omp parallel for schedule(dynamic) num_threads(room->threads)
	for (int64_t item = 0; item < (int64_t)c->n * bands; item++) {
		struct direct_desk desk =
			direct_desk(c, room, omp_get_thread_num());
		int32_t y = (int32_t)(item % bands) * rows;
		int32_t end = y + rows < s.out_h ? y + rows : s.out_h;

		put_band(&s, item / bands, y, end, desk.zeros,
			(float *)desk.rest);
	}
}
