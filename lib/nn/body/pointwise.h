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
	NN_SIGMOID,
	NN_SOFTPLUS /* log(1 + exp(x)) */
};

#define NN_LEAKY_SLOPE 0.2f

/* y += x */
struct nn_add_args {
	enum nn_type type;
	void *y;
	const void *x;
};

NN_HD void nn_add_at(
	const struct nn_add_args *a, int64_t row, int64_t c0, int64_t c1)
{
	(void)row;
	NN_LANES (c, c0, c1)
		nn_put(a->y, c, a->type,
			nn_get(a->y, c, a->type) + nn_get(a->x, c, a->type));
}

/* y = x, of the other type: x is of type `type`, y of the other of f32 and
 * bf16. */
struct nn_cast_args {
	enum nn_type type;
	const void *x;
	void *y;
};

NN_HD void nn_cast_at(
	const struct nn_cast_args *a, int64_t row, int64_t c0, int64_t c1)
{
	enum nn_type to = a->type == NN_BF16 ? NN_F32 : NN_BF16;

	(void)row;
	NN_LANES (c, c0, c1)
		nn_put(a->y, c, to, nn_get(a->x, c, a->type));
}

/* y = x * by, from f64: what sums become. */
struct nn_narrow_args {
	const double *x;
	float *y;
	double by;
};

NN_HD void nn_narrow_at(
	const struct nn_narrow_args *a, int64_t row, int64_t c0, int64_t c1)
{
	(void)row;
	NN_LANES (c, c0, c1)
		a->y[c] = (float)(a->x[c] * a->by);
}

/* A batch norm whose statistics are constants, as scale * x + shift. */
struct nn_fold_args {
	const float *gain, *bias, *mean, *var;
	float *scale, *shift;
	float eps;
};

NN_HD void nn_fold_at(
	const struct nn_fold_args *a, int64_t row, int64_t c0, int64_t c1)
{
	(void)row;
	for (int64_t c = c0; c < c1; c++) {
		a->scale[c] = a->gain[c] / sqrtf(a->var[c] + a->eps);
		a->shift[c] = a->bias[c] - a->mean[c] * a->scale[c];
	}
}

NN_HD float nn_act_value(float x, enum nn_act act)
{
	switch (act) {
	case NN_RELU:
		return x > 0 ? x : 0;
	case NN_LEAKY:
		return x * (x > 0 ? 1 : NN_LEAKY_SLOPE);
	case NN_TANH:
		return tanhf(x);
	case NN_SIGMOID:
		return 1 / (1 + expf(-x));
	case NN_SOFTPLUS:
		return fmaxf(x, 0) + log1pf(expf(-fabsf(x)));
	default:
		return x;
	}
}

/* act'(x), given y = act(x). */
NN_HD float nn_act_slope(float y, enum nn_act act)
{
	switch (act) {
	case NN_RELU:
		return y > 0 ? 1 : 0;
	case NN_LEAKY:
		return y > 0 ? 1 : NN_LEAKY_SLOPE;
	case NN_TANH:
		return 1 - y * y;
	case NN_SIGMOID:
		return y * (1 - y);
	case NN_SOFTPLUS:
		return -expm1f(-y);
	default:
		return 1;
	}
}

/* Call f(..., act) with act a constant, so that each loop is a plain one. */
#define NN_ACT_SWITCH(act, f, ...) \
	switch (act) { \
	case NN_LINEAR: \
		f(__VA_ARGS__, NN_LINEAR); \
		break; \
	case NN_RELU: \
		f(__VA_ARGS__, NN_RELU); \
		break; \
	case NN_LEAKY: \
		f(__VA_ARGS__, NN_LEAKY); \
		break; \
	case NN_TANH: \
		f(__VA_ARGS__, NN_TANH); \
		break; \
	case NN_SIGMOID: \
		f(__VA_ARGS__, NN_SIGMOID); \
		break; \
	case NN_SOFTPLUS: \
		f(__VA_ARGS__, NN_SOFTPLUS); \
		break; \
	}

/* y = act(x), in place or not. */
struct nn_act_args {
	enum nn_type type;
	const void *x;
	void *y;
	enum nn_act act;
};

NN_HD void nn_act_lanes(
	const struct nn_act_args *a, int64_t c0, int64_t c1, enum nn_act act)
{
	NN_LANES (c, c0, c1)
		nn_put(a->y, c, a->type,
			nn_act_value(nn_get(a->x, c, a->type), act));
}

NN_HD void nn_act_at(
	const struct nn_act_args *a, int64_t row, int64_t c0, int64_t c1)
{
	(void)row;
	NN_ACT_SWITCH(a->act, nn_act_lanes, a, c0, c1)
}

/* dx = dy * act'(x), given y = act(x); in place or not. */
struct nn_act_grad_args {
	enum nn_type type;
	const void *y, *dy;
	void *dx;
	enum nn_act act;
};

NN_HD void nn_act_grad_lanes(const struct nn_act_grad_args *a, int64_t c0,
	int64_t c1, enum nn_act act)
{
	NN_LANES (c, c0, c1)
		nn_put(a->dx, c, a->type,
			nn_get(a->dy, c, a->type) *
				nn_act_slope(nn_get(a->y, c, a->type), act));
}

NN_HD void nn_act_grad_at(
	const struct nn_act_grad_args *a, int64_t row, int64_t c0, int64_t c1)
{
	(void)row;
	NN_ACT_SWITCH(a->act, nn_act_grad_lanes, a, c0, c1)
}

/* y = act(x * mul[c] + add[c] + residual), rows of `lanes` channels;
 * residual may be NULL. */
struct nn_affine_args {
	enum nn_type type;
	const void *x;
	const float *mul, *add;
	const void *residual;
	void *y;
	int64_t lanes;
	enum nn_act act;
};

NN_HD void nn_affine_lanes(const struct nn_affine_args *a, int64_t row,
	int64_t c0, int64_t c1, enum nn_act act)
{
	const void *x = nn_at(a->x, row * a->lanes, a->type);
	void *y = nn_at_mut(a->y, row * a->lanes, a->type);
	const float *mul = a->mul, *add = a->add;

	if (a->residual) {
		const void *r = nn_at(a->residual, row * a->lanes, a->type);

		NN_LANES (c, c0, c1)
			nn_put(y, c, a->type,
				nn_act_value(nn_get(x, c, a->type) * mul[c] +
						     add[c] +
						     nn_get(r, c, a->type),
					act));
	} else {
		NN_LANES (c, c0, c1)
			nn_put(y, c, a->type,
				nn_act_value(
					nn_get(x, c, a->type) * mul[c] + add[c],
					act));
	}
}

NN_HD void nn_affine_at(
	const struct nn_affine_args *a, int64_t row, int64_t c0, int64_t c1)
{
	NN_ACT_SWITCH(a->act, nn_affine_lanes, a, row, c0, c1)
}

/* dx = kdy[c] * dy + kx[c] * x + k1[c]: every norm's gradient is of this
 * form once the sums over its group are known. */
struct nn_norm_grad_args {
	enum nn_type type;
	const void *dy, *x;
	const float *kdy, *kx, *k1;
	void *dx;
	int64_t lanes;
};

NN_HD void nn_norm_grad_at(
	const struct nn_norm_grad_args *a, int64_t row, int64_t c0, int64_t c1)
{
	const void *dy = nn_at(a->dy, row * a->lanes, a->type);
	const void *x = nn_at(a->x, row * a->lanes, a->type);
	const float *kdy = a->kdy, *kx = a->kx, *k1 = a->k1;
	void *dx = nn_at_mut(a->dx, row * a->lanes, a->type);

	NN_LANES (c, c0, c1)
		nn_put(dx, c, a->type,
			kdy[c] * nn_get(dy, c, a->type) +
				kx[c] * nn_get(x, c, a->type) + k1[c]);
}

/* y = kx[row] * x + kv * v, rows of `lanes` values, in place or not; v may be
 * NULL. */
struct nn_mix_args {
	enum nn_type type;
	const void *x;
	const float *kx;
	const void *v;
	float kv;
	void *y;
	int64_t lanes;
};

NN_HD void nn_mix_at(
	const struct nn_mix_args *a, int64_t row, int64_t c0, int64_t c1)
{
	const void *x = nn_at(a->x, row * a->lanes, a->type);
	void *y = nn_at_mut(a->y, row * a->lanes, a->type);
	float kx = a->kx[row], kv = a->kv;

	if (a->v) {
		const void *v = nn_at(a->v, row * a->lanes, a->type);

		NN_LANES (c, c0, c1)
			nn_put(y, c, a->type,
				kx * nn_get(x, c, a->type) +
					kv * nn_get(v, c, a->type));
	} else {
		NN_LANES (c, c0, c1)
			nn_put(y, c, a->type, kx * nn_get(x, c, a->type));
	}
}

/* y[row] = sum of k * x over a row's lanes, in one lane. */
struct nn_dot_args {
	const float *x, *k;
	float *y;
	int64_t lanes;
};

NN_HD void nn_dot_at(
	const struct nn_dot_args *a, int64_t row, int64_t c0, int64_t c1)
{
	float sum = 0;

	(void)c0;
	(void)c1;
	for (int64_t i = row * a->lanes; i < (row + 1) * a->lanes; i++)
		sum += a->k[i] * a->x[i];
	a->y[row] = sum;
}

#endif
