#include "img/path.h"
#include "base/mem.h"

#include <math.h>
#include <string.h>

void img_path_line(struct img_path *p, float x, float y)
{
	if (p->n < IMG_PATH_MAX)
		p->p[p->n++] = (struct img_point){x, y};
}

void img_path_curve(struct img_path *p, float cx, float cy, float x, float y)
{
	enum { STEPS = 8 };
	struct img_point a = p->n ? p->p[p->n - 1] : (struct img_point){x, y};

	for (int i = 1; i <= STEPS; i++) {
		float t = (float)i / STEPS, s = 1 - t;

		img_path_line(p, s * s * a.x + 2 * s * t * cx + t * t * x,
			s * s * a.y + 2 * s * t * cy + t * t * y);
	}
}

void img_path_ellipse(
	struct img_path *p, float cx, float cy, float rx, float ry)
{
	enum { STEPS = 40 };

	for (int i = 0; i < STEPS; i++) {
		float t = 6.2831853F * (float)i / STEPS;

		img_path_line(p, cx + rx * cosf(t), cy + ry * sinf(t));
	}
}

void img_mask_init(struct img_mask *m, int w, int h)
{
	*m = (struct img_mask){.w = w, .h = h, .x0 = w, .y0 = h};
	m->a = mem_alloc((size_t)w * (size_t)h, sizeof *m->a);
	m->row = mem_alloc((size_t)(w > h ? w : h) + 1, sizeof *m->row);
}

void img_mask_release(struct img_mask *m)
{
	mem_free(m->a);
	mem_free(m->row);
	*m = (struct img_mask){0};
}

static float *row_of(const struct img_mask *m, int y)
{
	return m->a + (size_t)y * (size_t)m->w;
}

void img_mask_clear(struct img_mask *m)
{
	for (int y = m->y0; y < m->y1; y++)
		memset(row_of(m, y) + m->x0, 0,
			(size_t)(m->x1 - m->x0) * sizeof *m->a);
	m->x0 = m->w;
	m->y0 = m->h;
	m->x1 = m->y1 = 0;
}

/*
 * One edge's share of a row. Everything right of an edge is inside (or, for
 * the edge on the other side, no longer): each pixel gets the change of
 * covered height that begins there, and running sums give the coverage. A
 * pixel that the edge passes through takes the part of the change that lies
 * right of the edge; the rest begins with the next pixel.
 */
static void add_edge(float *row, int w, float xa, float xb, float height)
{
	float left = fminf(xa, xb), right = fmaxf(xa, xb);
	float per = right > left ? height / (right - left) : 0;

	if (left >= (float)w)
		return;
	if (right <= 0) {
		row[0] += height;
		return;
	}
	if (left < 0) {
		row[0] += -left * per;
		left = 0;
	}
	for (int x = (int)left; x < w && (float)x <= right; x++) {
		float from = fmaxf(left, (float)x);
		float to = fminf(right, (float)x + 1);
		float part = per > 0 || per < 0 ? (to - from) * per : height;
		float after = (from + to) / 2 - (float)x;

		row[x] += part * (1 - after);
		row[x + 1] += part * after;
	}
}

/* The changes that all edges bring to row y. */
static void add_edges(float *row, int w, int y, const struct img_path *p)
{
	for (int i = 0; i < p->n; i++) {
		struct img_point a = p->p[i], b = p->p[(i + 1) % p->n];
		float sign = a.y < b.y ? 1 : -1;

		if (sign < 0) {
			struct img_point t = a;

			a = b;
			b = t;
		}
		float top = fmaxf(a.y, (float)y);
		float bottom = fminf(b.y, (float)y + 1);

		if (bottom <= top)
			continue;
		float slope = (b.x - a.x) / (b.y - a.y);

		add_edge(row, w, a.x + (top - a.y) * slope,
			a.x + (bottom - a.y) * slope, sign * (bottom - top));
	}
}

static int clamp(float v, int lo, int hi)
{
	return v < (float)lo ? lo : v > (float)hi ? hi : (int)v;
}

void img_mask_add(struct img_mask *m, const struct img_path *p)
{
	float lx = INFINITY, ly = INFINITY, hx = -INFINITY, hy = -INFINITY;

	for (int i = 0; i < p->n; i++) {
		lx = fminf(lx, p->p[i].x);
		hx = fmaxf(hx, p->p[i].x);
		ly = fminf(ly, p->p[i].y);
		hy = fmaxf(hy, p->p[i].y);
	}
	int x0 = clamp(lx, 0, m->w), x1 = clamp(ceilf(hx), 0, m->w);
	int y0 = clamp(ly, 0, m->h), y1 = clamp(ceilf(hy), 0, m->h);

	if (x0 >= x1 || y0 >= y1)
		return;
	m->x0 = x0 < m->x0 ? x0 : m->x0;
	m->x1 = x1 > m->x1 ? x1 : m->x1;
	m->y0 = y0 < m->y0 ? y0 : m->y0;
	m->y1 = y1 > m->y1 ? y1 : m->y1;
	for (int y = y0; y < y1; y++) {
		float *a = row_of(m, y), sum = 0;

		memset(m->row, 0, ((size_t)m->w + 1) * sizeof *m->row);
		add_edges(m->row, m->w, y, p);
		for (int x = x0; x < x1; x++) {
			sum += m->row[x];
			a[x] = fmaxf(a[x], fminf(fabsf(sum), 1));
		}
	}
}

/* A running mean along n values, `step` apart. */
static void blur_line(
	float *to, const float *from, int n, size_t step, int radius)
{
	float sum = 0, part = 1.0F / (float)(2 * radius + 1);

	for (int i = 0; i < radius && i < n; i++)
		sum += from[(size_t)i * step];
	for (int i = 0; i < n; i++) {
		if (i + radius < n)
			sum += from[(size_t)(i + radius) * step];
		if (i > radius)
			sum -= from[(size_t)(i - radius - 1) * step];
		to[i] = sum * part;
	}
}

void img_mask_blur(struct img_mask *dst, const struct img_mask *src, int radius)
{
	size_t w = (size_t)src->w;

	img_mask_clear(dst);
	if (src->x0 >= src->x1)
		return;
	dst->x0 = src->x0 > radius ? src->x0 - radius : 0;
	dst->y0 = src->y0 > radius ? src->y0 - radius : 0;
	dst->x1 = src->x1 < src->w - radius ? src->x1 + radius : src->w;
	dst->y1 = src->y1 < src->h - radius ? src->y1 + radius : src->h;
	for (int y = dst->y0; y < dst->y1; y++)
		blur_line(row_of(dst, y) + dst->x0, row_of(src, y) + dst->x0,
			dst->x1 - dst->x0, 1, radius);
	for (int x = dst->x0; x < dst->x1; x++) {
		float *column = row_of(dst, dst->y0) + x;
		int n = dst->y1 - dst->y0;

		blur_line(dst->row, column, n, w, radius);
		for (int i = 0; i < n; i++)
			column[(size_t)i * w] = dst->row[i];
	}
}
