#include "nn/ops.h"

struct act_node {
	struct nn_node node;
	struct nn_tensor *x, *y;
	enum nn_act act;
};

/* dx = dy * act'(x), which follows from y. */
static void act_backward(struct nn_tape *t, struct nn_node *node)
{
	struct act_node *nd = (struct act_node *)node;
	struct nn_act_grad_args a = {
		nd->y->type, nd->y->data, nd->y->grad, NULL, nd->act};

	if (!nd->y->grad_set)
		return;
	a.dx = nn_grad_begin(t, nd->x);
	if (!a.dx)
		return;
	t->be->each(t->be, NN_BODY_act_grad, &a, 1, nn_count(nd->x));
	nn_grad_end(t, nd->x, a.dx);
}

void nn_act_undo(struct nn_tape *t, struct nn_tensor *y, enum nn_act act)
{
	struct nn_act_grad_args a = {y->type, y->data, y->grad, y->grad, act};

	if (act != NN_LINEAR)
		t->be->each(t->be, NN_BODY_act_grad, &a, 1, nn_count(y));
}

struct nn_tensor *nn_activation(
	struct nn_tape *t, struct nn_tensor *x, enum nn_act act)
{
	struct nn_tensor *y = nn_new_like(t, x);
	struct nn_act_args a = {x->type, x->data, y->data, act};
	struct act_node *nd;

	t->be->each(t->be, NN_BODY_act, &a, 1, nn_count(x));
	nd = nn_record(t, sizeof *nd, act_backward, y, &x, 1);
	if (nd) {
		nd->x = x;
		nd->y = y;
		nd->act = act;
		nn_keep(&nd->node, y);
	}
	return y;
}
