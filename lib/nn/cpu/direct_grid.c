#include "nn/cpu/direct.h"

#include <string.h>

struct nn_conv direct_shape(const struct nn_conv *c)
{
	struct nn_conv s = *c;

	if (c->kh != c->h || c->kw != c->w || c->pad || c->groups != 1)
		return s;
	s.ic = c->ic * c->kh * c->kw;
	s.h = s.w = s.kh = s.kw = s.stride = 1;
	return s;
}

bool direct_takes(const struct nn_conv *c)
{
	struct nn_conv s = direct_shape(c);

	return s.kh * s.kw <= DIRECT_TAPS_MAX;
}

void direct_forward_grid(const struct nn_conv *c, struct direct_grid *g)
{
	*g = (struct direct_grid){.n = c->n,
		.h = c->oh,
		.w = c->ow,
		.every = 1,
		.out_h = c->oh,
		.out_w = c->ow,
		.out_c = c->oc,
		.in_h = c->h,
		.in_w = c->w,
		.in_c = c->ic,
		.step = c->stride,
		.taps = c->kh * c->kw,
		.across = c->kw,
		.weight_taps = c->kh * c->kw};
	for (int t = 0; t < g->taps; t++) {
		g->dy[t] = t / c->kw - c->pad;
		g->dx[t] = t % c->kw - c->pad;
		g->tap[t] = t;
	}
}

/* Of a side of n pixels, those at first, first + stride...: how many. */
static int32_t members(int32_t n, int32_t first, int32_t stride)
{
	return first < n ? (n - first + stride - 1) / stride : 0;
}

void direct_dgrad_grid(const struct nn_conv *c, int i, struct direct_grid *g)
{
	int32_t s = c->stride;
	/* Pixel y is of class (y + pad) mod s; its first: */
	int32_t y0 = ((i / s - c->pad) % s + s) % s;
	int32_t x0 = ((i % s - c->pad) % s + s) % s;

	*g = (struct direct_grid){.n = c->n,
		.h = members(c->h, y0, s),
		.w = members(c->w, x0, s),
		.y0 = y0,
		.x0 = x0,
		.every = s,
		.out_h = c->h,
		.out_w = c->w,
		.out_c = c->ic,
		.in_h = c->oh,
		.in_w = c->ow,
		.in_c = c->oc,
		.step = 1,
		.across = s == 1 ? c->kw : 1,
		.weight_taps = c->kh * c->kw};
	/* y = oy * s - pad + ky: only ky of the same class divide. */
	for (int ky = i / s; ky < c->kh; ky += s)
		for (int kx = i % s; kx < c->kw; kx += s) {
			g->dy[g->taps] = (y0 + c->pad - ky) / s;
			g->dx[g->taps] = (x0 + c->pad - kx) / s;
			g->tap[g->taps++] = ky * c->kw + kx;
		}
}

/* ---- rooms ---- */

static size_t whole(size_t bytes)
{
	return (bytes + 63) & ~(size_t)63;
}

static size_t at_size(const struct nn_conv *c)
{
	return whole((size_t)(c->kh * c->kw) * DIRECT_SLOTS * sizeof(float *));
}

/* Either side may be the one that is read. */
static size_t rows_size(const struct nn_conv *c)
{
	int few = c->ic < c->oc ? c->ic : c->oc;
	int most = c->ic < c->oc ? c->oc : c->ic;
	int channels = most < DIRECT_FEW ? most : few < DIRECT_FEW ? few : 0;

	return whole((size_t)(DIRECT_STRIP * c->kh * c->kw * channels) *
		     sizeof(float));
}

/* What is left of a desk: places and sums of direct_gather.c, panels of
 * direct_wgrad.c, or products of direct_spread.c. */
static size_t rest_size(const struct nn_conv *c)
{
	int in = tile_blocks(c->ic / c->groups);
	int out = tile_blocks(c->oc / c->groups);
	size_t blocks = (size_t)c->groups * (size_t)(in > out ? in : out);
	size_t sums = whole(DIRECT_STRIP * sizeof(int64_t)) +
		      whole(blocks * DIRECT_SLOTS * TILE_COLS * sizeof(float));
	size_t panels = whole(direct_wgrad_rest(c));
	size_t products = whole(direct_spread_rest(c));

	sums = sums > panels ? sums : panels;
	return sums > products ? sums : products;
}

static size_t desk_size(const struct nn_conv *c)
{
	return at_size(c) + rows_size(c) + rest_size(c);
}

size_t direct_desks(const struct nn_conv *c, int threads)
{
	struct nn_conv s = direct_shape(c);

	return (size_t)threads * desk_size(&s);
}

struct direct_desk direct_desk(
	const struct nn_conv *c, const struct direct_room *room, int thread)
{
	char *p = (char *)room->desks + (size_t)thread * desk_size(c);

	return (struct direct_desk){.zeros = room->zeros,
		.at = (const float **)p,
		.rows = (float *)(p + at_size(c)),
		.rest = p + at_size(c) + rows_size(c)};
}

/* ---- inputs ---- */

static void point(const struct direct_grid *g, int t, const float *in,
	const float *zeros, int64_t first, int n, const float **at)
{
	int32_t x = (int32_t)(first % g->w), y = (int32_t)(first / g->w % g->h);
	int64_t im = first / g->w / g->h;

	for (int i = 0; i < n; i++) {
		int32_t iy = y * g->step + g->dy[t];
		int32_t ix = x * g->step + g->dx[t];
		bool inside =
			iy >= 0 && iy < g->in_h && ix >= 0 && ix < g->in_w;

		at[i] = inside ? in + ((im * g->in_h + iy) * g->in_w + ix) *
						 g->in_c
			       : zeros;
		if (++x == g->w) {
			x = 0;
			if (++y == g->h) {
				y = 0;
				im++;
			}
		}
	}
}

bool direct_lays_out(const struct direct_grid *g, int groups)
{
	return groups == 1 && g->in_c < DIRECT_FEW && g->taps > 1 &&
	       g->taps == g->weight_taps;
}

/* n floats, a few. */
static inline float *copy(float *to, const float *from, int32_t n)
{
	int32_t i = 0;

	for (; i + 4 <= n; i += 4)
		memcpy(to + i, from + i, 4 * sizeof *to);
	for (; i < n; i++)
		to[i] = from[i];
	return to + n;
}

/* The taps of `across` neighbours in a row, from tap t on, of the output pixel
 * that looks at (y, x) of the image in; in one piece where they lie so. */
static float *lay_out_row(const struct direct_grid *g, int t, const float *in,
	int32_t y, int32_t x, float *to)
{
	int32_t last = x + g->dx[t + g->across - 1];

	y += g->dy[t];
	if (y < 0 || y >= g->in_h) {
		memset(to, 0, (size_t)(g->across * g->in_c) * sizeof *to);
		return to + g->across * g->in_c;
	}
	in += (int64_t)y * g->in_w * g->in_c;
	if (x + g->dx[t] >= 0 && last < g->in_w && last >= x + g->dx[t])
		return copy(to, in + (int64_t)(x + g->dx[t]) * g->in_c,
			g->across * g->in_c);
	for (int end = t + g->across; t < end; t++) {
		int32_t ix = x + g->dx[t];

		for (int c = 0; c < g->in_c; c++)
			*to++ = ix >= 0 && ix < g->in_w ? in[ix * g->in_c + c]
							: 0;
	}
	return to;
}

/* All taps of n pixels of the grid, from the first-th, side by side. */
static void lay_out_rows(const struct direct_grid *g, const float *in,
	int64_t first, int n, float *to)
{
	int64_t image = (int64_t)g->in_h * g->in_w * g->in_c;

	for (int i = 0; i < n; i++) {
		int64_t at = first + i;
		int32_t x = (int32_t)(at % g->w) * g->step;
		int32_t y = (int32_t)(at / g->w % g->h) * g->step;
		const float *im = in + at / g->w / g->h * image;

		for (int t = 0; t < g->taps; t += g->across)
			to = lay_out_row(g, t, im, y, x, to);
	}
}

int direct_point(const struct direct_grid *g, bool lay_out, const float *in,
	int64_t first, int n, const struct direct_desk *desk)
{
	int64_t row = (int64_t)g->taps * g->in_c;

	if (!lay_out) {
		for (int t = 0; t < g->taps; t++) {
			const float **at = desk->at + t * DIRECT_SLOTS;

			point(g, t, in, desk->zeros, first, n, at);
			for (int i = n; i % TILE_ROWS; i++)
				at[i] = desk->zeros;
		}
		return g->taps;
	}
	lay_out_rows(g, in, first, n, desk->rows);
	for (int i = 0; i < n; i++)
		desk->at[i] = desk->rows + i * row;
	/* A row is longer than the zeros: any will do. */
	for (int i = n; i % TILE_ROWS; i++)
		desk->at[i] = desk->rows;
	return 1;
}
