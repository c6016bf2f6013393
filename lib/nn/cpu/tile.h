/* The two kernels of our convolutions: sums that stay in registers. */
#ifndef NN_CPU_TILE_H
#define NN_CPU_TILE_H

#include "nn/cpu/vec.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* sum[row][col] (+)= over i of a[row][at + i] * b[i][col]. */
static inline void tile(int64_t n, const float *const *a, int64_t at,
	const float *b, float *sum, int64_t stride, bool add)
{
	const float *r[TILE_ROWS];
	vec s[TILE_ROWS][2];

#pragma GCC unroll 12
	for (int m = 0; m < TILE_ROWS; m++) {
		r[m] = a[m] + at;
		s[m][0] = add ? vec_load(sum + m * stride) : vec_all(0);
		s[m][1] = add ? vec_load(sum + m * stride + VL) : vec_all(0);
	}
	for (int64_t i = 0; i < n; i++, b += TILE_COLS) {
		vec b0 = vec_load(b), b1 = vec_load(b + VL);

#pragma GCC unroll 12
		for (int m = 0; m < TILE_ROWS; m++) {
			vec v = vec_all(r[m][i]);

			s[m][0] = vec_fma(v, b0, s[m][0]);
			s[m][1] = vec_fma(v, b1, s[m][1]);
		}
	}
#pragma GCC unroll 12
	for (int m = 0; m < TILE_ROWS; m++) {
		vec_store(sum + m * stride, s[m][0]);
		vec_store(sum + m * stride + VL, s[m][1]);
	}
}

/* A pixel's rows into a panel; a whole one's quickly. */
static inline void turned_copy(int rows, const float *x, float *panel)
{
	if (rows == TILE_ROWS)
		memcpy(panel, x, TILE_ROWS * sizeof *x);
	else
		for (int m = 0; m < rows; m++)
			panel[m] = x[m];
}

/* dw[row][col] += over i of x[i][row] * dy[i][col], of panels of TILE_ROWS and
 * TILE_COLS floats. */
static inline __attribute__((always_inline)) void turned_tile(int rows,
	int64_t n, const float *x, const float *dy, float *dw, int64_t stride)
{
	vec s[TILE_ROWS][2];

#pragma GCC unroll 12
	for (int m = 0; m < rows; m++) {
		s[m][0] = vec_load(dw + m * stride);
		s[m][1] = vec_load(dw + m * stride + VL);
	}
	for (int64_t i = 0; i < n; i++, x += TILE_ROWS, dy += TILE_COLS) {
		vec b0 = vec_load(dy), b1 = vec_load(dy + VL);

#pragma GCC unroll 12
		for (int m = 0; m < rows; m++) {
			vec v = vec_all(x[m]);

			s[m][0] = vec_fma(v, b0, s[m][0]);
			s[m][1] = vec_fma(v, b1, s[m][1]);
		}
	}
#pragma GCC unroll 12
	for (int m = 0; m < rows; m++) {
		vec_store(dw + m * stride, s[m][0]);
		vec_store(dw + m * stride + VL, s[m][1]);
	}
}

/* The same for any number of rows up to TILE_ROWS. */
static inline void turned_rows(int rows, int64_t n, const float *x,
	const float *dy, float *dw, int64_t stride)
{
	if (rows == TILE_ROWS) {
		turned_tile(TILE_ROWS, n, x, dy, dw, stride);
		return;
	}
	for (; rows >= 4; rows -= 4, x += 4, dw += 4 * stride)
		turned_tile(4, n, x, dy, dw, stride);
	for (; rows >= 2; rows -= 2, x += 2, dw += 2 * stride)
		turned_tile(2, n, x, dy, dw, stride);
	if (rows)
		turned_tile(1, n, x, dy, dw, stride);
}

#endif
