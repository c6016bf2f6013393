/* As much of CUB's radix sort as the backend calls: the same result, by the
 * standard library. */
#ifndef SHIM_CUB_DEVICE_RADIX_SORT_CUH
#define SHIM_CUB_DEVICE_RADIX_SORT_CUH

#include <algorithm>
#include <numeric>

#include "cuda_runtime.h"

namespace cub
{
template <class T> struct DoubleBuffer {
	T *d_buffers[2];
	int selector;

	DoubleBuffer(T *a = nullptr, T *b = nullptr)
		: d_buffers{a, b}, selector(0)
	{
	}
};

struct DeviceRadixSort {
	template <class K, class V>
	static cudaError_t SortPairs(void *scratch, size_t &bytes,
		DoubleBuffer<K> &key, DoubleBuffer<V> &value, int n, int begin,
		int end, cudaStream_t s = nullptr)
	{
		K bits = end - begin < 64 ? ((K)1 << (end - begin)) - 1 : ~(K)0;
		std::vector<int> order(n);

		(void)s;
		if (!scratch) {
			bytes = 1000;
			return cudaSuccess;
		}
		card_unlock();
		((char *)scratch)[bytes - 1] = 1; /* it is there */
		std::iota(order.begin(), order.end(), 0);
		std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
			return (key.d_buffers[0][a] >> begin & bits) <
			       (key.d_buffers[0][b] >> begin & bits);
		});
		for (int i = 0; i < n; i++) {
			key.d_buffers[1][i] = key.d_buffers[0][order[i]];
			value.d_buffers[1][i] = value.d_buffers[0][order[i]];
		}
		key.selector = value.selector = 1;
		card_lock();
		return cudaSuccess;
	}
};
} // namespace cub

#endif
