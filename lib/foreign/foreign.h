/*
 * Weights that others wrote, as the same view that a safetensors file gives:
 * names, shapes, data.
 *
 *	struct nn_st st;
 *	if (foreign_open(&st, "fasterrcnn.pth", e))
 *		return -1;
 *	t = nn_st_find(&st, "backbone.body.conv1.weight");
 *	nn_st_close(&st);
 *
 * Read are PyTorch's files (torch.save: the zip archive, and the stream of
 * before 1.6), pickles of NumPy arrays (Detectron's and Detectron2's .pkl),
 * and safetensors. Tensors are those of the dictionary that the file is, or of
 * that which it has under "model", "state_dict", "blobs" or a name like these;
 * what else is in it is passed over, and so is "module." before every name.
 * Nothing in a file is ever run.
 */
#ifndef FOREIGN_FOREIGN_H
#define FOREIGN_FOREIGN_H

#include "nn/safetensors.h"

/* As nn_st_open; ERR_DATA with the path for what is none of these, broken, or
 * has a tensor that can't be read. */
int foreign_open(struct nn_st *st, const char *path, struct err *e);

#endif
