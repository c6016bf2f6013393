#include "nn/ops.h"
#include "base/err.h"

#include <math.h>

/*
 * Statistics per picture n and group g of c/groups channels, over m values:
 *	y = act(a[n][c] * x + b[n][c] + residual)
 * Per group, with dxh = gain[c] * dz and xh the normalised x:
 *	dx = rstd * (dxh - mean(dxh) - xh * mean(dxh * xh))
 */
struct group_node {
	struct nn_node node;
	struct nn_norm norm;
	struct nn_tensor *x, *residual, *y;
	enum nn_act act;
	double *mean, *rstd; /* n * groups */
};

/* Fold sums per channel into sums per group. */
static void fold(const double *s, int64_t c, int64_t groups, double *out)
{
	for (int64_t g = 0; g < groups; g++) {
		out[g] = 0;
		for (int64_t i = g * (c / groups); i < (g + 1) * (c / groups);
			i++)
			out[g] += s[i];
	}
}

/*
 * For one picture, with column sums dz of dz and dzx of dz * x: what its
 * affine parameters get, and the factors kdy, kx, k1 of dx (c of each).
 */
static void group_factors(const struct group_node *nd, int64_t picture,
	const double *dz, const double *dzx, float *dgain, float *dbias,
	float *k)
{
	const float *gain = nd->norm.gain->data;
	int64_t c = nn_channels(nd->x), groups = nd->norm.groups;
	int64_t per = c / groups;
	double m = (double)(nn_rows(nd->x) / nd->x->dim[0] * per);

	for (int64_t g = 0; g < groups; g++) {
		double mu = nd->mean[picture * groups + g];
		double r = nd->rstd[picture * groups + g];
		double d1 = 0, d2 = 0; /* mean(dxh), mean(dxh * xh) */

		for (int64_t i = g * per; i < (g + 1) * per; i++) {
			double dxh = (dzx[i] - mu * dz[i]) * r;

			d1 += (double)gain[i] * dz[i] / m;
			d2 += (double)gain[i] * dxh / m;
			if (dgain)
				dgain[i] += (float)dxh;
			if (dbias)
				dbias[i] += (float)dz[i];
		}
		for (int64_t i = g * per; i < (g + 1) * per; i++) {
			k[i] = (float)(r * (double)gain[i]);
			k[c + i] = (float)(-r * r * d2);
			k[2 * c + i] = (float)(r * (mu * r * d2 - d1));
		}
	}
}

static void group_backward(struct nn_tape *t, struct nn_node *node)
{
	struct group_node *nd = (struct group_node *)node;
	struct nn_tensor *x = nd->x, *y = nd->y;
	struct nn_backend *be = t->be;
	int64_t c = nn_channels(x), n = x->dim[0],
		rows = n ? nn_rows(x) / n : 0;
	double *dz = arena_alloc(t->arena, 2 * (size_t)c * sizeof *dz);
	float *k = arena_alloc(t->arena, 3 * (size_t)c * sizeof *k);
	float *dgain, *dbias;
	void *dx;

	if (!y->grad_set)
		return;
	nn_act_undo(t, y, nd->act);
	dgain = nn_grad_begin(t, nd->norm.gain);
	if (dgain)
		be->clear(be, dgain, nn_bytes(nd->norm.gain));
	dbias = nn_grad_begin(t, nd->norm.bias);
	if (dbias)
		be->clear(be, dbias, nn_bytes(nd->norm.bias));
	dx = nn_grad_begin(t, x);
	for (int64_t i = 0; i < n; i++) {
		int64_t at = i * rows * c;
		const void *dy = nn_at(y->grad, at, x->type);
		const void *xi = nn_at(x->data, at, x->type);

		be->sums(be, x->type, dy, xi, rows, c, dz, dz + c);
		group_factors(nd, i, dz, dz + c, dgain, dbias, k);
		if (dx) {
			struct nn_norm_grad_args a = {x->type, dy, xi, k, k + c,
				k + 2 * c, nn_at_mut(dx, at, x->type), c};

			be->each(be, NN_BODY_norm_grad, &a, rows, c);
		}
	}
	if (dgain)
		nn_grad_end(t, nd->norm.gain, dgain);
	if (dbias)
		nn_grad_end(t, nd->norm.bias, dbias);
	if (dx)
		nn_grad_end(t, x, dx);
	nn_grad_give(t, nd->residual, y);
}

struct nn_tensor *nn_group_norm(struct nn_tape *t, struct nn_tensor *x,
	const struct nn_norm *norm, struct nn_tensor *residual, enum nn_act act)
{
	int64_t c = nn_channels(x), n = x->dim[0], groups = norm->groups;
	int64_t rows = n ? nn_rows(x) / n : 0, per = c / groups;
	double m = (double)(rows * per);
	struct nn_tensor *y = nn_new_like(t, x);
	struct nn_tensor *inputs[] = {x, norm->gain, norm->bias, residual};
	double *s = arena_alloc(
		t->arena, (size_t)(2 * c + 2 * n * groups) * sizeof *s);
	double *mean = s + 2 * c, *rstd = mean + n * groups;
	float *a = arena_alloc(t->arena, 2 * (size_t)c * sizeof *a);
	const float *gain = norm->gain->data, *bias = norm->bias->data;
	struct group_node *nd;

	BUG_ON(per * groups != c || nn_count(norm->gain) != c);
	for (int64_t i = 0; i < n; i++) {
		int64_t at = i * rows * c;
		const void *xi = nn_at(x->data, at, x->type);
		double *mu = mean + i * groups, *r = rstd + i * groups;
		struct nn_affine_args args = {x->type, xi, a, a + c,
			residual ? nn_at(residual->data, at, x->type) : NULL,
			nn_at_mut(y->data, at, x->type), c, act};

		t->be->sums(t->be, x->type, xi, xi, rows, c, s, s + c);
		fold(s, c, groups, mu);
		fold(s + c, c, groups, r);
		for (int64_t g = 0; g < groups; g++) {
			mu[g] /= m;
			r[g] = r[g] / m - mu[g] * mu[g];
			r[g] = 1 /
			       sqrt((r[g] > 0 ? r[g] : 0) + (double)norm->eps);
		}
		for (int64_t j = 0; j < c; j++) {
			double k = (double)gain[j] * r[j / per];

			a[j] = (float)k;
			a[c + j] = (float)((double)bias[j] - mu[j / per] * k);
		}
		t->be->each(t->be, NN_BODY_affine, &args, rows, c);
	}
	nd = nn_record(t, sizeof *nd, group_backward, y, inputs, 4);
	if (nd) {
		nd->norm = *norm;
		nd->x = x;
		nd->residual = residual;
		nd->y = y;
		nd->act = act;
		nd->mean = mean;
		nd->rstd = rstd;
		nn_keep(&nd->node, x);
		if (act != NN_LINEAR)
			nn_keep(&nd->node, y);
	}
	return y;
}
