#include "nn/cpu/direct.h"
#include "nn/cpu/tile.h"

#include <omp.h>
#include <string.h>

/* Channels summed over in one go: with them, a block of weights fills half of
 * a first-level cache. */
enum { CHUNK = 256 };

/* A strip of pixels, and blocks of TILE_COLS channels, those of one group
 * after the other's. */
struct part {
	const struct direct_job *j;
	const struct direct_grid *g;
	const struct direct_desk *desk;
	int taps;           /* as direct_point left them */
	int n;              /* pixels */
	int64_t begin, end; /* blocks */
	float *sum;         /* [end - begin][DIRECT_SLOTS][TILE_COLS] */
	const int64_t *to;  /* places in out */
};

enum { BLOCK = DIRECT_SLOTS * TILE_COLS };

/* A chunk of n channels from the i-th of tap t, for all blocks: the strip's
 * inputs stay in the second-level cache, a block's weights in the first. */
static void sum_chunk(const struct part *p, int t, int64_t i, int64_t n,
	int64_t from, bool add)
{
	const float **at = p->desk->at + t * DIRECT_SLOTS;
	int64_t each = (int64_t)p->g->weight_taps * p->j->from * TILE_COLS;
	int64_t skip = (p->g->tap[t] * from + i) * TILE_COLS;

	for (int64_t b = p->begin; b < p->end; b++) {
		const float *w = p->j->weight + b * each + skip;
		float *sum = p->sum + (b - p->begin) * BLOCK;

		for (int r = 0; r < p->n; r += TILE_ROWS)
			tile(n, at + r, b / tile_blocks(p->j->to) * from + i, w,
				sum + r * TILE_COLS, TILE_COLS, add);
	}
}

static void sum_up(const struct part *p)
{
	/* Taps that were laid side by side are one. */
	int64_t from = p->taps == p->g->taps ? p->j->from
					     : (int64_t)p->j->from * p->g->taps;
	bool add = false;

	if (!p->taps) /* pixels that a stride passes over */
		memset(p->sum, 0,
			(size_t)((p->end - p->begin) * BLOCK) * sizeof *p->sum);
	for (int t = 0; t < p->taps; t++)
		for (int64_t i = 0; i < from; i += CHUNK, add = true)
			sum_chunk(p, t, i, from - i < CHUNK ? from - i : CHUNK,
				from, add);
}

/* act and, wherever a block is whole, n are constants. */
static inline __attribute__((always_inline)) void put_rows(const struct part *p,
	const float *sum, int64_t c, int n, enum nn_act act)
{
	const struct direct_job *j = p->j;
	float bias[TILE_COLS];

	for (int i = 0; i < n; i++)
		bias[i] = j->bias ? j->bias[c + i] : 0;
	for (int r = 0; r < p->n; r++) {
		const float *s = sum + r * TILE_COLS;
		float *y = j->out + p->to[r] + c, v[TILE_COLS];

		NN_LANES (i, 0, n)
			v[i] = s[i] + bias[i];
		if (j->residual) {
			const float *x = j->residual + p->to[r] + c;

			NN_LANES (i, 0, n)
				v[i] += x[i];
		}
		NN_LANES (i, 0, n)
			y[i] = nn_act_value(v[i], act);
	}
}

static void put_away(const struct part *p, int64_t b)
{
	const float *sum = p->sum + (b - p->begin) * BLOCK;
	int blocks = tile_blocks(p->j->to);
	int first = (int)(b % blocks) * TILE_COLS, n = p->j->to - first;
	int64_t c = b / blocks * p->j->to + first;

	if (n < TILE_COLS)
		put_rows(p, sum, c, n, p->j->act);
	else
		NN_ACT_SWITCH(p->j->act, put_rows, p, sum, c, TILE_COLS)
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
	int64_t blocks = (int64_t)tile_blocks(j->to) * j->groups;
	/* Where there are few strips, their channels are shared out too. */
	int64_t wanted = 4 * room->threads;
	int64_t shares = strips >= wanted ? 1 : wanted / (strips + 1) + 1;
	bool lay_out = direct_lays_out(g, j->groups);

	shares = shares < blocks ? shares : blocks;
#pragma omp parallel for schedule(dynamic) num_threads(room->threads)
	for (int64_t item = 0; item < strips * shares; item++) {
		struct direct_desk desk =
			direct_desk(c, room, omp_get_thread_num());
		int64_t first = item / shares * DIRECT_STRIP;
		int64_t left = pixels - first, k = item % shares;
		int64_t *to = (int64_t *)desk.rest;
		struct part p = {.j = j,
			.g = g,
			.desk = &desk,
			.n = (int)(left < DIRECT_STRIP ? left : DIRECT_STRIP),
			.begin = blocks * k / shares,
			.end = blocks * (k + 1) / shares,
			.to = to,
			.sum = (float *)(desk.rest +
					 DIRECT_STRIP * sizeof *to)};

		p.taps = direct_point(g, lay_out, j->in, first, p.n, &desk);
		places(g, first, p.n, to);
		sum_up(&p);
		for (int64_t b = p.begin; b < p.end; b++)
			put_away(&p, b);
	}
}
