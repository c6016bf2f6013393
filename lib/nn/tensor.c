#include "nn/tensor.h"

size_t nn_type_size(enum nn_type type)
{
	static const size_t size[] = {4, 2, 4, 8, 1};

	return size[type];
}

const char *nn_type_name(enum nn_type type)
{
	static const char *const name[] = {"F32", "BF16", "I32", "I64", "U8"};

	return name[type];
}

int64_t nn_count(const struct nn_tensor *x)
{
	int64_t n = 1;

	for (int i = 0; i < x->rank; i++)
		n *= x->dim[i];
	return n;
}

size_t nn_bytes(const struct nn_tensor *x)
{
	return (size_t)nn_count(x) * nn_type_size(x->type);
}

int64_t nn_channels(const struct nn_tensor *x)
{
	return x->rank ? x->dim[x->rank - 1] : 1;
}

int64_t nn_rows(const struct nn_tensor *x)
{
	int64_t n = 1;

	for (int i = 0; i + 1 < x->rank; i++)
		n *= x->dim[i];
	return n;
}
