#include "nn/ops.h"
#include "base/err.h"

struct cast_node {
	struct nn_node node;
	struct nn_tensor *x, *y;
};

static void cast_backward(struct nn_tape *t, struct nn_node *node)
{
	struct cast_node *nd = (struct cast_node *)node;
	struct nn_cast_args a = {nd->y->type, nd->y->grad, NULL};

	if (!nd->y->grad_set)
		return;
	a.y = nn_grad_begin(t, nd->x);
	t->be->each(t->be, NN_BODY_cast, &a, 1, nn_count(nd->x));
	nn_grad_end(t, nd->x, a.y);
}

struct nn_tensor *nn_cast(
	struct nn_tape *t, struct nn_tensor *x, enum nn_type type)
{
	struct nn_cast_args a = {x->type, x->data, NULL};
	struct cast_node *nd;
	struct nn_tensor *y;

	BUG_ON(type > NN_BF16 || x->type > NN_BF16);
	if (x->type == type) {
		x->refs += x->refs > 0;
		return x;
	}
	y = nn_new(t, type, x->rank, x->dim);
	a.y = y->data;
	t->be->each(t->be, NN_BODY_cast, &a, 1, nn_count(x));
	nd = nn_record(t, sizeof *nd, cast_backward, y, &x, 1);
	if (nd) {
		nd->x = x;
		nd->y = y;
	}
	return y;
}
