/* Bodies of pointwise ops: flat, or rows of channels. */
#ifndef NN_BODY_POINTWISE_H
#define NN_BODY_POINTWISE_H

#include "nn/body/hd.h"

/* Activations whose derivative follows from their output. */
enum nn_act {
	NN_LINEAR,
	NN_RELU,
	NN_LEAKY, /* slope 0.2 below zero */
	NN_TANH,
	NN_SIGMOID
};

#define NN_LEAKY_SLOPE 0.2f

/* y += x */
struct nn_add_args {
	float *y;
	const float *x;
};

NN_HD void nn_add_at(
	const struct nn_add_args *a, int64_t row, int64_t c0, int64_t c1)
{
	(void)row;
	NN_LANES (c, c0, c1)
		a->y[c] += a->x[c];
}

/* x *= by */
struct nn_scale_args {
	float *x;
	float by;
};

NN_HD void nn_scale_at(
	const struct nn_scale_args *a, int64_t row, int64_t c0, int64_t c1)
{
	(void)row;
	NN_LANES (c, c0, c1)
		a->x[c] *= a->by;
}

/* y = act(x), in place or not. */
struct nn_act_args {
	const float *x;
	float *y;
	enum nn_act act;
};

NN_HD void nn_act_at(
	const struct nn_act_args *a, int64_t row, int64_t c0, int64_t c1)
{
	(void)row;
	/* The choice stands outside the loops, so that each is a plain one. */
	switch (a->act) {
	case NN_LINEAR:
		NN_LANES (c, c0, c1)
			a->y[c] = a->x[c];
		break;
	case NN_RELU:
		NN_LANES (c, c0, c1)
			a->y[c] = a->x[c] > 0 ? a->x[c] : 0;
		break;
	case NN_LEAKY:
		NN_LANES (c, c0, c1)
			a->y[c] = a->x[c] * (a->x[c] > 0 ? 1 : NN_LEAKY_SLOPE);
		break;
	case NN_TANH:
		NN_LANES (c, c0, c1)
			a->y[c] = tanhf(a->x[c]);
		break;
	case NN_SIGMOID:
		NN_LANES (c, c0, c1)
			a->y[c] = 1 / (1 + expf(-a->x[c]));
		break;
	}
}

/* dx = dy * act'(x), given y = act(x); in place or not. */
struct nn_act_grad_args {
	const float *y, *dy;
	float *dx;
	enum nn_act act;
};

NN_HD void nn_act_grad_at(
	const struct nn_act_grad_args *a, int64_t row, int64_t c0, int64_t c1)
{
	const float *y = a->y, *dy = a->dy;
	float *dx = a->dx;

	(void)row;
	switch (a->act) {
	case NN_LINEAR:
		NN_LANES (c, c0, c1)
			dx[c] = dy[c];
		break;
	case NN_RELU:
		NN_LANES (c, c0, c1)
			dx[c] = y[c] > 0 ? dy[c] : 0;
		break;
	case NN_LEAKY:
		NN_LANES (c, c0, c1)
			dx[c] = dy[c] * (y[c] > 0 ? 1 : NN_LEAKY_SLOPE);
		break;
	case NN_TANH:
		NN_LANES (c, c0, c1)
			dx[c] = dy[c] * (1 - y[c] * y[c]);
		break;
	case NN_SIGMOID:
		NN_LANES (c, c0, c1)
			dx[c] = dy[c] * y[c] * (1 - y[c]);
		break;
	}
}

/* y = act(x * mul[c] + add[c] + residual), rows of `lanes` channels;
 * residual may be NULL. */
struct nn_affine_args {
	const float *x, *mul, *add, *residual;
	float *y;
	int64_t lanes;
	enum nn_act act;
};

NN_HD void nn_affine_at(
	const struct nn_affine_args *a, int64_t row, int64_t c0, int64_t c1)
{
	const float *x = a->x + row * a->lanes;
	const float *mul = a->mul, *add = a->add;
	float *y = a->y + row * a->lanes;

	if (a->residual) {
		const float *r = a->residual + row * a->lanes;

		NN_LANES (c, c0, c1)
			y[c] = x[c] * mul[c] + add[c] + r[c];
	} else {
		NN_LANES (c, c0, c1)
			y[c] = x[c] * mul[c] + add[c];
	}
	if (a->act != NN_LINEAR) {
		const struct nn_act_args act = {y, y, a->act};

		nn_act_at(&act, 0, c0, c1);
	}
}

/* dx = kdy[c] * dy + kx[c] * x + k1[c]: every norm's gradient is of this
 * form once the sums over its group are known. */
struct nn_norm_grad_args {
	const float *dy, *x, *kdy, *kx, *k1;
	float *dx;
	int64_t lanes;
};

NN_HD void nn_norm_grad_at(
	const struct nn_norm_grad_args *a, int64_t row, int64_t c0, int64_t c1)
{
	const float *dy = a->dy + row * a->lanes, *x = a->x + row * a->lanes;
	const float *kdy = a->kdy, *kx = a->kx, *k1 = a->k1;
	float *dx = a->dx + row * a->lanes;

	NN_LANES (c, c0, c1)
		dx[c] = kdy[c] * dy[c] + kx[c] * x[c] + k1[c];
}

#endif
