#include "nn/ops.h"
#include "base/err.h"

struct upsample_node {
	struct nn_node node;
	struct nn_tensor *small, *big, *y; /* big may be NULL */
};

static void upsample_backward(struct nn_tape *t, struct nn_node *node)
{
	struct upsample_node *nd = (struct upsample_node *)node;
	struct nn_tensor *s = nd->small, *y = nd->y;
	void *ds;

	if (!y->grad_set)
		return;
	ds = nn_grad_begin(t, s);
	if (ds) {
		struct nn_upsample_grad_args a = {y->type, y->grad, ds,
			(int32_t)y->dim[1], (int32_t)y->dim[2],
			(int32_t)s->dim[1], (int32_t)s->dim[2], nn_channels(y)};

		t->be->each(
			t->be, NN_BODY_upsample_grad, &a, nn_rows(s), a.lanes);
		nn_grad_end(t, s, ds);
	}
	nn_grad_give(t, nd->big, y);
}

static struct nn_tensor *record(struct nn_tape *t, struct nn_tensor *small,
	struct nn_tensor *big, struct nn_tensor *y)
{
	struct nn_tensor *inputs[] = {small, big};
	struct upsample_node *nd =
		nn_record(t, sizeof *nd, upsample_backward, y, inputs, 2);

	if (nd) {
		nd->small = small;
		nd->big = big;
		nd->y = y;
	}
	return y;
}

struct nn_tensor *nn_upsample(struct nn_tape *t, struct nn_tensor *x)
{
	int64_t dim[] = {x->dim[0], 2 * x->dim[1], 2 * x->dim[2], x->dim[3]};
	struct nn_tensor *y = nn_new(t, x->type, 4, dim);
	struct nn_upsample_args a = {x->type, x->data, y->data, (int32_t)dim[1],
		(int32_t)dim[2], dim[3]};

	BUG_ON(x->rank != 4);
	t->be->each(t->be, NN_BODY_upsample, &a, nn_rows(y), a.lanes);
	return record(t, x, NULL, y);
}

struct nn_tensor *nn_upsample_add(
	struct nn_tape *t, struct nn_tensor *small, struct nn_tensor *big)
{
	struct nn_tensor *y = nn_new_like(t, big);
	struct nn_upsample_add_args a = {big->type, small->data, big->data,
		y->data, (int32_t)big->dim[1], (int32_t)big->dim[2],
		(int32_t)small->dim[1], (int32_t)small->dim[2],
		nn_channels(big)};

	BUG_ON(small->type != big->type);
	BUG_ON(nn_channels(small) != a.lanes || small->dim[0] != big->dim[0]);
	/* Of h / 2 rows PyTorch would pick others than each one twice. */
	BUG_ON(a.sh != (a.h + 1) / 2 || a.sw != (a.w + 1) / 2);
	t->be->each(t->be, NN_BODY_upsample_add, &a, nn_rows(big), a.lanes);
	return record(t, small, big, y);
}
