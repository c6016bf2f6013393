/*
 * Optimisers over all parameters that have a gradient in this step. Each
 * parameter's state is made, zeroed, when it is first needed. After a step
 * the version of each changed tensor is raised, so that packed copies of
 * weights are made anew.
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
};
void nn_adam_step(struct nn_params *ps, const struct nn_adam *how);

/* Euclidean norm of all gradients of the step; not finite when any is not. */
double nn_grad_norm(struct nn_params *ps);
/* Of nn_params_release: forget the room that the norm took. */
void nn_squares_free(struct nn_params *ps);
/* Multiply all gradients of the step. */
void nn_grad_scale(struct nn_params *ps, float by);

#endif
