/*
 * A pool: the device memory of one life (a step, a picture), handed out and
 * taken back in any order. It is one range of addresses, reserved at once as
 * large as the device's memory and touched only as far as it is used, so that
 * a steady loop asks the host for nothing and what was needed at most is one
 * number, the mark.
 *
 *	struct nn_pool p;
 *	nn_pool_init(&p, be);
 *	x = nn_pool_alloc(&p, bytes);
 *	nn_pool_free(&p, x);		// or not: reset frees all
 *	nn_pool_reset(&p);
 *	nn_pool_release(&p);
 *
 * Where a block lies depends only on the calls before, not on chance.
 */
#ifndef NN_POOL_H
#define NN_POOL_H

#include <stddef.h>

struct nn_backend;

struct nn_pool {
	struct nn_backend *be;
	char *base;
	size_t size; /* bytes reserved */
	/* Blocks by address, the free ones between them included; they cover
	 * the range. */
	struct nn_block *block;
	int n, cap;
	size_t used;      /* bytes handed out */
	size_t peak;      /* the most that used has been */
	size_t mark;      /* end of the highest block there ever was */
	size_t committed; /* what there is memory for, where one must ask */
};

void nn_pool_init(struct nn_pool *p, struct nn_backend *be);
void nn_pool_release(struct nn_pool *p);

/* n bytes, 64-byte aligned, not cleared. The process ends, with status 71,
 * when the device has no more. */
void *nn_pool_alloc(struct nn_pool *p, size_t n);
/* Take back what alloc gave. */
void nn_pool_free(struct nn_pool *p, void *x);
/* Take back everything. */
void nn_pool_reset(struct nn_pool *p);

#endif
