#include "img/img.h"
#include "base/mem.h"

#include <math.h>
#include <string.h>

/*
 * Which source pixels an output pixel is made of, along one axis. The
 * triangle reaches one source pixel to either side when enlarging, one output
 * pixel when shrinking. Weights sum to one.
 */
struct taps {
	int size;   /* weights kept for each output pixel */
	int *first; /* [out] */
	int *n;     /* [out] */
	float *w;   /* [out][size] */
};

/* From a stretch of the source, whose ends may lie between its pixels; those
 * of it that are covered in part are used, and none beyond. */
static void taps_init(
	struct taps *t, double from, double length, int in, int out)
{
	double scale = length / out;
	double first = fmax(floor(from), 0),
	       end = fmin(ceil(from + length), in);
	double reach = scale > 1 ? scale : 1;

	t->size = (int)ceil(reach) * 2 + 1;
	t->first = mem_alloc((size_t)out, sizeof *t->first);
	t->n = mem_alloc((size_t)out, sizeof *t->n);
	t->w = mem_alloc((size_t)out * (size_t)t->size, sizeof *t->w);
	for (int i = 0; i < out; i++) {
		double centre = from + (i + 0.5) * scale, sum = 0;
		int lo = (int)fmax(floor(centre - reach + 0.5), first);
		int hi = (int)fmin(floor(centre + reach + 0.5), end);
		float *w = t->w + (size_t)i * (size_t)t->size;

		for (int j = lo; j < hi; j++)
			sum += fmax(1 - fabs(j + 0.5 - centre) / reach, 0);
		for (int j = lo; j < hi; j++)
			w[j - lo] =
				(float)(fmax(1 - fabs(j + 0.5 - centre) / reach,
						0) /
					sum);
		t->first[i] = lo;
		t->n[i] = hi - lo;
	}
}

static void taps_release(struct taps *t)
{
	mem_free(t->first);
	mem_free(t->n);
	mem_free(t->w);
}

/* One output row, still as wide as the part of the source that is used: whole
 * rows weighted and added, which the compiler does a vector at a time. */
static void mix_rows(float *acc, const struct img *im, int left, int wide,
	int first, int n, const float *w)
{
	memset(acc, 0, (size_t)wide * 3 * sizeof *acc);
	for (int j = 0; j < n; j++) {
		const uint8_t *row =
			im->px + ((size_t)(first + j) * im->w + left) * 3;

		for (int x = 0; x < wide * 3; x++)
			acc[x] += w[j] * (float)row[x];
	}
}

static void mix_columns(
	uint8_t *to, const float *acc, int left, const struct taps *t, int n)
{
	for (int x = 0; x < n; x++, to += 3) {
		const float *from = acc + (t->first[x] - left) * 3;
		const float *w = t->w + (size_t)x * (size_t)t->size;
		float r = 0.5F, g = 0.5F, b = 0.5F; /* to round */

		for (int j = 0; j < t->n[x]; j++, from += 3) {
			r += w[j] * from[0];
			g += w[j] * from[1];
			b += w[j] * from[2];
		}
		/* Weights sum to one: rounding can't leave 0..255. */
		to[0] = (uint8_t)r;
		to[1] = (uint8_t)g;
		to[2] = (uint8_t)b;
	}
}

void img_resize_area(struct img *out, const struct img *im,
	const struct img_area *from, int w, int h)
{
	struct taps across, down;
	float *acc;
	int left, wide;

	img_init(out, w, h);
	taps_init(&across, from->x, from->w, im->w, w);
	taps_init(&down, from->y, from->h, im->h, h);
	left = across.first[0];
	wide = across.first[w - 1] + across.n[w - 1] - left;
	acc = mem_alloc((size_t)wide * 3, sizeof *acc);
	for (int y = 0; y < h; y++) {
		mix_rows(acc, im, left, wide, down.first[y], down.n[y],
			down.w + (size_t)y * (size_t)down.size);
		mix_columns(out->px + (size_t)y * w * 3, acc, left, &across, w);
	}
	taps_release(&across);
	taps_release(&down);
	mem_free(acc);
}

void img_resize(struct img *out, const struct img *im, int w, int h)
{
	img_resize_area(out, im, &(struct img_area){0, 0, im->w, im->h}, w, h);
}
