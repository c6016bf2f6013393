#include "nn/ops.h"
#include "base/err.h"

/* y = act(mul[c] * x + add[c] + residual); nn/body/norm.h has the formulas. */
struct norm_node {
	struct nn_node node;
	struct nn_norm norm;
	struct nn_tensor *x, *residual, *y;
	enum nn_act act;
	bool train;
	struct nn_tensor *stats, *mul; /* mean and rstd; mul, then add */
};

static void norm_backward(struct nn_tape *t, struct nn_node *node)
{
	struct norm_node *nd = (struct norm_node *)node;
	struct nn_tensor *x = nd->x, *y = nd->y, *sums, *k;
	struct nn_backend *be = t->be;
	int64_t c = nn_channels(x), m = nn_rows(x);
	struct nn_batch_norm_grad_args f = {.train = nd->train,
		.m = m,
		.mean = nd->stats->data,
		.rstd = (double *)nd->stats->data + c,
		.mul = nd->mul->data};
	double *dz;
	float *by;
	void *dx;

	if (!y->grad_set)
		return;
	nn_act_undo(t, y, nd->act);
	sums = nn_new_f64(t, 2 * c);
	k = nn_new(t, NN_F32, 1, &(int64_t){3 * c});
	f.dz = dz = sums->data;
	f.dzx = dz + c;
	f.kdy = by = k->data;
	f.kx = by + c;
	f.k1 = by + 2 * c;
	be->sums(be, x->type, y->grad, x->data, 1, m, c, dz, dz + c);
	f.dgain = nn_grad_begin(t, nd->norm.gain);
	f.dbias = nn_grad_begin(t, nd->norm.bias);
	be->each(be, NN_BODY_batch_norm_grad, &f, 1, c);
	if (f.dgain)
		nn_grad_end(t, nd->norm.gain, f.dgain);
	if (f.dbias)
		nn_grad_end(t, nd->norm.bias, f.dbias);
	dx = nn_grad_begin(t, x);
	if (dx) {
		struct nn_norm_grad_args g = {
			x->type, y->grad, x->data, f.kdy, f.kx, f.k1, dx, c};

		be->each(be, NN_BODY_norm_grad, &g, m, c);
		nn_grad_end(t, x, dx);
	}
	nn_drop(t, sums);
	nn_drop(t, k);
	nn_grad_give(t, nd->residual, y);
}

struct nn_tensor *nn_batch_norm(struct nn_tape *t, struct nn_tensor *x,
	const struct nn_norm *norm, struct nn_tensor *residual, enum nn_act act)
{
	int64_t c = nn_channels(x), m = nn_rows(x);
	struct nn_backend *be = t->be;
	struct nn_tensor *y = nn_new_like(t, x);
	struct nn_tensor *inputs[] = {x, norm->gain, norm->bias, residual};
	struct nn_tensor *stats = nn_new_f64(t, 2 * c);
	struct nn_tensor *mul = nn_new(t, NN_F32, 1, &(int64_t){2 * c});
	struct nn_batch_norm_args f = {.train = t->train,
		.m = m,
		.mean = stats->data,
		.rstd = (double *)stats->data + c,
		.running_mean = norm->mean->data,
		.running_var = norm->var->data,
		.momentum = norm->momentum,
		.eps = norm->eps,
		.gain = norm->gain->data,
		.bias = norm->bias->data,
		.mul = mul->data,
		.add = (float *)mul->data + c};
	struct nn_affine_args args = {x->type, x->data, f.mul, f.add,
		residual ? residual->data : NULL, y->data, c, act};
	struct norm_node *nd;

	BUG_ON(nn_count(norm->gain) != c);
	if (t->train) {
		be->sums(
			be, x->type, x->data, x->data, 1, m, c, f.mean, f.rstd);
		norm->mean->version++;
		norm->var->version++;
	}
	be->each(be, NN_BODY_batch_norm, &f, 1, c);
	be->each(be, NN_BODY_affine, &args, m, c);
	nd = nn_record(t, sizeof *nd, norm_backward, y, inputs, 4);
	if (nd) {
		nd->norm = *norm;
		nd->x = x;
		nd->residual = residual;
		nd->y = y;
		nd->act = act;
		nd->train = t->train;
		nd->stats = stats;
		nd->mul = mul;
		nn_keep(&nd->node, x);
		if (act != NN_LINEAR)
			nn_keep(&nd->node, y);
	} else {
		nn_drop(t, stats);
		nn_drop(t, mul);
	}
	return y;
}
