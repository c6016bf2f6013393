/* Bodies of ops over regions of pictures; a row is a pixel or a bin. */
#ifndef NN_BODY_REGION_H
#define NN_BODY_REGION_H

#include "nn/body/hd.h"

/* Max pooling. A row is an output pixel; at[] keeps which of the k * k
 * positions of the window won, for the way back. */
struct nn_max_pool_args {
	const float *x;
	float *y;
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
	float *y = a->y + row * a->lanes;
	uint8_t *at = a->at ? a->at + row * a->lanes : 0;

	NN_LANES (c, c0, c1)
		y[c] = -INFINITY;
	/* Where nothing wins, all being NaN or infinitely small. */
	if (at) {
		NN_LANES (c, c0, c1)
			at[c] = 0;
	}
	for (int32_t i = 0; i < a->k * a->k; i++) {
		int32_t iy = oy * a->stride - a->pad + i / a->k;
		int32_t ix = ox * a->stride - a->pad + i % a->k;
		const float *x;
		uint8_t here = (uint8_t)i;

		if (iy < 0 || iy >= a->h || ix < 0 || ix >= a->w)
			continue;
		x = a->x + ((n * a->h + iy) * a->w + ix) * a->lanes;
		if (at) {
			NN_LANES (c, c0, c1)
				at[c] = x[c] > y[c] ? here : at[c];
		}
		NN_LANES (c, c0, c1)
			y[c] = x[c] > y[c] ? x[c] : y[c];
	}
}

/* A row is an input pixel, which gathers from the windows that it won. */
struct nn_max_pool_grad_args {
	const float *dy;
	const uint8_t *at;
	float *dx;
	int32_t h, w, oh, ow, k, stride, pad;
	int64_t lanes;
};

NN_HD void nn_max_pool_grad_at(const struct nn_max_pool_grad_args *a,
	int64_t row, int64_t c0, int64_t c1)
{
	int32_t ix = (int32_t)(row % a->w), iy = (int32_t)(row / a->w % a->h);
	int64_t n = row / a->w / a->h;
	float *dx = a->dx + row * a->lanes;

	NN_LANES (c, c0, c1)
		dx[c] = 0;
	for (int32_t i = 0; i < a->k * a->k; i++) {
		int32_t ty = iy + a->pad - i / a->k;
		int32_t tx = ix + a->pad - i % a->k;
		int32_t oy = ty / a->stride, ox = tx / a->stride;
		int64_t o = ((n * a->oh + oy) * a->ow + ox) * a->lanes;

		if (ty < 0 || tx < 0 || ty % a->stride || tx % a->stride ||
			oy >= a->oh || ox >= a->ow)
			continue;
		NN_LANES (c, c0, c1)
			dx[c] += a->at[o + c] == i ? a->dy[o + c] : 0;
	}
}

/* y = big + small at half the coordinates. A row is a pixel of big. */
struct nn_upsample_add_args {
	const float *small, *big;
	float *y;
	int32_t h, w, sh, sw;
	int64_t lanes;
};

NN_HD int32_t nn_half(int32_t i, int32_t n)
{
	return i / 2 < n ? i / 2 : n - 1;
}

NN_HD void nn_upsample_add_at(const struct nn_upsample_add_args *a, int64_t row,
	int64_t c0, int64_t c1)
{
	int32_t ix = (int32_t)(row % a->w), iy = (int32_t)(row / a->w % a->h);
	int64_t n = row / a->w / a->h;
	const float *s = a->small + ((n * a->sh + nn_half(iy, a->sh)) * a->sw +
					    nn_half(ix, a->sw)) *
					    a->lanes;
	const float *b = a->big + row * a->lanes;
	float *y = a->y + row * a->lanes;

	NN_LANES (c, c0, c1)
		y[c] = s[c] + b[c];
}

/* A row is a pixel of small, which gathers from those that it fed. */
struct nn_upsample_grad_args {
	const float *dy;
	float *dsmall;
	int32_t h, w, sh, sw;
	int64_t lanes;
};

NN_HD void nn_upsample_grad_at(const struct nn_upsample_grad_args *a,
	int64_t row, int64_t c0, int64_t c1)
{
	int32_t sx = (int32_t)(row % a->sw),
		sy = (int32_t)(row / a->sw % a->sh);
	int64_t n = row / a->sw / a->sh;
	float *d = a->dsmall + row * a->lanes;

	NN_LANES (c, c0, c1)
		d[c] = 0;
	/* The last pixel also fed an odd row or column behind its own two. */
	for (int32_t y = 2 * sy; y < a->h && nn_half(y, a->sh) == sy; y++) {
		for (int32_t x = 2 * sx; x < a->w && nn_half(x, a->sw) == sx;
			x++) {
			const float *g =
				a->dy + ((n * a->h + y) * a->w + x) * a->lanes;

			NN_LANES (c, c0, c1)
				d[c] += g[c];
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
	const float *x[NN_LEVELS_MAX]; /* features */
	int32_t h[NN_LEVELS_MAX], w[NN_LEVELS_MAX];
	float scale[NN_LEVELS_MAX]; /* picture pixels to feature pixels */
	const float *roi;
	const int32_t *at; /* level of each roi */
	float *y;
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
	int64_t base; /* first pixel of the roi's picture in its level */
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
	b.dy = h / (float)a->size / (float)a->samples;
	b.dx = w / (float)a->size / (float)a->samples;
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
	const float *x = a->x[b.level] + b.base * a->lanes;
	float *y = a->y + row * a->lanes;
	float mean = 1 / (float)(a->samples * a->samples);

	NN_LANES (c, c0, c1)
		y[c] = 0;
	for (int32_t i = 0; i < a->samples * a->samples; i++) {
		struct nn_bilinear s =
			nn_bilinear_at(b.y + (float)(i / a->samples) * b.dy,
				b.x + (float)(i % a->samples) * b.dx,
				a->h[b.level], a->w[b.level]);
		const float *p = x + s.at[0] * a->lanes;
		const float *q = x + s.at[1] * a->lanes;
		const float *u = x + s.at[2] * a->lanes;
		const float *v = x + s.at[3] * a->lanes;

		NN_LANES (c, c0, c1)
			y[c] += mean * (s.k[0] * p[c] + s.k[1] * q[c] +
					       s.k[2] * u[c] + s.k[3] * v[c]);
	}
}

/* The way back adds into the maps; bins overlap, lanes do not. */
struct nn_roi_align_grad_args {
	struct nn_roi_align_args f;
	const float *dy;
	float *dx[NN_LEVELS_MAX]; /* NULL: not wanted */
};

NN_HD void nn_roi_align_grad_at(const struct nn_roi_align_grad_args *g,
	int64_t row, int64_t c0, int64_t c1)
{
	const struct nn_roi_align_args *a = &g->f;
	struct nn_roi_bin b = nn_roi_bin_at(a, row);
	float *x = g->dx[b.level];
	const float *dy = g->dy + row * a->lanes;
	float mean = 1 / (float)(a->samples * a->samples);

	if (!x)
		return;
	x += b.base * a->lanes;
	for (int32_t i = 0; i < a->samples * a->samples; i++) {
		struct nn_bilinear s =
			nn_bilinear_at(b.y + (float)(i / a->samples) * b.dy,
				b.x + (float)(i % a->samples) * b.dx,
				a->h[b.level], a->w[b.level]);

		/* One corner at a time: at an edge corners coincide. */
		for (int j = 0; j < 4; j++) {
			float *p = x + s.at[j] * a->lanes;
			float k = mean * s.k[j];

			NN_LANES (c, c0, c1)
				p[c] += k * dy[c];
		}
	}
}

#endif
