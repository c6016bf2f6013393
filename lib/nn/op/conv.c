#include "nn/ops.h"
#include "base/err.h"

/*
 * Backward, with z the sum before the activation:
 *	dz = dy * act'(y)		(in place of dy)
 *	dresidual = dz
 *	dbias[c] = sum of dz over rows
 *	dw = scale * x (*) dz, dx = dz (*) (w * scale)
 */
struct conv_node {
	struct nn_node node;
	struct nn_conv c;
	struct nn_tensor *x, *w, *scale, *bias, *residual, *y;
	enum nn_act act;
};

void nn_bias_gradient(struct nn_tape *t, struct nn_tensor *bias,
	const struct nn_tensor *y, const void *dy)
{
	int64_t lanes = nn_channels(y);
	struct nn_narrow_args a = {NULL, NULL, 1};
	double *s;

	if (!bias || !bias->needs_grad)
		return;
	s = nn_pool_alloc(t->pool, (size_t)lanes * sizeof *s);
	a.x = s;
	a.y = nn_grad_begin(t, bias);
	t->be->sums(t->be, y->type, dy, NULL, 1, nn_rows(y), lanes, s, NULL);
	t->be->each(t->be, NN_BODY_narrow, &a, 1, lanes);
	nn_grad_end(t, bias, a.y);
	nn_pool_free(t->pool, s);
}

/* dz in the type of x: y's gradient itself, or a copy of it. */
static void *gradient_like_x(struct nn_tape *t, const struct conv_node *nd)
{
	const struct nn_tensor *y = nd->y;
	struct nn_cast_args a = {y->type, y->grad, NULL};

	if (y->type == nd->x->type)
		return y->grad;
	a.y = nn_pool_alloc(
		t->pool, (size_t)nn_count(y) * nn_type_size(nd->x->type));
	t->be->each(t->be, NN_BODY_cast, &a, 1, nn_count(y));
	return a.y;
}

static void conv_backward(struct nn_tape *t, struct nn_node *node)
{
	struct conv_node *nd = (struct conv_node *)node;
	struct nn_tensor *y = nd->y;
	struct nn_backend *be = t->be;
	struct nn_conv c = nd->c;
	void *dx, *dz;

	if (!y->grad_set)
		return;
	if (!nn_count(y)) {
		nn_grad_zero(t, nd->w);
		nn_grad_zero(t, nd->bias);
		return;
	}
	nn_act_undo(t, y, nd->act);
	nn_bias_gradient(t, nd->bias, y, y->grad);
	dz = gradient_like_x(t, nd);
	c.y_type = c.x_type;
	if (nd->w->needs_grad)
		be->conv_wgrad(be, &c, nd->x->data, dz, nd->w, nd->scale);
	dx = nn_grad_begin(t, nd->x);
	if (dx) {
		be->conv_dgrad(be, &c, dz, nd->w, nd->scale, dx);
		nn_grad_end(t, nd->x, dx);
	}
	if (dz != y->grad)
		nn_pool_free(t->pool, dz);
	/* Last: from here on dz may be written by others. */
	nn_grad_give(t, nd->residual, y);
}

static int32_t out_size(int64_t n, int64_t k, int stride, int pad)
{
	return (int32_t)((n + 2 * pad - k) / stride + 1);
}

static bool fits(const struct nn_tensor *x, int64_t n)
{
	return !x || nn_count(x) == n;
}

static struct nn_tensor *conv(struct nn_tape *t, const struct nn_conv *c,
	struct nn_tensor *y, struct nn_tensor *x, struct nn_tensor *w,
	struct nn_tensor *scale, struct nn_tensor *bias,
	struct nn_tensor *residual, enum nn_act act)
{
	struct nn_tensor *inputs[] = {x, w, bias, residual};
	struct nn_epilogue e = {scale, bias ? bias->data : NULL,
		residual ? residual->data : NULL, act};
	struct conv_node *nd;

	BUG_ON(!fits(scale, c->oc) || !fits(bias, c->oc));
	BUG_ON(!fits(residual, nn_count(y)) || act > NN_LEAKY);
	BUG_ON(residual && residual->type != y->type);
	if (nn_count(y))
		t->be->conv(t->be, c, x->data, w, &e, y->data);
	nd = nn_record(t, sizeof *nd, conv_backward, y, inputs, 4);
	if (nd) {
		nd->c = *c;
		nd->x = x;
		nd->w = w;
		nd->scale = scale;
		nd->bias = bias;
		nd->residual = residual;
		nd->y = y;
		nd->act = act;
		if (w->needs_grad)
			nn_keep(&nd->node, x);
		if (act != NN_LINEAR)
			nn_keep(&nd->node, y);
	}
	return y;
}

static int32_t y_type(const struct nn_tensor *x, struct nn_conv_how how)
{
	return how.f32 ? NN_F32 : x->type;
}

struct nn_conv nn_conv_of(const struct nn_tensor *x, const struct nn_tensor *w,
	struct nn_conv_how how)
{
	struct nn_conv c = {.n = (int32_t)x->dim[0],
		.h = (int32_t)x->dim[1],
		.w = (int32_t)x->dim[2],
		.ic = (int32_t)x->dim[3],
		.oc = (int32_t)w->dim[0],
		.kh = (int32_t)w->dim[2],
		.kw = (int32_t)w->dim[3],
		.stride = how.stride,
		.pad = how.pad,
		.groups = how.groups ? how.groups : 1,
		.x_type = x->type,
		.y_type = y_type(x, how)};

	BUG_ON(x->rank != 4 || w->rank != 4 || how.stride < 1);
	BUG_ON(w->dim[1] * c.groups != c.ic || c.oc % c.groups);
	BUG_ON(c.h + 2 * c.pad < c.kh || c.w + 2 * c.pad < c.kw);
	c.oh = out_size(c.h, c.kh, c.stride, c.pad);
	c.ow = out_size(c.w, c.kw, c.stride, c.pad);
	return c;
}

struct nn_tensor *nn_conv(struct nn_tape *t, struct nn_tensor *x,
	struct nn_tensor *w, struct nn_tensor *scale, struct nn_tensor *bias,
	struct nn_tensor *residual, struct nn_conv_how how)
{
	struct nn_conv c = nn_conv_of(x, w, how);

	return conv(t, &c,
		nn_new(t, c.y_type, 4, (int64_t[]){c.n, c.oh, c.ow, c.oc}), x,
		w, scale, bias, residual, how.act);
}

struct nn_tensor *nn_linear(struct nn_tape *t, struct nn_tensor *x,
	struct nn_tensor *w, struct nn_tensor *bias, struct nn_conv_how how)
{
	struct nn_conv c = {.n = (int32_t)x->dim[0],
		.h = x->rank == 4 ? (int32_t)x->dim[1] : 1,
		.w = x->rank == 4 ? (int32_t)x->dim[2] : 1,
		.ic = (int32_t)nn_channels(x),
		.oh = 1,
		.ow = 1,
		.oc = (int32_t)w->dim[0],
		.stride = 1,
		.groups = 1,
		.x_type = x->type,
		.y_type = y_type(x, how)};

	c.kh = c.h;
	c.kw = c.w;
	BUG_ON(x->rank != 2 && x->rank != 4);
	BUG_ON(nn_count(w) != (int64_t)c.oc * c.ic * c.h * c.w);
	return conv(t, &c, nn_new(t, c.y_type, 2, (int64_t[]){c.n, c.oc}), x, w,
		NULL, bias, NULL, how.act);
}
