/* A vector of as many floats as the processor the build is for takes at once.
 */
#ifndef NN_CPU_VEC_H
#define NN_CPU_VEC_H

#if defined(__AVX512F__)

#include <immintrin.h>

enum { VL = 16, TILE_ROWS = 12 };
typedef __m512 vec;

static inline vec vec_load(const float *p)
{
	return _mm512_loadu_ps(p);
}
static inline void vec_store(float *p, vec v)
{
	_mm512_storeu_ps(p, v);
}
static inline vec vec_all(float f)
{
	return _mm512_set1_ps(f);
}
static inline vec vec_fma(vec a, vec b, vec c)
{
	return _mm512_fmadd_ps(a, b, c);
}
/* b where a is no number. */
static inline vec vec_max(vec a, vec b)
{
	return _mm512_max_ps(a, b);
}

#elif defined(__AVX2__) && defined(__FMA__)

#include <immintrin.h>

enum { VL = 8, TILE_ROWS = 6 };
typedef __m256 vec;

static inline vec vec_load(const float *p)
{
	return _mm256_loadu_ps(p);
}
static inline void vec_store(float *p, vec v)
{
	_mm256_storeu_ps(p, v);
}
static inline vec vec_all(float f)
{
	return _mm256_set1_ps(f);
}
static inline vec vec_fma(vec a, vec b, vec c)
{
	return _mm256_fmadd_ps(a, b, c);
}
static inline vec vec_max(vec a, vec b)
{
	return _mm256_max_ps(a, b);
}

#else

#include <string.h>

enum { VL = 4, TILE_ROWS = 4 };
typedef float vec __attribute__((vector_size(16)));

static inline vec vec_load(const float *p)
{
	vec v;

	memcpy(&v, p, sizeof v);
	return v;
}
static inline void vec_store(float *p, vec v)
{
	memcpy(p, &v, sizeof v);
}
static inline vec vec_all(float f)
{
	return (vec){f, f, f, f};
}
static inline vec vec_fma(vec a, vec b, vec c)
{
	return a * b + c;
}
static inline vec vec_max(vec a, vec b)
{
	for (int i = 0; i < VL; i++)
		a[i] = a[i] > b[i] ? a[i] : b[i];
	return a;
}

#endif

/* What the kernels keep in registers: TILE_ROWS rows of TILE_COLS floats. */
enum { TILE_COLS = 2 * VL };

/* Blocks of TILE_COLS that so many channels fill, the last perhaps in part. */
static inline int tile_blocks(int channels)
{
	return (channels + TILE_COLS - 1) / TILE_COLS;
}

#endif
