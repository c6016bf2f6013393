/* The radix sort of proposals, and of lots, by CUB: alone in its file, for it
 * takes long to compile. */
#include <cub/device/device_radix_sort.cuh>

#include "nn/cuda/kernels.h"

extern "C" void cuda_check(cudaError_t status, const char *call); // cuda.c

/* Bits of a key: 32 of the score, and those of the segment's number. */
static int key_bits(int64_t segments)
{
	int bits = 32;

	while (segments > (int64_t)1 << (bits - 32))
		bits++;
	return bits;
}

extern "C" size_t cuda_sort_scratch(int64_t n)
{
	cub::DoubleBuffer<uint64_t> key;
	cub::DoubleBuffer<int32_t> value;
	size_t bytes = 0;

	cub::DeviceRadixSort::SortPairs(0, bytes, key, value, (int)n, 0, 64);
	return bytes;
}

extern "C" int cuda_sort(cudaStream_t s, void *scratch, size_t bytes,
	uint64_t *const key[2], int32_t *const value[2], int64_t n,
	int64_t segments)
{
	cub::DoubleBuffer<uint64_t> k(key[0], key[1]);
	cub::DoubleBuffer<int32_t> v(value[0], value[1]);

	/* Not every failure of its is left for cudaGetLastError. */
	cuda_check(cub::DeviceRadixSort::SortPairs(scratch, bytes, k, v, (int)n,
			   0, key_bits(segments), s),
		"SortPairs");
	return v.selector;
}
