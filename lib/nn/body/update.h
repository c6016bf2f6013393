/* One step of the optimisers (nn/optim.h says which equations), for a lane:
 * one value of a parameter. */
#ifndef NN_BODY_UPDATE_H
#define NN_BODY_UPDATE_H

#include "nn/body/hd.h"

struct nn_sgd_args {
	float *w, *v;
	const float *g;
	float lr, momentum, decay; /* momentum: rescaled already */
};

NN_HD void nn_sgd_at(
	const struct nn_sgd_args *a, int64_t row, int64_t c0, int64_t c1)
{
	(void)row;
	NN_LANES (c, c0, c1) {
		float g = a->g[c] + a->decay * a->w[c];

		a->v[c] = a->momentum * a->v[c] + a->lr * g;
		a->w[c] -= a->v[c];
	}
}

struct nn_adam_args {
	float *w, *m, *v;
	const float *g;
	float l2;   /* added to g, times w */
	float keep; /* what decay leaves of w: 1 - lr * decay */
	float rate; /* lr / (1 - beta1^step) */
	float root; /* 1 / sqrt(1 - beta2^step) */
	float eps;
	float beta1, rest1; /* and 1 - beta1, which a float would round */
	float beta2, rest2;
};

NN_HD void nn_adam_at(
	const struct nn_adam_args *a, int64_t row, int64_t c0, int64_t c1)
{
	(void)row;
	NN_LANES (c, c0, c1) {
		float g = a->g[c] + a->l2 * a->w[c];

		a->m[c] = a->beta1 * a->m[c] + a->rest1 * g;
		a->v[c] = a->beta2 * a->v[c] + a->rest2 * g * g;
		a->w[c] =
			a->keep * a->w[c] -
			a->rate * a->m[c] / (sqrtf(a->v[c]) * a->root + a->eps);
	}
}

/* mean += rest * (w - mean) */
struct nn_ema_args {
	float *mean;
	const float *w;
	float rest;
};

NN_HD void nn_ema_at(
	const struct nn_ema_args *a, int64_t row, int64_t c0, int64_t c1)
{
	(void)row;
	NN_LANES (c, c0, c1)
		a->mean[c] += a->rest * (a->w[c] - a->mean[c]);
}

#endif
