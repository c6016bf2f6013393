#include "nn/cpu/direct.h"
#include "nn/cpu/tile.h"

#include <omp.h>
#include <string.h>

/*
 * A strip's inputs are copied into panels of TILE_ROWS rows, pixel by pixel:
 * the kernel then reads them in a line, where pixels of 2^k channels, read
 * where they are, would all fall into the same few sets of the cache. So many
 * panels fill a quarter of a second-level cache; a panel and a block of output
 * channels fill half of the first.
 */
enum { PANEL = DIRECT_STRIP * TILE_ROWS, PANELS = 28 };

static int blocks_of(const struct nn_conv *c)
{
	return tile_blocks(c->oc / c->groups);
}

static size_t wgrad_size(const struct nn_conv *c)
{
	return (size_t)(c->groups * c->kh * c->kw) *
	       (size_t)(c->ic / c->groups) * (size_t)blocks_of(c) * TILE_COLS;
}

/* Few output channels would leave most of a tile's columns empty: the picture
 * and the gradient change places then. */
static bool turns(const struct nn_conv *c)
{
	return direct_spreads(c, false) && c->kh == c->kw && c->pad < c->kh;
}

static struct nn_conv turned_conv(const struct nn_conv *c)
{
	struct nn_conv t = *c;

	t.h = c->oh;
	t.w = c->ow;
	t.ic = c->oc;
	t.oh = c->h;
	t.ow = c->w;
	t.oc = c->ic;
	t.pad = c->kh - 1 - c->pad;
	return t;
}

size_t direct_wgrad_size(const struct nn_conv *c)
{
	struct nn_conv s = direct_shape(c), t;

	if (!turns(&s))
		return wgrad_size(&s);
	t = turned_conv(&s);
	return wgrad_size(&s) + wgrad_size(&t);
}

/* n pixels of dy, all blocks of a group's channels, the last filled up. */
static void pack_strip(const struct nn_conv *c, const float *dy, int group,
	int64_t first, int n, float *to)
{
	int ocg = c->oc / c->groups;

	for (int b = 0; b < blocks_of(c); b++) {
		int left = ocg - b * TILE_COLS;
		size_t have = (size_t)(left < TILE_COLS ? left : TILE_COLS);

		for (int i = 0; i < n; i++, to += TILE_COLS) {
			memcpy(to,
				dy + (first + i) * c->oc + group * ocg +
					b * TILE_COLS,
				have * sizeof *to);
			memset(to + have, 0, (TILE_COLS - have) * sizeof *to);
		}
	}
}

/* What is done with the pixels of a strip: rows of dw from begin to end, of
 * all that there are over groups, taps and channels. */
struct share {
	const struct nn_conv *c;
	const struct direct_desk *desk;
	float *dw;
	int taps, channels; /* of a group, as they were pointed to */
	int64_t begin, end;
};

/* Rows from `row` on, of one group, into n pixels of a panel. */
static void pack_panel(
	const struct share *s, int64_t row, int rows, int n, float *to)
{
	int64_t each = (int64_t)s->taps * s->channels;
	int64_t group = row / each * s->channels;

	for (int done = 0, many; done < rows; done += many) {
		int64_t i = (row + done) % s->channels;
		int64_t t = (row + done) % each / s->channels;
		const float **x = s->desk->at + t * DIRECT_SLOTS;
		int64_t left = s->channels - i;

		many = left < rows - done ? (int)left : rows - done;
		for (int p = 0; p < n; p++)
			turned_copy(many, x[p] + group + i,
				to + p * TILE_ROWS + done);
	}
}

/* Some panels' rows, all of one group, times all of its output channels. */
static void add_panels(const struct share *s, int64_t row, int64_t end, int n,
	const float *dy, float *panels)
{
	int64_t width = (int64_t)blocks_of(s->c) * TILE_COLS;

	for (int64_t k = row, p = 0; k < end; k += TILE_ROWS, p++)
		pack_panel(s, k,
			end - k < TILE_ROWS ? (int)(end - k) : TILE_ROWS, n,
			panels + p * PANEL);
	for (int b = 0; b < blocks_of(s->c); b++) {
		const float *d = dy + b * n * TILE_COLS;
		float *to = s->dw + b * TILE_COLS;

		for (int64_t k = row, p = 0; k < end; k += TILE_ROWS, p++)
			turned_rows(end - k < TILE_ROWS ? (int)(end - k)
							: TILE_ROWS,
				n, panels + p * PANEL, d, to + k * width,
				width);
	}
}

static void add_strip(
	const struct share *s, const float *dy, int64_t first, int n)
{
	float *packed = (float *)s->desk->rest;
	float *panels = packed + blocks_of(s->c) * n * TILE_COLS;
	int64_t each = (int64_t)s->taps * s->channels;

	for (int64_t row = s->begin, group_end; row < s->end; row = group_end) {
		group_end = (row / each + 1) * each;
		group_end = group_end < s->end ? group_end : s->end;
		pack_strip(s->c, dy, (int)(row / each), first, n, packed);
		for (int64_t k = row; k < group_end; k += PANELS * TILE_ROWS) {
			int64_t end = k + PANELS * TILE_ROWS;

			add_panels(s, k, end < group_end ? end : group_end, n,
				packed, panels);
		}
	}
}

size_t direct_wgrad_rest(const struct nn_conv *c)
{
	struct nn_conv t = turned_conv(c);
	int blocks = turns(c) ? blocks_of(&t) : blocks_of(c);

	return ((size_t)blocks * TILE_COLS * DIRECT_STRIP +
		       (size_t)PANELS * PANEL) *
	       sizeof(float);
}

static void gradient(const struct nn_conv *c, const float *x, const float *dy,
	float *dw, const struct direct_room *room)
{
	struct direct_grid g;
	int64_t pixels = (int64_t)c->n * c->oh * c->ow, rows;
	bool lay_out;

	direct_forward_grid(c, &g);
	lay_out = direct_lays_out(&g, c->groups);
	rows = (int64_t)g.taps * c->ic;
	memset(dw, 0, wgrad_size(c) * sizeof *dw);
#pragma omp parallel num_threads(room->threads)
	{
		int64_t i = omp_get_thread_num(), of = omp_get_num_threads();
		struct direct_desk desk = direct_desk(c, room, (int)i);
		/* Whole tiles each, so that the number of threads does not
		 * change what is computed together. */
		struct share s = {.c = c,
			.desk = &desk,
			.dw = dw,
			.channels =
				lay_out ? g.taps * c->ic : c->ic / c->groups,
			.begin = rows * i / of / TILE_ROWS * TILE_ROWS,
			.end = i + 1 == of ? rows
					   : rows * (i + 1) / of / TILE_ROWS *
						     TILE_ROWS};

		for (int64_t at = 0; at < pixels; at += DIRECT_STRIP) {
			int n = (int)(pixels - at < DIRECT_STRIP
					      ? pixels - at
					      : DIRECT_STRIP);

			s.taps = direct_point(&g, lay_out, x, at, n, &desk);
			add_strip(&s, dy, at, n);
		}
	}
}

/* By tap, input and output channel, of what is by tap, from the last one,
 * output and input channel. */
static void turn_back(const struct nn_conv *c, const float *from, float *to)
{
	int taps = c->kh * c->kw, wide = tile_blocks(c->ic) * TILE_COLS;

	for (int t = taps - 1; t >= 0; t--)
		for (int i = 0; i < c->ic; i++, to += TILE_COLS)
			for (int o = 0; o < c->oc; o++)
				to[o] = from[(t * c->oc + o) * wide + i];
}

void direct_wgrad(const struct nn_conv *conv, const float *x, const float *dy,
	float *dw, const struct direct_room *room)
{
	struct nn_conv c = direct_shape(conv), t;

	if (!turns(&c)) {
		gradient(&c, x, dy, dw, room);
		return;
	}
	t = turned_conv(&c);
	gradient(&t, dy, x, dw + wgrad_size(&c), room);
	turn_back(&c, dw + wgrad_size(&c), dw);
}
