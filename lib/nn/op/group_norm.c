#include "nn/op/norm_node.h"
#include "base/err.h"

/* y = act(mul[n][c] * x + add[n][c] + residual), with statistics by picture n
 * and group; nn/body/norm.h has the formulas. */

static void group_backward(struct nn_tape *t, struct nn_node *node)
{
	struct norm_node *nd = (struct norm_node *)node;
	struct nn_tensor *x = nd->x, *y = nd->y;
	struct nn_backend *be = t->be;
	int64_t c = nn_channels(x), n = x->dim[0], groups = nd->norm.groups;
	int64_t rows = n ? nn_rows(x) / n : 0;
	struct nn_group_norm_grad_args f = {.m = rows,
		.each = c / groups,
		.mean = nd->stats->data,
		.rstd = (double *)nd->stats->data + n * groups,
		.gain = nd->norm.gain->data};
	struct norm_back b;

	if (!y->grad_set)
		return;
	b = norm_back_begin(t, nd);
	f.back = b.at;
	/* Pictures add to them. */
	if (b.at.dgain)
		be->clear(be, b.at.dgain, nn_bytes(nd->norm.gain));
	if (b.at.dbias)
		be->clear(be, b.at.dbias, nn_bytes(nd->norm.bias));
	for (int64_t i = 0; i < n; i++, f.mean += groups, f.rstd += groups) {
		int64_t at = i * rows * c;

		be->sums(be, x->type, nn_at(y->grad, at, x->type),
			nn_at(x->data, at, x->type), 1, rows, c, b.at.dz,
			b.at.dzx);
		be->each(be, NN_BODY_group_norm_grad, &f, 1, groups);
		norm_back_rows(t, nd, &b, i * rows, rows);
	}
	norm_back_end(t, nd, &b);
}

struct nn_tensor *nn_group_norm(struct nn_tape *t, struct nn_tensor *x,
	const struct nn_norm *norm, struct nn_tensor *residual, enum nn_act act)
{
	int64_t c = nn_channels(x), n = x->dim[0], groups = norm->groups;
	int64_t rows = n ? nn_rows(x) / n : 0;
	struct nn_backend *be = t->be;
	struct nn_tensor *y = nn_new_like(t, x);
	struct nn_tensor *sums = nn_new_f64(t, 2 * c);
	struct nn_tensor *stats = nn_new_f64(t, 2 * n * groups);
	struct nn_tensor *mul = nn_new(t, NN_F32, 1, &(int64_t){2 * c});
	double *sx = sums->data;
	struct nn_group_norm_args f = {.m = rows,
		.each = c / groups,
		.sx = sx,
		.sxx = sx + c,
		.mean = stats->data,
		.rstd = (double *)stats->data + n * groups,
		.eps = norm->eps,
		.gain = norm->gain->data,
		.bias = norm->bias->data,
		.mul = mul->data,
		.add = (float *)mul->data + c};

	BUG_ON(f.each * groups != c || nn_count(norm->gain) != c);
	for (int64_t i = 0; i < n; i++, f.mean += groups, f.rstd += groups) {
		int64_t at = i * rows * c;
		const void *xi = nn_at(x->data, at, x->type);
		struct nn_affine_args args = {x->type, xi, f.mul, f.add,
			residual ? nn_at(residual->data, at, x->type) : NULL,
			nn_at_mut(y->data, at, x->type), c, act};

		be->sums(be, x->type, xi, xi, 1, rows, c, sx, sx + c);
		be->each(be, NN_BODY_group_norm, &f, 1, groups);
		be->each(be, NN_BODY_affine, &args, rows, c);
	}
	nn_drop(t, sums);
	nn_drop(t, mul);
	norm_record(t, group_backward, x, norm, residual, act, y, stats);
	return y;
}
