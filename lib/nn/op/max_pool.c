#include "nn/ops.h"
#include "base/err.h"

struct pool_node {
	struct nn_node node;
	struct nn_max_pool_args f;
	struct nn_tensor *x, *y;
};

static void pool_backward(struct nn_tape *t, struct nn_node *node)
{
	struct pool_node *nd = (struct pool_node *)node;
	const struct nn_max_pool_args *f = &nd->f;
	struct nn_max_pool_grad_args a = {nd->y->type, nd->y->grad, f->at, NULL,
		f->h, f->w, f->oh, f->ow, f->k, f->stride, f->pad, f->lanes};

	if (!nd->y->grad_set)
		return;
	a.dx = nn_grad_begin(t, nd->x);
	if (!a.dx)
		return;
	t->be->each(t->be, NN_BODY_max_pool_grad, &a, nn_rows(nd->x), f->lanes);
	nn_grad_end(t, nd->x, a.dx);
	nn_pool_free(t->pool, f->at);
}

struct nn_tensor *nn_max_pool(
	struct nn_tape *t, struct nn_tensor *x, int k, int stride, int pad)
{
	struct nn_max_pool_args a = {.type = x->type,
		.x = x->data,
		.h = (int32_t)x->dim[1],
		.w = (int32_t)x->dim[2],
		.k = k,
		.stride = stride,
		.pad = pad,
		.lanes = nn_channels(x)};
	struct pool_node *nd;
	struct nn_tensor *y;

	BUG_ON(x->rank != 4 || k * k > 255 || pad >= k);
	a.oh = (a.h + 2 * pad - k) / stride + 1;
	a.ow = (a.w + 2 * pad - k) / stride + 1;
	y = nn_new(t, x->type, 4, (int64_t[]){x->dim[0], a.oh, a.ow, a.lanes});
	a.y = y->data;
	nd = nn_record(t, sizeof *nd, pool_backward, y, &x, 1);
	if (nd)
		a.at = nn_pool_alloc(t->pool, (size_t)nn_count(y));
	t->be->each(t->be, NN_BODY_max_pool, &a, nn_rows(y), a.lanes);
	if (nd) {
		nd->f = a;
		nd->x = x;
		nd->y = y;
	}
	return y;
}
