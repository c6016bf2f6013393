/* Floats sorted as whole numbers are: by their digits. */
#ifndef NN_SORT_KEY_H
#define NN_SORT_KEY_H

#include <stdint.h>

#include "nn/body/hd.h"

/* A number whose order is the order of v; below all others for a NaN. */
NN_HD uint32_t nn_sort_key(float v)
{
	union nn_bits b;

	b.f = v + 0.0f; /* -0 equals 0 */
	if (!(v == v))
		return 0;
	return b.u >> 31 ? ~b.u : b.u | 1u << 31;
}

/* The float of a key: 0 for -0, a NaN for any. */
NN_HD float nn_sort_value(uint32_t key)
{
	union nn_bits b;

	b.u = key >> 31 ? key & ~(1u << 31) : ~key;
	return b.f;
}

#endif
