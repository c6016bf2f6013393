/*
 * What the device tells of its work, some time: copied to the host behind the
 * work that makes it, so that whoever asked may ask for more before reading it.
 *
 *	struct nn_readback l;
 *	struct nn_line line[] = {{x->data, nn_bytes(x), NULL}};
 *
 *	nn_readback_init(&l, be, 0);
 *	... ask for work that makes x ...
 *	nn_readback_write(&l, line, 1);
 *	... ask for more, and have that written in readback 1 ...
 *	nn_readback_read(&l);
 *	... line[0].here is what x held ...
 *	nn_readback_release(&l);
 */
#ifndef NN_READBACK_H
#define NN_READBACK_H

#include "nn/backend.h"

struct nn_readback {
	struct nn_backend *be;
	int number;   /* of tell, below NN_TELLS */
	char *room;   /* of the host's, where the device's memory is its own */
	size_t bytes; /* of room */
};

struct nn_line {
	const void *from; /* the device's */
	size_t bytes;
	const void *here; /* where it is once the readback was read */
};

/* Of those that are in use at a time, each has a number of its own. Zeros may
 * be released, too. */
void nn_readback_init(struct nn_readback *l, struct nn_backend *be, int number);
void nn_readback_release(struct nn_readback *l);

/* Have n lines written, each as it is when all is done that was asked for until
 * now; what was in the readback is lost. Nobody waits, unless it has to be
 * longer than it ever was. Where the memory is the host's, nothing is copied.
 */
void nn_readback_write(struct nn_readback *l, struct nn_line *line, int n);
/* Wait until they are written. They stay until the next are. */
void nn_readback_read(const struct nn_readback *l);

#endif
