#include "nn/ops.h"
#include "base/err.h"

/*
 * A loss is factor * sum of the items' losses. The bodies leave each item's
 * loss and derivative; going back scatters the derivatives to where the items
 * came from, times factor and the loss's own gradient.
 */
struct loss_node {
	struct nn_node node;
	struct nn_tensor *x, *y;
	const int32_t *index; /* or NULL */
	float *d;
	int64_t n; /* entries of d */
	float factor;
};

static void loss_backward(struct nn_tape *t, struct nn_node *node)
{
	struct loss_node *nd = (struct loss_node *)node;
	struct nn_scatter_args a = {
		NULL, nd->index, nd->d, nd->y->grad, nd->factor};

	if (!nd->y->grad_set)
		return;
	a.dx = nn_grad_begin(t, nd->x);
	if (!a.dx)
		return;
	if (nd->index)
		t->be->clear(t->be, a.dx, nn_bytes(nd->x));
	t->be->each(t->be, NN_BODY_scatter, &a, 1, nd->n);
	nn_grad_end(t, nd->x, a.dx);
	nn_pool_free(t->pool, nd->d);
}

/* Sum nloss items, and note the way back through n derivatives. */
static struct nn_tensor *finish(struct nn_tape *t, struct nn_tensor *x,
	const struct nn_tensor *index, float *loss, int64_t nloss, float *d,
	int64_t n, float factor)
{
	struct nn_tensor *y = nn_new(t, NN_F32, 1, (int64_t[]){1});
	double *sum = nn_pool_alloc(t->pool, sizeof *sum);
	struct nn_narrow_args a = {sum, y->data, (double)factor};
	struct loss_node *nd;

	t->be->sums(t->be, NN_F32, loss, NULL, 1, nloss, 1, sum, NULL);
	t->be->each(t->be, NN_BODY_narrow, &a, 1, 1);
	nn_pool_free(t->pool, sum);
	nn_pool_free(t->pool, loss);
	nd = nn_record(t, sizeof *nd, loss_backward, y, &x, 1);
	if (nd) {
		nd->x = x;
		nd->y = y;
		nd->index = index ? index->data : NULL;
		nd->d = d;
		nd->n = n;
		nd->factor = factor;
		if (index)
			nn_keep(&nd->node, index);
	} else {
		nn_pool_free(t->pool, d);
	}
	return y;
}

static float *floats(struct nn_tape *t, int64_t n)
{
	return nn_pool_alloc(t->pool, (size_t)n * sizeof(float));
}

struct nn_tensor *nn_bce_loss(struct nn_tape *t, struct nn_tensor *x,
	const struct nn_tensor *index, const struct nn_tensor *target,
	const struct nn_tensor *weight, float factor)
{
	int64_t n = index ? nn_count(index) : nn_count(x);
	struct nn_bce_args a = {x->data, target->data,
		weight ? weight->data : NULL, index ? index->data : NULL,
		floats(t, n), floats(t, n)};

	BUG_ON(x->type != NN_F32);
	BUG_ON(nn_count(target) != n || (weight && nn_count(weight) != n));
	t->be->each(t->be, NN_BODY_bce, &a, 1, n);
	return finish(t, x, index, a.loss, n, a.d, n, factor);
}

struct nn_tensor *nn_smooth_l1_loss(struct nn_tape *t, struct nn_tensor *x,
	const struct nn_tensor *index, const struct nn_tensor *target,
	const struct nn_tensor *weight, float beta, float factor)
{
	int64_t n = index ? nn_count(index) : nn_count(x);
	struct nn_smooth_l1_args a = {x->data, target->data,
		weight ? weight->data : NULL, index ? index->data : NULL,
		floats(t, n), floats(t, n), beta};

	BUG_ON(x->type != NN_F32);
	BUG_ON(nn_count(target) != n || (weight && nn_count(weight) != n));
	t->be->each(t->be, NN_BODY_smooth_l1, &a, 1, n);
	return finish(t, x, index, a.loss, n, a.d, n, factor);
}

struct nn_tensor *nn_giou_loss(struct nn_tape *t, struct nn_tensor *x,
	const struct nn_tensor *target, const struct nn_tensor *weight,
	float factor)
{
	int64_t n = nn_count(x), rows = nn_rows(x);
	struct nn_giou_args a = {x->data, target->data,
		weight ? weight->data : NULL, floats(t, rows), floats(t, n)};

	BUG_ON(x->type != NN_F32);
	BUG_ON(nn_channels(x) != 4 || nn_count(target) != n);
	BUG_ON(weight && nn_count(weight) != rows);
	t->be->each(t->be, NN_BODY_giou, &a, rows, 1);
	return finish(t, x, NULL, a.loss, rows, a.d, n, factor);
}

struct nn_tensor *nn_softmax_loss(struct nn_tape *t, struct nn_tensor *x,
	const struct nn_tensor *label, const struct nn_tensor *weight,
	float factor)
{
	int64_t n = nn_count(x), rows = nn_rows(x);
	struct nn_softmax_args a = {x->data, weight ? weight->data : NULL,
		label->data, floats(t, rows), floats(t, n), nn_channels(x)};

	BUG_ON(x->type != NN_F32 || nn_count(label) != rows);
	BUG_ON(weight && nn_count(weight) != rows);
	t->be->each(t->be, NN_BODY_softmax, &a, rows, 1);
	return finish(t, x, NULL, a.loss, rows, a.d, n, factor);
}
