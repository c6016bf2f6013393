#include "nn/ops.h"
#include "base/err.h"

#include <math.h>

/*
 * y = act(a[c] * x + b[c] + residual), a = gain / std, b = bias - mean * a.
 *
 * With m rows in the batch, dz = dy * act'(y), xh = (x - mean) / std:
 *	dbias = sum dz, dgain = sum dz * xh
 *	dx = a * (dz - dbias / m - xh * dgain / m)
 * which is kdy * dz + kx * x + k1. With running statistics, mean and std are
 * constants, and dx = a * dz.
 */
struct norm_node {
	struct nn_node node;
	struct nn_norm norm;
	struct nn_tensor *x, *residual, *y;
	enum nn_act act;
	bool batch;          /* statistics are the batch's */
	double *mean, *rstd; /* c */
	float *a;            /* c */
};

static void batch_statistics(struct nn_tape *t, const struct nn_tensor *x,
	const struct nn_norm *norm, double *mean, double *rstd)
{
	int64_t c = nn_channels(x), m = nn_rows(x);
	double *xx = rstd;
	float *rm = norm->mean->data, *rv = norm->var->data;
	float k = norm->momentum;

	t->be->sums(t->be, x->type, x->data, x->data, m, c, mean, xx);
	/* Of nothing there are no statistics; nobody reads them. */
	if (!m || t->be->dry)
		return;
	for (int64_t i = 0; i < c; i++) {
		double mu = mean[i] / (double)m;
		double var = xx[i] / (double)m - mu * mu;

		if (var < 0)
			var = 0;
		mean[i] = mu;
		rstd[i] = 1 / sqrt(var + (double)norm->eps);
		if (m > 1)
			var *= (double)m / (double)(m - 1);
		rm[i] += k * ((float)mu - rm[i]);
		rv[i] += k * ((float)var - rv[i]);
	}
	norm->mean->version++;
	norm->var->version++;
}

static void norm_backward(struct nn_tape *t, struct nn_node *node)
{
	struct norm_node *nd = (struct norm_node *)node;
	struct nn_tensor *x = nd->x, *y = nd->y;
	struct nn_backend *be = t->be;
	int64_t c = nn_channels(x);
	double m = (double)nn_rows(x);
	double *dz = arena_alloc(t->arena, (size_t)c * sizeof *dz);
	double *dzx = arena_alloc(t->arena, (size_t)c * sizeof *dzx);
	float *k = arena_alloc(t->arena, 3 * (size_t)c * sizeof *k);
	float *dgain, *dbias;
	void *dx;

	if (!y->grad_set)
		return;
	nn_act_undo(t, y, nd->act);
	be->sums(be, x->type, y->grad, x->data, nn_rows(x), c, dz, dzx);
	dgain = nn_grad_begin(t, nd->norm.gain);
	dbias = nn_grad_begin(t, nd->norm.bias);
	for (int64_t i = 0; i < c; i++) {
		double r = nd->rstd[i], a = (double)nd->a[i];
		double dg = (dzx[i] - nd->mean[i] * dz[i]) * r;

		if (dgain)
			dgain[i] = (float)dg;
		if (dbias)
			dbias[i] = (float)dz[i];
		if (!nd->batch)
			dg = dz[i] = 0;
		k[i] = (float)a;
		k[c + i] = (float)(-a * r * dg / m);
		k[2 * c + i] =
			(float)(a * (nd->mean[i] * r * dg / m - dz[i] / m));
	}
	if (dgain)
		nn_grad_end(t, nd->norm.gain, dgain);
	if (dbias)
		nn_grad_end(t, nd->norm.bias, dbias);
	dx = nn_grad_begin(t, x);
	if (dx) {
		struct nn_norm_grad_args g = {
			x->type, y->grad, x->data, k, k + c, k + 2 * c, dx, c};

		be->each(be, NN_BODY_norm_grad, &g, nn_rows(x), c);
		nn_grad_end(t, x, dx);
	}
	nn_grad_give(t, nd->residual, y);
}

struct nn_tensor *nn_batch_norm(struct nn_tape *t, struct nn_tensor *x,
	const struct nn_norm *norm, struct nn_tensor *residual, enum nn_act act)
{
	int64_t c = nn_channels(x);
	struct nn_tensor *y = nn_new_like(t, x);
	struct nn_tensor *inputs[] = {x, norm->gain, norm->bias, residual};
	double *mean = arena_alloc(t->arena, (size_t)c * sizeof *mean);
	double *rstd = arena_alloc(t->arena, (size_t)c * sizeof *rstd);
	float *a = arena_alloc(t->arena, 2 * (size_t)c * sizeof *a);
	const float *gain = norm->gain->data, *bias = norm->bias->data;
	struct nn_affine_args args = {x->type, x->data, a, a + c,
		residual ? residual->data : NULL, y->data, c, act};
	struct norm_node *nd;

	BUG_ON(nn_count(norm->gain) != c);
	if (t->train) {
		batch_statistics(t, x, norm, mean, rstd);
	} else {
		const float *rm = norm->mean->data, *rv = norm->var->data;

		for (int64_t i = 0; i < c; i++) {
			mean[i] = (double)rm[i];
			rstd[i] = 1 / sqrt((double)rv[i] + (double)norm->eps);
		}
	}
	for (int64_t i = 0; i < c; i++) {
		a[i] = (float)((double)gain[i] * rstd[i]);
		a[c + i] = (float)((double)bias[i] -
				   mean[i] * (double)gain[i] * rstd[i]);
	}
	t->be->each(t->be, NN_BODY_affine, &args, nn_rows(x), c);
	nd = nn_record(t, sizeof *nd, norm_backward, y, inputs, 4);
	if (nd) {
		nd->norm = *norm;
		nd->x = x;
		nd->residual = residual;
		nd->y = y;
		nd->act = act;
		nd->batch = t->train;
		nd->mean = mean;
		nd->rstd = rstd;
		nd->a = a;
		nn_keep(&nd->node, x);
		if (act != NN_LINEAR)
			nn_keep(&nd->node, y);
	}
	return y;
}
