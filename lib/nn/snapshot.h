/*
 * What a forward pass changes by itself, running statistics of norms, kept
 * aside so that a step that fails is undone: weights are changed by the
 * optimiser only, which does nothing then (nn/optim.h). The device sees to it,
 * and nobody waits.
 *
 *	nn_snapshot_take(&s, &params);
 *	... forward, back, the optimiser's step ...
 *	nn_snapshot_restore(&s, &params);
 */
#ifndef NN_SNAPSHOT_H
#define NN_SNAPSHOT_H

#include "nn/param.h"

struct nn_snapshot {
	struct nn_params kept; /* what may change, as it was */
};

/* The memory is taken at the first time, and used again: by the same
 * parameters, or others of the same shapes. */
void nn_snapshot_take(struct nn_snapshot *s, const struct nn_params *ps);
/* Put it back if the optimiser's step was not finite. */
void nn_snapshot_restore(struct nn_snapshot *s, const struct nn_params *ps);
/* Zeros may be released, too. */
void nn_snapshot_release(struct nn_snapshot *s);

#endif
