#include "nn/safetensors.h"
#include "base/err.h"

#include <math.h>
#include <string.h>

static const struct {
	const char *name;
	int size;
} types[NN_ST_TYPES] = {
	[NN_ST_BOOL] = {"BOOL", 1},
	[NN_ST_U8] = {"U8", 1},
	[NN_ST_I8] = {"I8", 1},
	[NN_ST_F8_E5M2] = {"F8_E5M2", 1},
	[NN_ST_F8_E4M3] = {"F8_E4M3", 1},
	[NN_ST_U16] = {"U16", 2},
	[NN_ST_I16] = {"I16", 2},
	[NN_ST_F16] = {"F16", 2},
	[NN_ST_BF16] = {"BF16", 2},
	[NN_ST_U32] = {"U32", 4},
	[NN_ST_I32] = {"I32", 4},
	[NN_ST_F32] = {"F32", 4},
	[NN_ST_U64] = {"U64", 8},
	[NN_ST_I64] = {"I64", 8},
	[NN_ST_F64] = {"F64", 8},
};

const char *nn_st_type_name(enum nn_st_type type)
{
	return types[type].name;
}

size_t nn_st_type_size(enum nn_st_type type)
{
	return (size_t)types[type].size;
}

size_t nn_st_count(const struct nn_st_entry *t)
{
	return t->bytes / nn_st_type_size(t->type);
}

/* A float of 1 + e + m bits in the manner of IEEE 754. */
static double small_float(uint64_t bits, int e, int m)
{
	int exponent = (int)(bits >> m) & ((1 << e) - 1);
	double fraction = ldexp((double)(bits & ((1u << m) - 1)), -m);
	int bias = (1 << (e - 1)) - 1;
	double v;

	if (exponent == (1 << e) - 1)
		v = fraction ? NAN : INFINITY;
	else if (exponent)
		v = ldexp(1 + fraction, exponent - bias);
	else
		v = ldexp(fraction, 1 - bias);
	return bits >> (e + m) & 1 ? -v : v;
}

/* It has no infinity and one NaN a sign, so as to reach 448 (Micikevicius et
 * al., "FP8 formats for deep learning", 2022). */
static double float_e4m3(uint64_t bits)
{
	if ((bits & 0x7f) == 0x7f)
		return NAN;
	if ((bits & 0x78) == 0x78) {
		double v = ldexp(8 + (double)(bits & 7), 5);

		return bits & 0x80 ? -v : v;
	}
	return small_float(bits, 4, 3);
}

static double value(enum nn_st_type type, uint64_t bits)
{
	uint32_t low = (uint32_t)bits;
	double d;
	float f;

	switch (type) {
	case NN_ST_I8:
		return (int8_t)bits;
	case NN_ST_I16:
		return (int16_t)bits;
	case NN_ST_I32:
		return (int32_t)bits;
	case NN_ST_I64:
		return (double)(int64_t)bits;
	case NN_ST_F8_E5M2:
		return small_float(bits, 5, 2);
	case NN_ST_F8_E4M3:
		return float_e4m3(bits);
	case NN_ST_F16:
		return small_float(bits, 5, 10);
	case NN_ST_BF16:
		return small_float(bits, 8, 7);
	case NN_ST_F32:
		memcpy(&f, &low, sizeof f);
		return f;
	case NN_ST_F64:
		memcpy(&d, &bits, sizeof d);
		return d;
	default:
		return (double)bits;
	}
}

void nn_st_values(
	const struct nn_st_entry *t, size_t from, size_t n, double *to)
{
	size_t size = nn_st_type_size(t->type);
	const unsigned char *p = (const unsigned char *)t->data + from * size;

	BUG_ON(from > nn_st_count(t) || n > nn_st_count(t) - from);
	for (size_t i = 0; i < n; i++, p += size) {
		uint64_t bits = 0;

		for (size_t k = 0; k < size; k++)
			bits |= (uint64_t)p[k] << (8 * k);
		to[i] = value(t->type, bits);
	}
}
