#include "nn/cpu/direct.h"

#include <omp.h>
#include <string.h>

/* Pixels summed over in one go: with them, a block of output channels fills a
 * quarter of a first-level cache, and the lines of the inputs another. */
enum { PIXELS = 128 };

/* dw[row][col] += over pixels of x[pixel][at + row] * dy[pixel][col]. */
static inline __attribute__((always_inline)) void turned_tile(int rows,
	int64_t pixels, const float *const *x, int64_t at, const float *dy,
	float *dw, int64_t stride)
{
	vec s[TILE_ROWS][2];

#pragma GCC unroll 12
	for (int m = 0; m < rows; m++) {
		s[m][0] = vec_load(dw + m * stride);
		s[m][1] = vec_load(dw + m * stride + VL);
	}
	for (int64_t i = 0; i < pixels; i++, dy += TILE_COLS) {
		const float *r = x[i] + at;
		vec b0 = vec_load(dy), b1 = vec_load(dy + VL);

#pragma GCC unroll 12
		for (int m = 0; m < rows; m++) {
			vec v = vec_all(r[m]);

			s[m][0] = vec_fma(v, b0, s[m][0]);
			s[m][1] = vec_fma(v, b1, s[m][1]);
		}
	}
#pragma GCC unroll 12
	for (int m = 0; m < rows; m++) {
		vec_store(dw + m * stride, s[m][0]);
		vec_store(dw + m * stride + VL, s[m][1]);
	}
}

/* The last rows of a pixel are fewer than a tile's: one at a time. */
static void turned(int rows, int64_t pixels, const float *const *x, int64_t at,
	const float *dy, float *dw, int64_t stride)
{
	if (rows == TILE_ROWS) {
		turned_tile(TILE_ROWS, pixels, x, at, dy, dw, stride);
		return;
	}
	for (; rows >= 4; rows -= 4, at += 4, dw += 4 * stride)
		turned_tile(4, pixels, x, at, dy, dw, stride);
	for (; rows >= 2; rows -= 2, at += 2, dw += 2 * stride)
		turned_tile(2, pixels, x, at, dy, dw, stride);
	if (rows)
		turned_tile(1, pixels, x, at, dy, dw, stride);
}

static int blocks_of(const struct nn_conv *c)
{
	return (c->oc / c->groups + TILE_COLS - 1) / TILE_COLS;
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
		size_t have =
			(size_t)(left < TILE_COLS ? left : TILE_COLS);

		for (int i = 0; i < n; i++, to += TILE_COLS) {
			memcpy(to,
				dy + (first + i) * c->oc + group * ocg +
					b * TILE_COLS,
				have * sizeof *to);
			memset(to + have, 0,
				(TILE_COLS - have) * sizeof *to);
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
				int64_t rows = many - k < TILE_ROWS
						       ? many - k
						       : TILE_ROWS;

				turned((int)rows, n, x,
					g * s->channels + i + k, d,
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
			.channels = lay_out ? g.taps * c.ic
					    : c.ic / c.groups,
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
