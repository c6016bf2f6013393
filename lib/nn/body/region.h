/* Bodies of ops over regions of pictures; a row is a pixel or a bin. */
#ifndef NN_BODY_REGION_H
#define NN_BODY_REGION_H

#include "nn/body/hd.h"

/* Max pooling. A row is an output pixel; at[] keeps which of the k * k
 * positions of the window won, for the way back. */
struct nn_max_pool_args {
	enum nn_type type;
	const void *x;
	void *y;
	uint8_t *at; /* NULL when nobody goes back */
	int32_t h, w, oh, ow, k, stride, pad;
	int64_t lanes;
};

NN_HD void nn_max_pool_at(
	const struct nn_max_pool_args *a, int64_t row, int64_t c0, int64_t c1)
{
	int32_t ox = (int32_t)(row % a->ow),
		oy = (int32_t)(row / a->ow % a->oh);
	int64_t n = row / a->ow / a->oh;
	void *y = nn_at_mut(a->y, row * a->lanes, a->type);
	uint8_t *at = a->at ? a->at + row * a->lanes : 0;

	NN_LANES (c, c0, c1)
		nn_put(y, c, a->type, -INFINITY);
	/* Where nothing wins, all being NaN or infinitely small. */
	if (at) {
		NN_LANES (c, c0, c1)
			at[c] = 0;
	}
	for (int32_t i = 0; i < a->k * a->k; i++) {
		int32_t iy = oy * a->stride - a->pad + i / a->k;
		int32_t ix = ox * a->stride - a->pad + i % a->k;
		const void *x;
		uint8_t here = (uint8_t)i;

		if (iy < 0 || iy >= a->h || ix < 0 || ix >= a->w)
			continue;
		x = nn_at(a->x, ((n * a->h + iy) * a->w + ix) * a->lanes,
			a->type);
		if (at) {
			NN_LANES (c, c0, c1)
				at[c] = nn_get(x, c, a->type) >
							nn_get(y, c, a->type)
						? here
						: at[c];
		}
		NN_LANES (c, c0, c1) {
			float v = nn_get(x, c, a->type);
			float most = nn_get(y, c, a->type);

			nn_put(y, c, a->type, v > most ? v : most);
		}
	}
}

/* A row is an input pixel, which gathers from the windows that it won. */
struct nn_max_pool_grad_args {
	enum nn_type type;
	const void *dy;
	const uint8_t *at;
	void *dx;
	int32_t h, w, oh, ow, k, stride, pad;
	int64_t lanes;
};

NN_HD void nn_max_pool_grad_at(const struct nn_max_pool_grad_args *a,
	int64_t row, int64_t c0, int64_t c1)
{
	int32_t ix = (int32_t)(row % a->w), iy = (int32_t)(row / a->w % a->h);
	int64_t n = row / a->w / a->h;
	void *dx = nn_at_mut(a->dx, row * a->lanes, a->type);

	NN_LANES (c, c0, c1)
		nn_put(dx, c, a->type, 0);
	for (int32_t i = 0; i < a->k * a->k; i++) {
		int32_t ty = iy + a->pad - i / a->k;
		int32_t tx = ix + a->pad - i % a->k;
		int32_t oy = ty / a->stride, ox = tx / a->stride;
		int64_t o = ((n * a->oh + oy) * a->ow + ox) * a->lanes;

		if (ty < 0 || tx < 0 || ty % a->stride || tx % a->stride ||
			oy >= a->oh || ox >= a->ow)
			continue;
		NN_LANES (c, c0, c1) {
			float g = nn_get(a->dy, o + c, a->type);

			nn_put(dx, c, a->type,
				nn_get(dx, c, a->type) +
					(a->at[o + c] == i ? g : 0));
		}
	}
}

/* y = big + small at half the coordinates. A row is a pixel of big. */
struct nn_upsample_add_args {
	enum nn_type type;
	const void *small, *big;
	void *y;
	int32_t h, w, sh, sw;
	int64_t lanes;
};

NN_HD void nn_upsample_add_at(const struct nn_upsample_add_args *a, int64_t row,
	int64_t c0, int64_t c1)
{
	int32_t ix = (int32_t)(row % a->w), iy = (int32_t)(row / a->w % a->h);
	int64_t n = row / a->w / a->h;
	int64_t from = (n * a->sh + iy / 2) * a->sw + ix / 2;
	const void *s = nn_at(a->small, from * a->lanes, a->type);
	const void *b = nn_at(a->big, row * a->lanes, a->type);
	void *y = nn_at_mut(a->y, row * a->lanes, a->type);

	NN_LANES (c, c0, c1)
		nn_put(y, c, a->type,
			nn_get(s, c, a->type) + nn_get(b, c, a->type));
}

/* y = x at half the coordinates. A row is a pixel of y, twice as high and
 * wide. */
struct nn_upsample_args {
	enum nn_type type;
	const void *x;
	void *y;
	int32_t h, w; /* of y */
	int64_t lanes;
};

NN_HD void nn_upsample_at(
	const struct nn_upsample_args *a, int64_t row, int64_t c0, int64_t c1)
{
	int64_t ix = row % a->w / 2, iy = row / a->w % a->h / 2;
	int64_t from = (row / a->w / a->h * (a->h / 2) + iy) * (a->w / 2) + ix;
	const void *x = nn_at(a->x, from * a->lanes, a->type);
	void *y = nn_at_mut(a->y, row * a->lanes, a->type);

	NN_LANES (c, c0, c1)
		nn_put(y, c, a->type, nn_get(x, c, a->type));
}

/* A row is a pixel of small, which gathers from those that it fed. */
struct nn_upsample_grad_args {
	enum nn_type type;
	const void *dy;
	void *dsmall;
	int32_t h, w, sh, sw;
	int64_t lanes;
};

NN_HD void nn_upsample_grad_at(const struct nn_upsample_grad_args *a,
	int64_t row, int64_t c0, int64_t c1)
{
	int32_t sx = (int32_t)(row % a->sw),
		sy = (int32_t)(row / a->sw % a->sh);
	int64_t n = row / a->sw / a->sh;
	void *d = nn_at_mut(a->dsmall, row * a->lanes, a->type);

	NN_LANES (c, c0, c1)
		nn_put(d, c, a->type, 0);
	/* The last pixel may have fed a single row or column. */
	for (int32_t y = 2 * sy; y < a->h && y < 2 * sy + 2; y++) {
		for (int32_t x = 2 * sx; x < a->w && x < 2 * sx + 2; x++) {
			int64_t from = (n * a->h + y) * a->w + x;
			const void *g = nn_at(a->dy, from * a->lanes, a->type);

			NN_LANES (c, c0, c1)
				nn_put(d, c, a->type,
					nn_get(d, c, a->type) +
						nn_get(g, c, a->type));
		}
	}
}

enum { NN_LEVELS_MAX = 6 };

/*
 * RoIAlign. A row is a bin: (roi, py, px). Features and gradients per level
 * of the pyramid; roi[5] is picture, x1, y1, x2, y2. Samples outside the map
 * by more than a pixel count zero, nearer ones are clamped to its edge.
 */
struct nn_roi_align_args {
	enum nn_type type;
	const void *x[NN_LEVELS_MAX]; /* features */
	int32_t h[NN_LEVELS_MAX], w[NN_LEVELS_MAX];
	float scale[NN_LEVELS_MAX]; /* picture pixels to feature pixels */
	const float *roi;
	const int32_t *at; /* level of each roi */
	void *y;
	int32_t size, samples, aligned;
	int64_t lanes;
};

/* One bilinear sample: four offsets (in pixels) and their weights. */
struct nn_bilinear {
	int64_t at[4];
	float k[4];
};

NN_HD struct nn_bilinear nn_bilinear_at(float y, float x, int32_t h, int32_t w)
{
	struct nn_bilinear b = {{0, 0, 0, 0}, {0, 0, 0, 0}};
	int32_t y0, x0, y1, x1;
	float ly, lx;

	if (y < -1 || y > (float)h || x < -1 || x > (float)w)
		return b;
	y = fmaxf(y, 0);
	x = fmaxf(x, 0);
	y0 = (int32_t)y;
	x0 = (int32_t)x;
	if (y0 >= h - 1) {
		y0 = y1 = h - 1;
		y = (float)y0;
	} else {
		y1 = y0 + 1;
	}
	if (x0 >= w - 1) {
		x0 = x1 = w - 1;
		x = (float)x0;
	} else {
		x1 = x0 + 1;
	}
	ly = y - (float)y0;
	lx = x - (float)x0;
	b.at[0] = (int64_t)y0 * w + x0;
	b.at[1] = (int64_t)y0 * w + x1;
	b.at[2] = (int64_t)y1 * w + x0;
	b.at[3] = (int64_t)y1 * w + x1;
	b.k[0] = (1 - ly) * (1 - lx);
	b.k[1] = (1 - ly) * lx;
	b.k[2] = ly * (1 - lx);
	b.k[3] = ly * lx;
	return b;
}

/* Where bin (py, px) of a roi begins and how far its samples are apart. */
struct nn_roi_bin {
	float y, x, dy, dx;
	int32_t ny, nx; /* samples each way; 0 asked for: one a pixel */
	int64_t base;   /* first pixel of the roi's picture in its level */
	int32_t level;
};

NN_HD struct nn_roi_bin nn_roi_bin_at(
	const struct nn_roi_align_args *a, int64_t row)
{
	int32_t px = (int32_t)(row % a->size);
	int32_t py = (int32_t)(row / a->size % a->size);
	int64_t r = row / a->size / a->size;
	const float *roi = a->roi + 5 * r;
	int32_t l = a->at[r];
	float s = a->scale[l], off = a->aligned ? 0.5f : 0;
	float x = roi[1] * s - off, y = roi[2] * s - off;
	float w = roi[3] * s - off - x, h = roi[4] * s - off - y;
	struct nn_roi_bin b;

	if (!a->aligned) {
		w = fmaxf(w, 1);
		h = fmaxf(h, 1);
	}
	b.ny = b.nx = a->samples;
	if (!a->samples) {
		b.ny = (int32_t)ceilf(fmaxf(h, 0) / (float)a->size);
		b.nx = (int32_t)ceilf(fmaxf(w, 0) / (float)a->size);
	}
	b.dy = h / (float)a->size / fmaxf((float)b.ny, 1);
	b.dx = w / (float)a->size / fmaxf((float)b.nx, 1);
	b.y = y + (float)py * (h / (float)a->size) + 0.5f * b.dy;
	b.x = x + (float)px * (w / (float)a->size) + 0.5f * b.dx;
	b.base = (int64_t)roi[0] * a->h[l] * a->w[l];
	b.level = l;
	return b;
}

NN_HD void nn_roi_align_at(
	const struct nn_roi_align_args *a, int64_t row, int64_t c0, int64_t c1)
{
	struct nn_roi_bin b = nn_roi_bin_at(a, row);
	const void *x = nn_at(a->x[b.level], b.base * a->lanes, a->type);
	void *y = nn_at_mut(a->y, row * a->lanes, a->type);
	float mean = 1 / fmaxf((float)(b.ny * b.nx), 1);

	for (int64_t from = c0; from < c1; from += NN_LANES_AT_ONCE) {
		int64_t left = c1 - from, most = NN_LANES_AT_ONCE;
		int64_t n = left < most ? left : most;
		float sum[NN_LANES_AT_ONCE];

		NN_LANES (c, 0, n)
			sum[c] = 0;
		for (int32_t i = 0; i < b.ny * b.nx; i++) {
			struct nn_bilinear s =
				nn_bilinear_at(b.y + (float)(i / b.nx) * b.dy,
					b.x + (float)(i % b.nx) * b.dx,
					a->h[b.level], a->w[b.level]);
			int64_t p = s.at[0] * a->lanes + from;
			int64_t q = s.at[1] * a->lanes + from;
			int64_t u = s.at[2] * a->lanes + from;
			int64_t v = s.at[3] * a->lanes + from;

			NN_LANES (c, 0, n)
				sum[c] += s.k[0] * nn_get(x, p + c, a->type) +
					  s.k[1] * nn_get(x, q + c, a->type) +
					  s.k[2] * nn_get(x, u + c, a->type) +
					  s.k[3] * nn_get(x, v + c, a->type);
		}
		NN_LANES (c, 0, n)
			nn_put(y, from + c, a->type, mean * sum[c]);
	}
}

/* The way back adds into the maps, which are f32 whatever dy is; bins overlap,
 * lanes do not. */
struct nn_roi_align_grad_args {
	enum nn_type type; /* of dy */
	struct nn_roi_align_args f;
	const void *dy;
	float *dx[NN_LEVELS_MAX]; /* NULL: not wanted */
};

NN_HD void nn_roi_align_grad_at(const struct nn_roi_align_grad_args *g,
	int64_t row, int64_t c0, int64_t c1)
{
	const struct nn_roi_align_args *a = &g->f;
	struct nn_roi_bin b = nn_roi_bin_at(a, row);
	float *x = g->dx[b.level];
	const void *dy = nn_at(g->dy, row * a->lanes, g->type);
	float mean = 1 / fmaxf((float)(b.ny * b.nx), 1);

	if (!x)
		return;
	x += b.base * a->lanes;
	for (int32_t i = 0; i < b.ny * b.nx; i++) {
		struct nn_bilinear s =
			nn_bilinear_at(b.y + (float)(i / b.nx) * b.dy,
				b.x + (float)(i % b.nx) * b.dx, a->h[b.level],
				a->w[b.level]);

		/* One corner at a time: at an edge corners coincide. */
		for (int j = 0; j < 4; j++) {
			float *p = x + s.at[j] * a->lanes;
			float k = mean * s.k[j];

			NN_LANES (c, c0, c1)
				nn_accumulate(
					p + c, k * nn_get(dy, c, g->type));
		}
	}
}

#endif
