/*
 * What a forward pass changes by itself, running statistics of norms, kept
 * aside so that a step that fails can be undone: weights are changed by the
 * optimiser only, which is not asked then.
 *
 *	nn_stash_take(&s, &params);
 *	... forward, back ...
 *	if (failed)
 *		nn_stash_put(&s, &params);
 */
#ifndef NN_STASH_H
#define NN_STASH_H

#include "nn/param.h"

struct nn_stash {
	/* Of all buffers, one after the other, where they are: so that nobody
	 * waits for the device. */
	float *values;
	size_t bytes;
	struct nn_backend *be;
};

/* The memory is taken at the first time, and used again. */
void nn_stash_take(struct nn_stash *s, const struct nn_params *ps);
void nn_stash_put(const struct nn_stash *s, struct nn_params *ps);
void nn_stash_release(struct nn_stash *s);

#endif
