/*
 * Tensors as torch.save writes a state_dict today: a zip archive of their
 * bytes, stored as they are, and a pickle that says what they are. What
 * torch.load(path) gives is an OrderedDict, in the file's order.
 *
 *	nn_st_open(&st, "model.safetensors", e);
 *	bad = foreign_torch_save(&st, "model.pth", e);
 */
#ifndef FOREIGN_TORCH_SAVE_H
#define FOREIGN_TORCH_SAVE_H

#include "nn/safetensors.h"

/* Whole, or not at all. ERR_DATA for tensors that are not F32, or more than
 * 4 GB of them. */
int foreign_torch_save(const struct nn_st *st, const char *path, struct err *e);

#endif
