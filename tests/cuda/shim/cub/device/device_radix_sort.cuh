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
		K *from = key.d_buffers[0], *to = key.d_buffers[1];
		V *v_from = value.d_buffers[0], *v_to = value.d_buffers[1];

		(void)s;
		if (!scratch) {
			bytes = 1000;
			return cudaSuccess;
		}
		key.selector = value.selector = 1;
		shim::later([=] {
			std::vector<int> order(n);

			card_unlock();
			((char *)scratch)[999] = 1; /* it is there */
			std::iota(order.begin(), order.end(), 0);
			std::stable_sort(
				order.begin(), order.end(), [=](int a, int b) {
					return (from[a] >> begin & bits) <
					       (from[b] >> begin & bits);
				});
			for (int i = 0; i < n; i++) {
				to[i] = from[order[i]];
				v_to[i] = v_from[order[i]];
			}
			card_lock();
		});
		return cudaSuccess;
	}
};
} // namespace cub

#endif
