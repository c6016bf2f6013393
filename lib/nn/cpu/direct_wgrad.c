#include "nn/cpu/direct.h"
#include "nn/cpu/tile.h"

#include <omp.h>
#include <string.h>

/* Pixels summed over in one go: with them, a block of output channels fills a
 * quarter of a first-level cache, and the lines of the inputs another. */
enum { PIXELS = 128 };

static int blocks_of(const struct nn_conv *c)
{
	return tile_blocks(c->oc / c->groups);
}

size_t direct_wgrad_size(const struct nn_conv *c)
{
	struct nn_conv s = direct_shape(c);

	return (size_t)(s.groups * s.kh * s.kw) * (size_t)(s.ic / s.groups) *
	       (size_t)blocks_of(&s) * TILE_COLS;
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

static void add_strip(
	const struct share *s, const float *dy, int64_t first, int n)
{
	float *packed = (float *)s->desk->rest;
	int64_t width = (int64_t)blocks_of(s->c) * TILE_COLS;
	int group = -1;

	for (int64_t row = s->begin, next; row < s->end; row = next) {
		int64_t i = row % s->channels, t = row / s->channels % s->taps;
		int g = (int)(row / s->channels / s->taps);
		int64_t many = s->channels - i;
		const float **x = s->desk->at + t * DIRECT_SLOTS;

		many = many < s->end - row ? many : s->end - row;
		next = row + many;
		if (g != group)
			pack_strip(s->c, dy, g, first, n, packed);
		group = g;
		for (int b = 0; b < blocks_of(s->c); b++) {
			const float *d = packed + b * n * TILE_COLS;
			float *to = s->dw + row * width + b * TILE_COLS;

			for (int64_t k = 0; k < many; k += TILE_ROWS) {
				int64_t rows = many - k < TILE_ROWS ? many - k
								    : TILE_ROWS;

				turned_rows((int)rows, n, x,
					g * s->channels + i + k, d, TILE_COLS,
					to + k * width, width);
			}
		}
	}
}

void direct_wgrad(const struct nn_conv *conv, const float *x, const float *dy,
	float *dw, const struct direct_room *room)
{
	struct nn_conv c = direct_shape(conv);
	struct direct_grid g;
	int64_t pixels = (int64_t)c.n * c.oh * c.ow, rows;
	bool lay_out;

	direct_forward_grid(&c, &g);
	lay_out = direct_lays_out(&g, c.groups);
	rows = (int64_t)g.taps * c.ic;
	memset(dw, 0, direct_wgrad_size(conv) * sizeof *dw);
#pragma omp parallel num_threads(room->threads)
	{
		int64_t i = omp_get_thread_num(), of = omp_get_num_threads();
		struct direct_desk desk = direct_desk(&c, room, (int)i);
		/* Whole tiles each, so that the number of threads does not
		 * change what is computed together. */
		struct share s = {.c = &c,
			.desk = &desk,
			.dw = dw,
			.channels = lay_out ? g.taps * c.ic : c.ic / c.groups,
			.begin = rows * i / of / TILE_ROWS * TILE_ROWS,
			.end = i + 1 == of ? rows
					   : rows * (i + 1) / of / TILE_ROWS *
						     TILE_ROWS};

		for (int64_t at = 0; at < pixels; at += PIXELS) {
			int n = (int)(pixels - at < PIXELS ? pixels - at
							   : PIXELS);

			s.taps = direct_point(&g, lay_out, x, at, n, &desk);
			add_strip(&s, dy, at, n);
		}
	}
}
