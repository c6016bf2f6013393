/* What the readers of the formats share. */
#ifndef FOREIGN_FOREIGN_INT_H
#define FOREIGN_FOREIGN_INT_H

#include "foreign/pickle.h"
#include "nn/safetensors.h"

/* A tensor as its file describes it: values in a run of `size` bytes, from
 * value `offset` on, with so many values between neighbours of an axis. */
struct foreign_tensor {
	enum nn_st_type type;
	int rank;
	int64_t shape[NN_ST_RANK_MAX], stride[NN_ST_RANK_MAX];
	const uint8_t *data;
	uint64_t size, offset;
};

/* Makes a tensor of a value: 1, 0 when it is something else, -1 on error. */
typedef int (*foreign_tensor_fn)(void *arg, const struct pickle *v,
	struct foreign_tensor *t, struct err *e);

/* Fill st's entries with the tensors of the dictionary that root is or has. */
int foreign_collect(struct nn_st *st, const struct pickle *root,
	foreign_tensor_fn make, void *arg, struct err *e);

/* Read a list of whole numbers, 0 or more: how many, or -1. */
int foreign_sizes(const struct pickle *v, int64_t to[NN_ST_RANK_MAX]);

/* torch.c */
int foreign_torch_zip(struct nn_st *st, const uint8_t *p, struct err *e);
/* first: the magic number, already read, `used` bytes. */
bool foreign_is_torch(const struct pickle *first);
int foreign_torch_stream(
	struct nn_st *st, const uint8_t *p, size_t used, struct err *e);

/* numpy.c: a foreign_tensor_fn; arg is the arena. */
int foreign_array(void *arg, const struct pickle *v, struct foreign_tensor *t,
	struct err *e);

#endif
