#include "nn/ops.h"
#include "base/err.h"

/* y = act(mul[n][c] * x + add[n][c] + residual), with statistics by picture n
 * and group; nn/body/norm.h has the formulas. */
struct group_node {
	struct nn_node node;
	struct nn_norm norm;
	struct nn_tensor *x, *residual, *y;
	enum nn_act act;
	struct nn_tensor *stats; /* means, then rstds: n * groups of each */
};

static void group_backward(struct nn_tape *t, struct nn_node *node)
{
	struct group_node *nd = (struct group_node *)node;
	struct nn_tensor *x = nd->x, *y = nd->y, *sums, *k;
	struct nn_backend *be = t->be;
	int64_t c = nn_channels(x), n = x->dim[0], groups = nd->norm.groups;
	int64_t rows = n ? nn_rows(x) / n : 0;
	struct nn_group_norm_grad_args f = {.m = rows,
		.each = c / groups,
		.mean = nd->stats->data,
		.rstd = (double *)nd->stats->data + n * groups,
		.gain = nd->norm.gain->data};
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
	f.dgain = nn_grad_begin(t, nd->norm.gain);
	if (f.dgain)
		be->clear(be, f.dgain, nn_bytes(nd->norm.gain));
	f.dbias = nn_grad_begin(t, nd->norm.bias);
	if (f.dbias)
		be->clear(be, f.dbias, nn_bytes(nd->norm.bias));
	dx = nn_grad_begin(t, x);
	for (int64_t i = 0; i < n; i++, f.mean += groups, f.rstd += groups) {
		int64_t at = i * rows * c;
		const void *dy = nn_at(y->grad, at, x->type);
		const void *xi = nn_at(x->data, at, x->type);

		be->sums(be, x->type, dy, xi, 1, rows, c, dz, dz + c);
		be->each(be, NN_BODY_group_norm_grad, &f, 1, groups);
		if (dx) {
			struct nn_norm_grad_args a = {x->type, dy, xi, f.kdy,
				f.kx, f.k1, nn_at_mut(dx, at, x->type), c};

			be->each(be, NN_BODY_norm_grad, &a, rows, c);
		}
	}
	if (f.dgain)
		nn_grad_end(t, nd->norm.gain, f.dgain);
	if (f.dbias)
		nn_grad_end(t, nd->norm.bias, f.dbias);
	if (dx)
		nn_grad_end(t, x, dx);
	nn_drop(t, sums);
	nn_drop(t, k);
	nn_grad_give(t, nd->residual, y);
}

struct nn_tensor *nn_group_norm(struct nn_tape *t, struct nn_tensor *x,
	const struct nn_norm *norm, struct nn_tensor *residual, enum nn_act act)
{
	int64_t c = nn_channels(x), n = x->dim[0], groups = norm->groups;
	int64_t rows = n ? nn_rows(x) / n : 0;
	struct nn_backend *be = t->be;
	struct nn_tensor *y = nn_new_like(t, x);
	struct nn_tensor *inputs[] = {x, norm->gain, norm->bias, residual};
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
	struct group_node *nd;

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
	nd = nn_record(t, sizeof *nd, group_backward, y, inputs, 4);
	if (nd) {
		nd->norm = *norm;
		nd->x = x;
		nd->residual = residual;
		nd->y = y;
		nd->act = act;
		nd->stats = stats;
		nn_keep(&nd->node, x);
		if (act != NN_LINEAR)
			nn_keep(&nd->node, y);
	} else {
		nn_drop(t, stats);
	}
	return y;
}
