#include "gan/pairs.h"
#include "base/err.h"
#include "base/mem.h"

#include <stdint.h>
#include <string.h>

/* A tile of accumulators fills the registers; the rows that tiles have in
 * common stay in the cache, so many numbers of them at a time. */
enum { ROWS = 4, LANES = 8, TILES = 4, DEEP = 512 };

/* y's rows, LANES of them side by side, zeros after the last. */
static float *pack(const struct gan_rows *y, int blocks)
{
	float *to = mem_alloc(
		(size_t)blocks * LANES * (size_t)y->d + 1, sizeof *to);

#pragma omp parallel for schedule(static)
	for (int b = 0; b < blocks; b++) {
		float *at = to + (size_t)b * LANES * (size_t)y->d;

		for (int j = 0; j < LANES && b * LANES + j < y->n; j++) {
			const float *row =
				y->v + (size_t)(b * LANES + j) * (size_t)y->d;

			for (int k = 0; k < y->d; k++)
				at[(size_t)k * LANES + (size_t)j] = row[k];
		}
	}
	return to;
}

/* acc += the values of ROWS rows with LANES packed ones, over n numbers. */
static inline void tile(enum gan_pair how, const float *const x[ROWS],
	const float *y, int n, double acc[ROWS][LANES])
{
	double sum[ROWS][LANES];

	memcpy(sum, acc, sizeof sum);
	for (int k = 0; k < n; k++) {
		double b[LANES];

		for (int j = 0; j < LANES; j++)
			b[j] = (double)y[k * LANES + j];
		for (int i = 0; i < ROWS; i++) {
			double a = (double)x[i][k];

			for (int j = 0; j < LANES; j++) {
				double v =
					how == GAN_PAIR_DOT ? b[j] : a - b[j];

				sum[i][j] +=
					how == GAN_PAIR_DOT ? a * v : v * v;
			}
		}
	}
	memcpy(acc, sum, sizeof sum);
}

/* Rows first and on with one block of packed ones. */
static void block(enum gan_pair how, const struct gan_rows *x, int first,
	const float *y, double acc[TILES][ROWS][LANES])
{
	memset(acc, 0, sizeof(double[TILES][ROWS][LANES]));
	for (int k = 0; k < x->d; k += DEEP) {
		int n = x->d - k < DEEP ? x->d - k : DEEP;

		for (int t = 0; t < TILES; t++) {
			const float *row[ROWS];

			for (int i = 0; i < ROWS; i++) {
				int at = first + t * ROWS + i;

				/* Beyond the last, the last once more. */
				row[i] = x->v +
					 (size_t)(at < x->n ? at : x->n - 1) *
						 (size_t)x->d +
					 k;
			}
			/* Here how becomes a constant of the loop. */
			if (how == GAN_PAIR_DOT)
				tile(GAN_PAIR_DOT, row, y + (size_t)k * LANES,
					n, acc[t]);
			else
				tile(GAN_PAIR_SQUARES, row,
					y + (size_t)k * LANES, n, acc[t]);
		}
	}
}

void gan_pairs(enum gan_pair how, const struct gan_rows *x,
	const struct gan_rows *y, void (*row)(void *to, int i, double *v),
	void *to)
{
	enum { MANY = TILES * ROWS };
	int blocks = (y->n + LANES - 1) / LANES;
	size_t wide = (size_t)blocks * LANES;
	float *packed;

	BUG_ON(x->d != y->d);
	packed = pack(y, blocks);
#pragma omp parallel
	{
		double *v = mem_alloc(MANY * wide + 1, sizeof *v);
		double acc[TILES][ROWS][LANES];

#pragma omp for schedule(dynamic)
		for (int first = 0; first < x->n; first += MANY) {
			for (int b = 0; b < blocks; b++) {
				block(how, x, first,
					packed + (size_t)b * LANES *
							 (size_t)y->d,
					acc);
				for (int i = 0; i < MANY; i++)
					memcpy(v + (size_t)i * wide +
							(size_t)b * LANES,
						acc[i / ROWS][i % ROWS],
						sizeof acc[0][0]);
			}
			for (int i = 0; i < MANY && first + i < x->n; i++)
				row(to, first + i, v + (size_t)i * wide);
		}
		mem_free(v);
	}
	mem_free(packed);
}
