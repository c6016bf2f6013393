#include "gan/gan_augment.h"
#include "base/rng.h"

#include <math.h>

/* Of StyleGAN2-ADA: the sign aimed at, and steps between moves. */
#define TARGET 0.6
enum { EVERY = 4 };
/* Images in which the probability may go from 0 to 1. A tenth of what is usual
 * there, where runs are of 25 million. */
#define RISE 50e3
/* Above this, augmentations leak into what is drawn. */
#define CAP 0.8
#define FIRST 0.3

/* DiffAugment's: of a side, moved by at most an eighth, half is cut out. */
enum { MOVE = 8, CUT = 2 };

double gan_augment_first(const struct gan_how *how)
{
	return how->augment < 0 ? FIRST : how->augment;
}

void gan_augment_adapt(struct gan_run *run, double sign, int n)
{
	double p;

	if (run->how.augment >= 0)
		return;
	run->sign += sign / EVERY;
	if (++run->signs < EVERY)
		return;
	p = run->augment + (run->sign > TARGET ? 1 : -1) * EVERY * n / RISE;
	run->augment = fmin(fmax(p, 0), CAP);
	run->sign = 0;
	run->signs = 0;
}

static struct rng stream(const struct gan_run *run, int turn)
{
	return rng_item((uint64_t)run->seed, RNG_AUGMENT,
		4 * (uint64_t)run->steps + (uint64_t)turn);
}

/* From -most to most. */
static int32_t around(struct rng *r, int64_t most)
{
	return (int32_t)rng_below(r, (uint32_t)(2 * most + 1)) - (int32_t)most;
}

/* All numbers are drawn, used or not: no picture's draws shift another's. */
static struct nn_augment_picture draw(const struct gan_run *run, struct rng *r)
{
	int64_t w = run->net.width, h = run->net.height;
	float p = (float)run->augment;
	struct nn_augment_picture a = {.saturation = 1, .contrast = 1};
	int32_t dx = around(r, w / MOVE), dy = around(r, h / MOVE);
	int32_t cx = (int32_t)rng_below(r, (uint32_t)w),
		cy = (int32_t)rng_below(r, (uint32_t)h);
	float b = rng_uniform(r), s = rng_uniform(r), c = rng_uniform(r);

	if (rng_uniform(r) < p) {
		a.dx = dx;
		a.dy = dy;
	}
	if (rng_uniform(r) < p) {
		a.cx = cx - (int32_t)(w / CUT / 2);
		a.cy = cy - (int32_t)(h / CUT / 2);
		a.cx1 = a.cx + (int32_t)(w / CUT);
		a.cy1 = a.cy + (int32_t)(h / CUT);
	}
	if (rng_uniform(r) < p && run->how.colour) {
		a.brightness = b - 0.5f;
		a.saturation = 2 * s;
		a.contrast = c + 0.5f;
	}
	return a;
}

const struct nn_augment_picture *gan_augment_draw(
	const struct gan_run *run, int turn, int n, struct arena *a)
{
	struct nn_augment_picture *all;
	struct rng r = stream(run, turn);

	if (run->augment <= 0)
		return NULL;
	all = arena_alloc(a, (size_t)n * sizeof *all);
	for (int i = 0; i < n; i++)
		all[i] = draw(run, &r);
	return all;
}

void gan_augment_flip(const struct gan_run *run, int n, int32_t *which)
{
	struct rng r = stream(run, 3);

	for (int i = 0; i < n; i++)
		if (rng_u32(&r) & 1)
			which[i] = ~which[i];
}
