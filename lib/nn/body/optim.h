/* Bodies of the optimisers, flat over a parameter's values. */
#ifndef NN_BODY_OPTIM_H
#define NN_BODY_OPTIM_H

#include "nn/body/hd.h"

/* v = momentum * rescale * v + lr * (g + decay * w), w -= v */
struct nn_sgd_args {
	float *w, *v;
	const float *g;
	float lr, momentum, decay, rescale;
};

NN_HD void nn_sgd_at(
	const struct nn_sgd_args *a, int64_t row, int64_t c0, int64_t c1)
{
	float keep = a->momentum * a->rescale;

	(void)row;
	NN_LANES (c, c0, c1) {
		float g = a->g[c] + a->decay * a->w[c];

		a->v[c] = keep * a->v[c] + a->lr * g;
		a->w[c] -= a->v[c];
	}
}

/* Adam with decoupled decay; bias1, bias2 = 1 - beta^step. */
struct nn_adam_args {
	float *w, *m, *v;
	const float *g;
	float lr, beta1, beta2, eps, decay, bias1, bias2;
};

NN_HD void nn_adam_at(
	const struct nn_adam_args *a, int64_t row, int64_t c0, int64_t c1)
{
	float root = sqrtf(a->bias2), step = a->lr / a->bias1;
	float keep = 1 - a->lr * a->decay;

	(void)row;
	NN_LANES (c, c0, c1) {
		float g = a->g[c];

		a->m[c] = a->beta1 * a->m[c] + (1 - a->beta1) * g;
		a->v[c] = a->beta2 * a->v[c] + (1 - a->beta2) * g * g;
		a->w[c] = keep * a->w[c] -
			  step * a->m[c] / (sqrtf(a->v[c]) / root + a->eps);
	}
}

#endif
