/*
 * Tensors: a type, a shape, and memory that somebody else owns (an arena, or
 * a parameter). Activations are always channels last:
 *
 *	pictures, features   N H W C
 *	rows of features     N C          (rank 2)
 *	per channel          C            (rank 1)
 *
 * Only the weights of convolutions keep PyTorch's order O I H W, in memory as
 * on disk; a backend packs them as it likes (struct nn_pack).
 */
#ifndef NN_TENSOR_H
#define NN_TENSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nn/type.h"

enum { NN_RANK_MAX = 4 };

struct nn_tensor {
	enum nn_type type;
	int rank;
	int64_t dim[NN_RANK_MAX];
	void *data;

	/* The gradient of the loss, of the same shape and type. NULL until the
	 * backward pass reaches it; grad_set: it holds something. */
	void *grad;
	bool grad_set;
	bool needs_grad;
	/* A parameter: grad lives as long as data does. */
	bool leaf;
	/* Made by an op: who still wants data, its maker and the way back
	 * (nn_drop in nn/tape.h). 0: somebody else owns it. */
	int refs;

	/* Weights only: packed copies that a backend keeps, and a number that
	 * whoever changes data must raise so that they are made anew. */
	struct nn_pack *pack;
	uint64_t version;
};

size_t nn_type_size(enum nn_type type);
/* As safetensors writes it: "F32", "BF16", ... */
const char *nn_type_name(enum nn_type type);
/* Elements, and bytes. */
int64_t nn_count(const struct nn_tensor *x);
size_t nn_bytes(const struct nn_tensor *x);
/* Channels: the last dimension; rows: the product of the others. */
int64_t nn_channels(const struct nn_tensor *x);
int64_t nn_rows(const struct nn_tensor *x);

#endif
