/*
 * NumPy's files of one array (.npy, versions 1 to 3: NEP 1), of numbers in
 * little endian and C's order.
 */
#ifndef FOREIGN_NPY_H
#define FOREIGN_NPY_H

#include <stdbool.h>
#include "nn/safetensors.h"

/* Whether the n bytes of a file begin like one. */
bool foreign_is_npy(const uint8_t *p, size_t n);
/* The file's bytes, p, st->size of them, as one tensor of that name. */
int foreign_npy(
	struct nn_st *st, const uint8_t *p, const char *name, struct err *e);

#endif
