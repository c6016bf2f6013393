/* The clock, and what the processor could do at most. */
#include <omp.h>
#include <time.h>

#include "bench.h"

double bench_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#ifdef __AVX512F__
enum { WIDTH = 64 };
#else
enum { WIDTH = 32 };
#endif
typedef float lanes __attribute__((vector_size(WIDTH)));

enum { CHAINS = 12, TURNS = 20000000, ROUNDS = 5 };

/*
 * Enough independent chains of a = a * b + c to hide an instruction's latency
 * and few enough for 16 registers. Contraction is what makes them one
 * instruction, and off elsewhere in this tree.
 */
__attribute__((
	optimize("fp-contract=fast", "unroll-loops"), noinline)) static float
multiply_add(long turns, float by)
{
	lanes a[CHAINS], b, c, sum;
	float total = 0;

	for (unsigned k = 0; k < WIDTH / sizeof(float); k++) {
		b[k] = by;
		c[k] = 1 - by;
		sum[k] = 0;
		for (int i = 0; i < CHAINS; i++)
			a[i][k] = (float)i;
	}
	for (long t = 0; t < turns; t++)
#pragma GCC unroll 12
		for (int i = 0; i < CHAINS; i++)
			a[i] = a[i] * b + c;
	for (int i = 0; i < CHAINS; i++)
		sum += a[i];
	for (unsigned k = 0; k < WIDTH / sizeof(float); k++)
		total += sum[k];
	return total;
}

double bench_peak(int threads)
{
	volatile float sink;
	double best = 0;

	if (threads > 0)
		omp_set_num_threads(threads);
	for (int round = 0; round < ROUNDS; round++) {
		double began = bench_clock(), rate;
		int n = 1;

#pragma omp parallel
		{
#pragma omp single
			n = omp_get_num_threads();
			sink = multiply_add(TURNS, 0.5f);
		}
		rate = 2e-9 * n * TURNS * CHAINS * (WIDTH / sizeof(float)) /
		       (bench_clock() - began);
		if (rate > best)
			best = rate;
	}
	(void)sink;
	return best;
}
