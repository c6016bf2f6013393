/*
 * Kernels on the host, for tests without a card. Every thread of a block is a
 * coroutine (ucontext), and __syncthreads() goes on to the next one, so that
 * shared memory and barriers behave; blocks follow one another. What is found
 * this way: wrong indices and bounds, wrong logic, memory that is not the
 * card's, also where kernels are given the host's. Not found: races, missing
 * barriers.
 */
#ifndef SHIM_CUDA_RUNTIME_H
#define SHIM_CUDA_RUNTIME_H

#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <ucontext.h>
#include <vector>

#include "cuda_runtime_api.h"

struct uint3 {
	unsigned x, y, z;
};

struct dim3 {
	unsigned x, y, z;

	dim3(unsigned a = 1, unsigned b = 1, unsigned c = 1) : x(a), y(b), z(c)
	{
	}
};

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __grid_constant__
#define __shared__ static
#define __launch_bounds__(...)
#define __builtin_assume(x) ((void)(x))

static uint3 threadIdx, blockIdx;
static dim3 blockDim, gridDim;

namespace shim
{
struct Thread {
	ucontext_t at;
	std::unique_ptr<char[]> stack;
	bool done;
};

enum { STACK = 128 << 10 };

static std::vector<Thread> threads;
static ucontext_t turn;
static unsigned current;
static std::function<void()> kernel;

static void enter()
{
	kernel();
	threads[current].done = true;
	swapcontext(&threads[current].at, &turn);
}

static void begin(Thread &t)
{
	if (!t.stack)
		t.stack.reset(new char[STACK]);
	t.done = false;
	getcontext(&t.at);
	t.at.uc_stack.ss_sp = t.stack.get();
	t.at.uc_stack.ss_size = STACK;
	t.at.uc_link = nullptr;
	makecontext(&t.at, enter, 0);
}

/* Each thread in turn up to its next barrier, until all are done. */
static void run_block(unsigned n)
{
	bool live = true;

	for (unsigned i = 0; i < n; i++)
		begin(threads[i]);
	while (live) {
		live = false;
		for (current = 0; current < n; current++) {
			unsigned i = current;

			if (threads[i].done)
				continue;
			threadIdx = {i % blockDim.x,
				i / blockDim.x % blockDim.y,
				i / blockDim.x / blockDim.y};
			swapcontext(&turn, &threads[i].at);
			live |= !threads[i].done;
		}
	}
}

static inline void launch(dim3 grid, dim3 block, std::function<void()> f)
{
	unsigned n = block.x * block.y * block.z;

	gridDim = grid;
	blockDim = block;
	kernel = f;
	if (threads.size() < n)
		threads.resize(n);
	card_unlock();
	for (unsigned i = 0; i < grid.x * grid.y * grid.z; i++) {
		blockIdx = {
			i % grid.x, i / grid.x % grid.y, i / grid.x / grid.y};
		run_block(n);
	}
	card_lock();
}
} // namespace shim

/* Threads of a block take turns only at barriers. */
static inline int atomicAdd(int *p, int v)
{
	int was = *p;

	*p += v;
	return was;
}

static inline unsigned atomicMax(unsigned *p, unsigned v)
{
	unsigned was = *p;

	*p = v > was ? v : was;
	return was;
}

static inline void __syncthreads()
{
	uint3 me = threadIdx;
	unsigned i = shim::current;

	swapcontext(&shim::threads[i].at, &shim::turn);
	threadIdx = me;
	shim::current = i;
}

/* A card cannot follow a pointer to the host's memory. (Padding may hold what
 * was there before, so that arguments have no members of a byte.) */
namespace shim
{
template <class... Args> static inline void check(const Args &...a)
{
	(card_check(&a, sizeof a), ...);
}
} // namespace shim

namespace shim
{
static inline void call(void *arg)
{
	std::unique_ptr<std::function<void()>> f((std::function<void()> *)arg);

	(*f)();
}

static inline void later(std::function<void()> f)
{
	card_do(call, new std::function<void()>(f));
}
/* The arguments are what they are now. */
template <class Kernel, class... Args>
static inline void start(Kernel k, dim3 grid, dim3 block, Args... a)
{
	later([=] { launch(grid, block, [=] { k(a...); }); });
}
} // namespace shim

#define NN_LAUNCH(k, grid, block, stream, ...) \
	((void)(stream), shim::check(__VA_ARGS__), \
		shim::start(k, (grid), (block), __VA_ARGS__))

#endif
