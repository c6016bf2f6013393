/* One step of the optimisers (nn/optim.h says which equations), for a lane:
 * one value of a parameter. */
#ifndef NN_BODY_OPTIM_H
#define NN_BODY_OPTIM_H

#include "nn/body/hd.h"

struct nn_sgd_args {
	float *w, *v;
	const float *g;
	float lr, momentum, decay; /* momentum: rescaled already */
};

NN_HD void nn_sgd_at(
	const struct nn_sgd_args *a, int64_t row, int64_t c0, int64_t c1)
{
	float *w = a->w, *v = a->v;
	const float *g = a->g;
	float lr = a->lr, momentum = a->momentum, decay = a->decay;

	(void)row;
	NN_LANES (c, c0, c1) {
		v[c] = momentum * v[c] + lr * (g[c] + decay * w[c]);
		w[c] -= v[c];
	}
}

struct nn_adam_args {
	float *w, *m, *v;
	const float *g;
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
	float *w = a->w, *m = a->m, *v = a->v;
	const float *g = a->g;
	struct nn_adam_args k = *a;

	(void)row;
	NN_LANES (c, c0, c1) {
		m[c] = k.beta1 * m[c] + k.rest1 * g[c];
		v[c] = k.beta2 * v[c] + k.rest2 * g[c] * g[c];
		w[c] = k.keep * w[c] -
		       k.rate * m[c] / (sqrtf(v[c]) * k.root + k.eps);
	}
}

#endif
