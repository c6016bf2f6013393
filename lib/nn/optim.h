/*
 * Optimisers over all parameters that have a gradient in this step. Each
 * parameter's state is made, zeroed, when it is first needed. After a step
 * the version of each tensor that took part is raised, so that packed copies
 * of weights are made anew; one that is made on the device is, in passing.
 *
 * A step takes a few launches, however many parameters there are. The norm of
 * all gradients is found first: where it is more than clip (0: never), they
 * are scaled down to that; where it is not finite, nothing is changed. All of
 * this is the device's affair: nobody waits, and nn_grad_norm tells later.
 */
#ifndef NN_OPTIM_H
#define NN_OPTIM_H

#include "nn/param.h"

/*
 * SGD in Caffe2's form: v = momentum * rescale * v + lr * (g + decay * w),
 * w -= v. With rescale = lr / (lr of the step before) it is PyTorch's.
 * Weights decay; biases get bias_lr times the rate and no decay unless
 * bias_decay; norms the rate lr and a decay of their own.
 */
struct nn_sgd {
	float lr, momentum, decay, rescale;
	float bias_lr;
	bool bias_decay;
	float norm_decay;
	double clip;
	/* Numbers on the device, a loss, without which finite nothing may be
	 * changed either; or NULL. */
	const double *finite[2];
};
void nn_sgd_step(struct nn_params *ps, const struct nn_sgd *how);

/* Adam (Kingma and Ba 2015) as PyTorch writes it; step counts from 1. decay
 * is decoupled (AdamW) and applies to NN_WEIGHT only; l2 is not, and does to
 * all: it is added to the gradient, times the value. The betas are double as
 * in PyTorch: 1 - 0.999f is off by 5e-5. */
struct nn_adam {
	float lr, eps, decay, l2;
	double beta1, beta2;
	int64_t step;
	double clip;
	const double *finite[2]; /* as above */
};
void nn_adam_step(struct nn_params *ps, const struct nn_adam *how);

/*
 * Euclidean norm of all gradients of the last step, before they were clipped.
 * Not finite when any of them is not, and then the step has changed nothing.
 * This waits for the device, which the step itself does not.
 */
double nn_grad_norm(const struct nn_params *ps);
/* Where the device has it. */
const double *nn_grad_norm_at(const struct nn_params *ps);
/* And what it makes of it (nn/body/update.h); NULL before the first step. */
const struct nn_verdict *nn_grad_verdict(const struct nn_params *ps);

#endif
