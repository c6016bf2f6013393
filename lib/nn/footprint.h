/*
 * How much memory a step will hold at most, known before the first: the step
 * is made dry, in which the backend plans everything and computes nothing,
 * and what it would have held is read off.
 *
 *	nn_footprint_begin(t);
 *	... forward and back, as in a step, of a batch as large as they come
 *	need = nn_footprint_end(t, &params, 1);
 *
 * What tensors hold in a dry step is not what they would hold, so that host
 * code that reads them takes them as it finds them. The plans that were made
 * stay: the first real step finds them.
 */
#ifndef NN_FOOTPRINT_H
#define NN_FOOTPRINT_H

#include "nn/param.h"

struct nn_footprint {
	size_t weights;     /* parameters, their gradients, optimiser's state */
	size_t activations; /* and gradients of them */
	size_t backend;     /* packed weights, scratch */
	size_t total;
};

void nn_footprint_begin(struct nn_tape *t);
/* The tape is reset. states: of the optimiser, 1 for SGD, 2 for Adam; -1 when
 * nothing is trained. */
struct nn_footprint nn_footprint_end(
	struct nn_tape *t, const struct nn_params *ps, int states);

#endif
