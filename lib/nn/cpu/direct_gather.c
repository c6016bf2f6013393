#include "nn/cpu/direct.h"
#include "nn/cpu/tile.h"

#include <omp.h>
#include <string.h>

/* Channels summed over in one go: with them, a block of weights fills half of
 * a first-level cache. */
enum { CHUNK = 256 };

/* A strip of pixels, and a block of TILE_COLS channels of a group. */
struct part {
	const struct direct_job *j;
	const struct direct_grid *g;
	const struct direct_desk *desk;
	int taps; /* as direct_point left them */
	int n;    /* pixels */
	float *sum;
	const int64_t *to; /* places in out */
};

static void sum_up(const struct part *p, int group, const float *weight)
{
	int64_t from = p->taps == p->g->taps ? p->j->from
					     : (int64_t)p->j->from * p->g->taps;
	bool add = false;

	if (!p->taps) /* pixels that a stride passes over */
		memset(p->sum, 0, (size_t)p->n * TILE_COLS * sizeof *p->sum);
	for (int t = 0; t < p->taps; t++) {
		const float *w = weight + p->g->tap[t] * from * TILE_COLS;
		const float **at = p->desk->at + t * DIRECT_SLOTS;

		for (int64_t i = 0; i < from; i += CHUNK) {
			int64_t n = from - i < CHUNK ? from - i : CHUNK;

			for (int r = 0; r < p->n; r += TILE_ROWS)
				tile(n, at + r, group * from + i,
					w + i * TILE_COLS,
					p->sum + r * TILE_COLS, TILE_COLS, add);
			add = true;
		}
	}
}

static void put_away(const struct part *p, int group, int b)
{
	const struct direct_job *j = p->j;
	int64_t c = (int64_t)group * j->to + b * TILE_COLS;
	int n = j->to - b * TILE_COLS;
	float slope = j->act == NN_LEAKY ? NN_LEAKY_SLOPE : 0;
	const float *bias = j->bias ? j->bias + c : NULL;

	n = n < TILE_COLS ? n : TILE_COLS;
	for (int r = 0; r < p->n; r++) {
		float *s = p->sum + r * TILE_COLS, *y = j->out + p->to[r] + c;

		if (bias)
			NN_LANES (i, 0, n)
				s[i] += bias[i];
		if (j->residual) {
			const float *x = j->residual + p->to[r] + c;

			NN_LANES (i, 0, n)
				s[i] += x[i];
		}
		if (j->act != NN_LINEAR)
			NN_LANES (i, 0, n)
				s[i] = s[i] > 0     ? s[i]
				       : slope != 0 ? s[i] * slope
						    : 0;
		memcpy(y, s, (size_t)n * sizeof *y);
	}
}

/* Where n pixels of the grid, from the first-th, begin in out. */
static void places(
	const struct direct_grid *g, int64_t first, int n, int64_t *to)
{
	for (int i = 0; i < n; i++) {
		int64_t at = first + i, x = at % g->w, y = at / g->w % g->h;
		int64_t im = at / g->w / g->h;

		to[i] = ((im * g->out_h + g->y0 + y * g->every) * g->out_w +
				g->x0 + x * g->every) *
			g->out_c;
	}
}

void direct_gather(const struct nn_conv *c, const struct direct_job *j,
	const struct direct_grid *g, const struct direct_room *room)
{
	int64_t pixels = (int64_t)g->n * g->h * g->w;
	int64_t strips = (pixels + DIRECT_STRIP - 1) / DIRECT_STRIP;
	int blocks = (j->to + TILE_COLS - 1) / TILE_COLS;
	int64_t all = (int64_t)blocks * j->groups;
	/* Where there are few strips, their channels are shared out too. */
	int64_t wanted = 4 * room->threads;
	int64_t shares = strips >= wanted ? 1 : wanted / (strips + 1) + 1;
	bool lay_out = direct_lays_out(g, j->groups);
	int64_t each = (int64_t)g->weight_taps * j->from * TILE_COLS;

	shares = shares < all ? shares : all;
#pragma omp parallel for schedule(dynamic) num_threads(room->threads)
	for (int64_t item = 0; item < strips * shares; item++) {
		struct direct_desk desk =
			direct_desk(c, room, omp_get_thread_num());
		int64_t s = item / shares, k = item % shares;
		int64_t first = s * DIRECT_STRIP, left = pixels - first;
		int64_t *to = (int64_t *)desk.rest;
		struct part p = {.j = j,
			.g = g,
			.desk = &desk,
			.n = (int)(left < DIRECT_STRIP ? left : DIRECT_STRIP),
			.to = to,
			.sum = (float *)(desk.rest +
					 DIRECT_STRIP * sizeof *to)};

		p.taps = direct_point(g, lay_out, j->in, first, p.n, &desk);
		places(g, first, p.n, to);
		for (int64_t b = all * k / shares; b < all * (k + 1) / shares;
			b++) {
			sum_up(&p, (int)(b / blocks), j->weight + b * each);
			put_away(&p, (int)(b / blocks), (int)(b % blocks));
		}
	}
}
