#include "nn/op/norm_node.h"
#include "base/err.h"

/* y = act(mul[c] * x + add[c] + residual); nn/body/norm.h has the formulas. */

static void norm_backward(struct nn_tape *t, struct nn_node *node)
{
	struct norm_node *nd = (struct norm_node *)node;
	struct nn_tensor *x = nd->x, *y = nd->y;
	struct nn_backend *be = t->be;
	int64_t c = nn_channels(x), m = nn_rows(x);
	struct nn_batch_norm_grad_args f = {.train = nd->train,
		.m = m,
		.mean = nd->stats->data,
		.rstd = (double *)nd->stats->data + c,
		.mul = nd->mul->data};
	struct norm_back b;

	if (!y->grad_set)
		return;
	b = norm_back_begin(t, nd);
	f.back = b.at;
	be->sums(be, x->type, y->grad, x->data, 1, m, c, b.at.dz, b.at.dzx);
	be->each(be, NN_BODY_batch_norm_grad, &f, 1, c);
	norm_back_rows(t, nd, &b, 0, m);
	norm_back_end(t, nd, &b);
}

struct nn_tensor *nn_batch_norm(struct nn_tape *t, struct nn_tensor *x,
	const struct nn_norm *norm, struct nn_tensor *residual, enum nn_act act)
{
	int64_t c = nn_channels(x), m = nn_rows(x);
	struct nn_backend *be = t->be;
	struct nn_tensor *y = nn_new_like(t, x);
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
	nd = norm_record(t, norm_backward, x, norm, residual, act, y, stats);
	if (nd)
		nd->mul = mul;
	else
		nn_drop(t, mul);
	return y;
}
