#include "nn/ops.h"
#include "base/err.h"

/*
 * Doubling by nearest neighbours, then a 3x3 convolution, is a transposed
 * convolution of stride 2 whose 4x4 kernel is the 3x3 one added to itself,
 * moved by one, both ways: four products a pixel instead of nine, and nothing
 * large in between. c describes the convolution that goes the other way.
 */
struct double_node {
	struct nn_node node;
	struct nn_conv c;
	struct nn_tensor *x, *w, *y;
	struct nn_wide *wide;
};

/* wide from w, if w has changed. */
static void widen(
	struct nn_tape *t, const struct nn_tensor *w, struct nn_wide *wide)
{
	struct nn_widen_args a = {wide->k.data, w->data, w->dim[1], w->dim[0]};

	if (wide->from == w->version || t->be->dry)
		return;
	t->be->each(t->be, NN_BODY_widen, &a, w->dim[0] * w->dim[1], 1);
	wide->from = w->version;
	wide->k.version++;
}

static void weight_gradient(struct nn_tape *t, const struct double_node *nd)
{
	struct nn_tensor *k = &nd->wide->k, *w = nd->w;
	struct nn_widen_grad_args a = {
		NULL, nn_grad_begin(t, w), w->dim[1], w->dim[0]};

	if (!a.dw)
		return;
	if (!k->grad)
		k->grad = t->be->alloc(t->be, nn_bytes(k));
	a.dk = k->grad;
	k->grad_set = false;
	t->be->conv_wgrad(t->be, &nd->c, nd->y->grad, nd->x->data, k, NULL);
	t->be->each(t->be, NN_BODY_widen_grad, &a, w->dim[0] * w->dim[1], 1);
	nn_grad_end(t, w, a.dw);
}

static void double_backward(struct nn_tape *t, struct nn_node *node)
{
	struct double_node *nd = (struct double_node *)node;
	struct nn_epilogue none = {NULL, NULL, NULL, NN_LINEAR};
	void *dx;

	if (!nd->y->grad_set)
		return;
	if (!nn_count(nd->y)) {
		nn_grad_zero(t, nd->w);
		return;
	}
	weight_gradient(t, nd);
	dx = nn_grad_begin(t, nd->x);
	if (dx) {
		t->be->conv(
			t->be, &nd->c, nd->y->grad, &nd->wide->k, &none, dx);
		nn_grad_end(t, nd->x, dx);
	}
}

void nn_wide_init(
	struct nn_wide *wide, struct nn_backend *be, const struct nn_tensor *w)
{
	struct nn_tensor *k = &wide->k;

	BUG_ON(w->rank != 4 || w->dim[2] != 3 || w->dim[3] != 3);
	*wide = (struct nn_wide){.from = UINT64_MAX};
	*k = (struct nn_tensor){.type = NN_F32,
		.rank = 4,
		.dim = {w->dim[1], w->dim[0], 4, 4},
		.leaf = true,
		.needs_grad = true};
	k->data = be->alloc(be, nn_bytes(k));
}

size_t nn_wide_bytes(const struct nn_wide *wide)
{
	return nn_bytes(&wide->k) * (wide->k.grad ? 2 : 1);
}

void nn_wide_release(struct nn_wide *wide, struct nn_backend *be)
{
	size_t bytes = nn_bytes(&wide->k);

	be->unpack(be, &wide->k);
	be->free(be, wide->k.data, bytes);
	if (wide->k.grad)
		be->free(be, wide->k.grad, bytes);
}

struct nn_tensor *nn_conv_double(struct nn_tape *t, struct nn_tensor *x,
	struct nn_tensor *w, struct nn_wide *wide)
{
	struct nn_conv c = {.n = (int32_t)x->dim[0],
		.h = 2 * (int32_t)x->dim[1],
		.w = 2 * (int32_t)x->dim[2],
		.ic = (int32_t)w->dim[0],
		.oh = (int32_t)x->dim[1],
		.ow = (int32_t)x->dim[2],
		.oc = (int32_t)w->dim[1],
		.kh = 4,
		.kw = 4,
		.stride = 2,
		.pad = 1,
		.groups = 1,
		.x_type = x->type,
		.y_type = x->type};
	struct nn_tensor *inputs[] = {x, w}, *y;
	struct double_node *nd;

	BUG_ON(x->rank != 4 || x->dim[3] != c.oc);
	y = nn_new(t, x->type, 4, (int64_t[]){c.n, c.h, c.w, c.ic});
	widen(t, w, wide);
	if (nn_count(y))
		t->be->conv_dgrad(t->be, &c, x->data, &wide->k, NULL, y->data);
	nd = nn_record(t, sizeof *nd, double_backward, y, inputs, 2);
	if (nd) {
		nd->c = c;
		nd->x = x;
		nd->w = w;
		nd->y = y;
		nd->wide = wide;
		if (w->needs_grad)
			nn_keep(&nd->node, x);
	}
	return y;
}
