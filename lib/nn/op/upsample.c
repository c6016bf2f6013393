#include "nn/ops.h"
#include "base/err.h"

struct upsample_node {
	struct nn_node node;
	struct nn_tensor *x, *y;
};

static void upsample_backward(struct nn_tape *t, struct nn_node *node)
{
	struct upsample_node *nd = (struct upsample_node *)node;
	struct nn_tensor *x = nd->x, *y = nd->y;
	struct nn_upsample_grad_args a = {y->type, y->grad, NULL,
		(int32_t)y->dim[1], (int32_t)y->dim[2], (int32_t)x->dim[1],
		(int32_t)x->dim[2], nn_channels(y)};

	if (!y->grad_set)
		return;
	a.dsmall = nn_grad_begin(t, x);
	t->be->each(t->be, NN_BODY_upsample_grad, &a, nn_rows(x), a.lanes);
	nn_grad_end(t, x, a.dsmall);
}

struct nn_tensor *nn_upsample(struct nn_tape *t, struct nn_tensor *x)
{
	int64_t dim[] = {x->dim[0], 2 * x->dim[1], 2 * x->dim[2], x->dim[3]};
	struct nn_tensor *y = nn_new(t, x->type, 4, dim);
	struct nn_upsample_args a = {x->type, x->data, y->data, (int32_t)dim[1],
		(int32_t)dim[2], dim[3]};
	struct upsample_node *nd;

	BUG_ON(x->rank != 4);
	t->be->each(t->be, NN_BODY_upsample, &a, nn_rows(y), a.lanes);
	nd = nn_record(t, sizeof *nd, upsample_backward, y, &x, 1);
	if (nd) {
		nd->x = x;
		nd->y = y;
	}
	return y;
}
