/*
 * What ends a step, over all parameters at once: the norm of the gradients,
 * the optimisers (nn/optim.h says which equations), moving averages. A row is
 * a chunk of one parameter, so that a hundred small ones are one launch.
 */
#ifndef NN_BODY_UPDATE_H
#define NN_BODY_UPDATE_H

#include "nn/body/hd.h"

/* Values a chunk has, its last one fewer; lanes in which squares are added. */
enum { NN_CHUNK = 4096, NN_SQUARES = 32 };

/* A parameter, or another vector that is changed with it. Pointers that a
 * body does not need are NULL. No padding: tables are compared as bytes. */
struct nn_part {
	float *w;
	const float *g;
	float *m, *v; /* the optimiser's state; or m, the mean of w */
	/* A copy of w that is renewed on the way: oc taps ic of pack_type,
	 * times pack_scale[oc], where w is oc ic taps. */
	void *pack;
	const float *pack_scale;
	int32_t n, role; /* values; weight, bias, norm */
	int32_t pack_type, ic, taps, unused;
};

struct nn_chunk {
	int32_t part, at; /* the at-th of that part */
};

/* Every body's arguments begin with it. */
struct nn_table {
	const struct nn_part *part;
	const struct nn_chunk *chunk;
};

/* What became of a step's gradients. Read where it lies, by the device. */
struct nn_verdict {
	double norm;
	float scale; /* what they are multiplied by, so as to be clipped */
	int32_t bad; /* the norm is not finite: nothing may be changed */
};

NN_HD const struct nn_part *nn_part_of(const struct nn_table *t, int64_t row)
{
	return t->part + t->chunk[row].part;
}

/* Lane c of a chunk as a place in its part: no farther than its end. */
NN_HD int64_t nn_part_at(const struct nn_table *t, const struct nn_part *p,
	int64_t row, int64_t c)
{
	int64_t i = (int64_t)t->chunk[row].at * NN_CHUNK + c;

	return i < p->n ? i : p->n;
}

/* Lanes are NN_SQUARES: sum[row][c] = squares of each NN_SQUARES-th value. */
struct nn_squares_args {
	struct nn_table t;
	double *sum;
};

NN_HD void nn_squares_at(
	const struct nn_squares_args *a, int64_t row, int64_t c0, int64_t c1)
{
	const struct nn_part *p = nn_part_of(&a->t, row);
	const float *g = p->g;
	int64_t from = nn_part_at(&a->t, p, row, 0);
	int64_t to = nn_part_at(&a->t, p, row, NN_CHUNK);
	double *sum = a->sum + row * NN_SQUARES;

	NN_LANES (c, c0, c1)
		sum[c] = 0;
	for (int64_t i = from; i < to; i += NN_SQUARES) {
		int64_t left = to - i, end = left < c1 ? left : c1;

		NN_LANES (c, c0, end)
			sum[c] += (double)g[i + c] * (double)g[i + c];
	}
}

/* Row r of y is the sum of rows r * each and on of x, which has `rows`. */
struct nn_pile_args {
	const double *x;
	double *y;
	int64_t rows, each;
};

NN_HD void nn_pile_at(
	const struct nn_pile_args *a, int64_t row, int64_t c0, int64_t c1)
{
	int64_t from = row * a->each, to = from + a->each;
	double *y = a->y + row * NN_SQUARES;

	NN_LANES (c, c0, c1)
		y[c] = 0;
	for (int64_t r = from; r < to && r < a->rows; r++)
		NN_LANES (c, c0, c1)
			y[c] += a->x[r * NN_SQUARES + c];
}

/* One row of one lane: the verdict on what was piled up. */
struct nn_judge_args {
	const double *sum;
	const double *finite[2]; /* NULL, or what must be finite, too */
	struct nn_verdict *verdict;
	double clip; /* the largest norm that is left alone; 0: any */
};

NN_HD void nn_judge_at(
	const struct nn_judge_args *a, int64_t row, int64_t c0, int64_t c1)
{
	double norm = 0;

	(void)row;
	(void)c0;
	(void)c1;
	for (int i = 0; i < NN_SQUARES; i++)
		norm += a->sum[i];
	norm = sqrt(norm);
	for (int i = 0; i < 2; i++)
		if (a->finite[i] && !(*a->finite[i] - *a->finite[i] == 0))
			norm = NAN;
	a->verdict->norm = norm;
	a->verdict->bad = !(norm - norm == 0);
	a->verdict->scale =
		a->clip > 0 && norm > a->clip ? (float)(a->clip / norm) : 1;
}

/* The copies of values from to `to`. */
NN_HD void nn_repack(const struct nn_part *p, int64_t from, int64_t to)
{
	int32_t each = p->ic * p->taps;

	if (!p->pack)
		return;
	for (int32_t i = (int32_t)from; i < (int32_t)to; i++) {
		int32_t o = i / each, rest = i - o * each;
		int32_t ic = rest / p->taps, tap = rest - ic * p->taps;

		nn_put(p->pack, (int64_t)o * each + tap * p->ic + ic,
			p->pack_type == NN_BF16 ? NN_BF16 : NN_F32,
			p->w[i] * (p->pack_scale ? p->pack_scale[o] : 1));
	}
}

struct nn_sgd_args {
	struct nn_table t;
	const struct nn_verdict *verdict;
	float lr[3], decay[3]; /* by role */
	float momentum;        /* rescaled already */
};

NN_HD void nn_sgd_at(
	const struct nn_sgd_args *a, int64_t row, int64_t c0, int64_t c1)
{
	const struct nn_part *p = nn_part_of(&a->t, row);
	int64_t from = nn_part_at(&a->t, p, row, c0);
	int64_t to = nn_part_at(&a->t, p, row, c1);
	float *w = p->w, *v = p->m;
	const float *grad = p->g;
	float lr = a->lr[p->role], decay = a->decay[p->role];
	float scale = a->verdict->scale;

	if (a->verdict->bad)
		return;
	NN_LANES (c, from, to) {
		float g = scale * grad[c] + decay * w[c];

		v[c] = a->momentum * v[c] + lr * g;
		w[c] -= v[c];
	}
	nn_repack(p, from, to);
}

struct nn_adam_args {
	struct nn_table t;
	const struct nn_verdict *verdict;
	float l2;      /* added to g, times w */
	float keep[3]; /* what decay leaves of w, by role: 1 - lr * decay */
	float rate;    /* lr / (1 - beta1^step) */
	float root;    /* 1 / sqrt(1 - beta2^step) */
	float eps;
	float beta1, rest1; /* and 1 - beta1, which a float would round */
	float beta2, rest2;
};

NN_HD void nn_adam_at(
	const struct nn_adam_args *a, int64_t row, int64_t c0, int64_t c1)
{
	const struct nn_part *p = nn_part_of(&a->t, row);
	int64_t from = nn_part_at(&a->t, p, row, c0);
	int64_t to = nn_part_at(&a->t, p, row, c1);
	float *w = p->w, *m = p->m, *v = p->v;
	const float *grad = p->g;
	float keep = a->keep[p->role], scale = a->verdict->scale;

	if (a->verdict->bad)
		return;
	NN_LANES (c, from, to) {
		float g = scale * grad[c] + a->l2 * w[c];

		m[c] = a->beta1 * m[c] + a->rest1 * g;
		v[c] = a->beta2 * v[c] + a->rest2 * g * g;
		w[c] = keep * w[c] -
		       a->rate * m[c] / (sqrtf(v[c]) * a->root + a->eps);
	}
	nn_repack(p, from, to);
}

/* mean += rest * (w - mean), unless the step was bad */
struct nn_ema_args {
	struct nn_table t;
	const struct nn_verdict *verdict; /* NULL: there was none */
	float rest;
};

NN_HD void nn_ema_at(
	const struct nn_ema_args *a, int64_t row, int64_t c0, int64_t c1)
{
	const struct nn_part *p = nn_part_of(&a->t, row);
	int64_t from = nn_part_at(&a->t, p, row, c0);
	int64_t to = nn_part_at(&a->t, p, row, c1);
	float *mean = p->m;
	const float *w = p->w;

	if (a->verdict && a->verdict->bad)
		return;
	NN_LANES (c, from, to)
		mean[c] += a->rest * (w[c] - mean[c]);
}

/* m = w; or, where the verdict on what was done since is bad, w = m */
struct nn_snapshot_args {
	struct nn_table t;
	const struct nn_verdict *verdict; /* NULL: m = w */
};

NN_HD void nn_snapshot_at(
	const struct nn_snapshot_args *a, int64_t row, int64_t c0, int64_t c1)
{
	const struct nn_part *p = nn_part_of(&a->t, row);
	int64_t from = nn_part_at(&a->t, p, row, c0);
	int64_t to = nn_part_at(&a->t, p, row, c1);
	float *y = a->verdict ? p->w : p->m;
	const float *x = a->verdict ? p->m : p->w;

	if (a->verdict && !a->verdict->bad)
		return;
	NN_LANES (c, from, to)
		y[c] = x[c];
}

#endif
