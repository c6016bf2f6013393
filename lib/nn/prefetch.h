/*
 * Batches that go to the device while the one before is worked on, so that the
 * device does not wait for them. There is room for two.
 *
 *	nn_prefetch_init(&a, be, bytes);
 *	for (i = 0; ; i++) {
 *		x = nn_prefetch_take(&a, i, &host_x);
 *		... ask for the work on x ...
 *		nn_prefetch_put(&a, i + 1, &next_host_x);
 *		... wait for the work ...
 *	}
 *	nn_prefetch_release(&a);
 *
 * On a backend whose memory is the host's nothing is copied.
 */
#ifndef NN_PREFETCH_H
#define NN_PREFETCH_H

#include "nn/backend.h"

struct nn_prefetch {
	struct nn_backend *be;
	size_t bytes;
	void *room[2];  /* on the device, where that is not the host */
	int now;        /* which of them is worked on */
	int64_t number; /* of what is on its way to the other; -1: nothing */
};

/* For batches of at most so many bytes; memory is taken with the first. Zeros
 * may be released, too. */
void nn_prefetch_init(
	struct nn_prefetch *a, struct nn_backend *be, size_t bytes);
void nn_prefetch_release(struct nn_prefetch *a);
/* Memory of the device that it takes. */
size_t nn_prefetch_bytes(const struct nn_prefetch *a);

/* Begin to bring batch `number`, x, which the host has and leaves as it is
 * until it was taken and worked on. The work on the one before the one that was
 * taken last must be over. */
void nn_prefetch_put(
	struct nn_prefetch *a, int64_t number, const struct nn_tensor *x);

/* Batch `number`, x, where the device can read it; it is brought now, where it
 * is not on its way. Stays until the next but one. */
struct nn_tensor nn_prefetch_take(
	struct nn_prefetch *a, int64_t number, const struct nn_tensor *x);

#endif
