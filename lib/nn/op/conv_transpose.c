#include "nn/ops.h"
#include "base/err.h"

/*
 * The transposed convolution is the data gradient of the convolution that
 * goes the other way: c describes that one, whose x is our y.
 *	dx = conv(dy, w), dw = dy (*) x
 */
struct transpose_node {
	struct nn_node node;
	struct nn_conv c;
	struct nn_tensor *x, *w, *y;
};

static void transpose_backward(struct nn_tape *t, struct nn_node *node)
{
	struct transpose_node *nd = (struct transpose_node *)node;
	struct nn_epilogue none = {NULL, NULL, NULL, NN_LINEAR};
	void *dx;

	if (!nd->y->grad_set)
		return;
	if (!nn_count(nd->y)) {
		nn_grad_zero(t, nd->w);
		return;
	}
	if (nd->w->needs_grad)
		t->be->conv_wgrad(
			t->be, &nd->c, nd->y->grad, nd->x->data, nd->w, NULL);
	dx = nn_grad_begin(t, nd->x);
	if (dx) {
		t->be->conv(t->be, &nd->c, nd->y->grad, nd->w, &none, dx);
		nn_grad_end(t, nd->x, dx);
	}
}

struct nn_tensor *nn_conv_transpose(struct nn_tape *t, struct nn_tensor *x,
	struct nn_tensor *w, struct nn_conv_how how)
{
	struct nn_conv c = {.n = (int32_t)x->dim[0],
		.oh = (int32_t)x->dim[1],
		.ow = (int32_t)x->dim[2],
		.oc = (int32_t)x->dim[3],
		.ic = (int32_t)w->dim[1],
		.kh = (int32_t)w->dim[2],
		.kw = (int32_t)w->dim[3],
		.stride = how.stride,
		.pad = how.pad,
		.groups = 1,
		.x_type = x->type,
		.y_type = x->type};
	struct nn_tensor *inputs[] = {x, w}, *y;
	struct transpose_node *nd;

	BUG_ON(x->rank != 4 || w->rank != 4 || w->dim[0] != c.oc);
	BUG_ON(how.stride < 1 || how.groups > 1 || how.f32);
	BUG_ON(how.act != NN_LINEAR || how.extra < 0 ||
		how.extra >= how.stride);
	c.h = (c.oh - 1) * c.stride - 2 * c.pad + c.kh + how.extra;
	c.w = (c.ow - 1) * c.stride - 2 * c.pad + c.kw + how.extra;
	BUG_ON(c.h < 1 || c.w < 1);
	y = nn_new(t, x->type, 4, (int64_t[]){c.n, c.h, c.w, c.ic});
	if (nn_count(y))
		t->be->conv_dgrad(t->be, &c, x->data, w, NULL, y->data);
	nd = nn_record(t, sizeof *nd, transpose_backward, y, inputs, 2);
	if (nd) {
		nd->c = c;
		nd->x = x;
		nd->w = w;
		nd->y = y;
		if (w->needs_grad)
			nn_keep(&nd->node, x);
	}
	return y;
}
