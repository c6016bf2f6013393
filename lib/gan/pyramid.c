#include "gan/pyramid.h"

#include <stdbool.h>

enum { TAPS = 5 };

static const float tap[TAPS] = {
	1 / 16.0f, 4 / 16.0f, 6 / 16.0f, 4 / 16.0f, 1 / 16.0f};

/* A place beside 0..n-1, mirrored at the first and last pixel. */
static int mirror(int i, int n)
{
	if (n == 1)
		return 0;
	i %= 2 * (n - 1);
	if (i < 0)
		i += 2 * (n - 1);
	return i < n ? i : 2 * (n - 1) - i;
}

static struct gan_level level_new(int w, int h, struct arena *a)
{
	return (struct gan_level){w, h,
		arena_alloc(a, (size_t)w * (size_t)h * 3 * sizeof(float))};
}

static float *pixel(const struct gan_level *l, int x, int y)
{
	return l->v + ((size_t)y * (size_t)l->w + (size_t)x) * 3;
}

/* Blurred, every step-th pixel along each axis. */
static struct gan_level blur(
	const struct gan_level *l, int step, struct arena *a)
{
	struct gan_level wide = level_new((l->w + step - 1) / step, l->h, a);
	struct gan_level y = level_new(wide.w, (l->h + step - 1) / step, a);

	for (int j = 0; j < wide.h; j++)
		for (int i = 0; i < wide.w; i++)
			for (int c = 0; c < 3; c++) {
				float sum = 0;

				for (int k = 0; k < TAPS; k++)
					sum += tap[k] *
					       pixel(l,
						       mirror(i * step + k - 2,
							       l->w),
						       j)[c];
				pixel(&wide, i, j)[c] = sum;
			}
	for (int j = 0; j < y.h; j++)
		for (int i = 0; i < y.w * 3; i++) {
			float sum = 0;

			for (int k = 0; k < TAPS; k++)
				sum += tap[k] * pixel(&wide, 0,
							mirror(j * step + k - 2,
								wide.h))[i];
			pixel(&y, 0, j)[i] = sum;
		}
	return y;
}

/* Enlarged to w by h: zeros put between, blurred, four times as bright. */
static struct gan_level enlarge(
	const struct gan_level *l, int w, int h, struct arena *a)
{
	struct gan_level y = level_new(w, h, a);

	for (int j = 0; j < h; j++)
		for (int i = 0; i < w; i++)
			for (int c = 0; c < 3; c++) {
				bool there = i % 2 == 0 && j % 2 == 0;

				pixel(&y, i, j)[c] =
					there ? 4 * pixel(l, i / 2, j / 2)[c]
					      : 0;
			}
	return blur(&y, 1, a);
}

struct gan_level gan_pyramid_level(
	const uint8_t *px, int w, int h, int level, int levels, struct arena *a)
{
	struct gan_level l = level_new(w, h, a), small;

	for (int i = 0; i < w * h * 3; i++)
		l.v[i] = (float)px[i];
	for (int i = 0; i < level; i++)
		l = blur(&l, 2, a);
	if (level == levels - 1)
		return l;
	small = blur(&l, 2, a);
	small = enlarge(&small, l.w, l.h, a);
	for (int i = 0; i < l.w * l.h * 3; i++)
		l.v[i] -= small.v[i];
	return l;
}
