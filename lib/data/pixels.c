#include "data/pixels.h"
#include "base/mem.h"
#include "base/rng.h"
#include "img/img.h"

#include <limits.h>
#include <omp.h>
#include <string.h>

enum { SOME = 64 }; /* pictures that are decoded side by side */

/* Where a cut of `part` out of `whole` begins: in the middle, halves to the
 * even number, as Python rounds. */
static int middle(int whole, int part)
{
	int twice = whole - part, half = twice / 2;

	return half + (twice & 1 & half);
}

static int load(const char *path, int w, int h, uint8_t *to, struct err *e)
{
	struct img im, small, cut;
	int sw = w, sh = h;

	/* Decoding at half its size or less would blur twice. */
	if (img_load(&im, path, 2 * (w > h ? w : h), e))
		return -1;
	if ((int64_t)im.w * h > (int64_t)w * im.h)
		sw = (int)((int64_t)im.w * h / im.h);
	else
		sh = (int)((int64_t)im.h * w / im.w);
	/* One pixel by a hundred million would cover any size many times. */
	if ((int64_t)sw * sh > IMG_PIXELS_MAX) {
		img_release(&im);
		return err_set(e, ERR_DATA,
			"'%s': too narrow to be scaled to %d by %d pixels",
			path, w, h);
	}
	img_resize(&small, &im, sw, sh);
	img_release(&im);
	img_crop(&cut, &small,
		&(struct img_part){middle(sw, w), middle(sh, h), w, h});
	img_release(&small);
	memcpy(to, cut.px, (size_t)w * (size_t)h * 3);
	img_release(&cut);
	return 0;
}

void pixels_init(struct pixels *p, int w, int h, uint64_t seed)
{
	*p = (struct pixels){.w = w, .h = h, .seed = seed, .epoch = -1};
}

void pixels_release(struct pixels *p)
{
	mem_free(p->px);
	mem_free(p->order);
	*p = (struct pixels){0};
}

static size_t size_of(const struct pixels *p)
{
	return (size_t)p->w * (size_t)p->h * 3;
}

static void reserve(struct pixels *p, int n)
{
	BUG_ON(n > INT_MAX - p->n);
	p->px = mem_grow(p->px, (size_t)(p->n + n), size_of(p));
}

/* Decode n pictures, side by side, behind those that are there. */
static void load_some(struct pixels *p, const struct gallery_item *item, int n,
	int threads, struct err *why)
{
	size_t size = size_of(p);
	uint8_t *to = p->px + (size_t)p->n * size;

#pragma omp parallel for schedule(dynamic) num_threads(threads)
	for (int i = 0; i < n; i++) {
		why[i].code = ERR_NONE;
		if (load(item[i].path, p->w, p->h, to + (size_t)i * size,
			    &why[i]) &&
			item[i].from)
			err_wrap(&why[i], "%s:%ld", item[i].from, item[i].line);
	}
	for (int i = 0; i < n; i++) {
		uint8_t *at = p->px + (size_t)p->n * size;

		if (why[i].code != ERR_NONE)
			continue;
		if (at != to + (size_t)i * size)
			memcpy(at, to + (size_t)i * size, size);
		p->n++;
	}
}

int pixels_load(struct pixels *p, const struct gallery *g, int threads,
	int (*each)(void *to, int i, const struct err *why), void *to,
	struct err *e)
{
	struct err *why = mem_alloc(SOME, sizeof *why);
	int bad = 0;

	reserve(p, g->n);
	p->epoch = -1;
	for (int at = 0, n; at < g->n && !bad; at += n) {
		n = g->n - at < SOME ? g->n - at : SOME;
		load_some(p, g->item + at, n,
			threads ? threads : omp_get_max_threads(), why);
		for (int i = 0; i < n && !bad; i++) {
			bad = each(to, at + i, &why[i]);
			if (bad)
				*e = why[i];
		}
	}
	mem_free(why);
	return bad;
}

static void shuffle(struct pixels *p, int64_t epoch)
{
	struct rng r = rng_item(p->seed, RNG_ORDER, (uint64_t)epoch);

	if (!p->order || p->epoch < 0)
		p->order = mem_grow(p->order, (size_t)p->n, sizeof *p->order);
	for (int32_t i = 0; i < p->n; i++)
		p->order[i] = i;
	rng_shuffle(&r, p->order, p->n);
	p->epoch = epoch;
}

int pixels_flat(const struct pixels *p)
{
	size_t size = size_of(p);
	int n = 0;

	for (int i = 0; i < p->n; i++) {
		const uint8_t *px = p->px + (size_t)i * size;

		/* Every byte is the one a pixel before. */
		n += !memcmp(px, px + 3, size - 3);
	}
	return n;
}

int pixels_next(struct pixels *p, int64_t seen, int max, int32_t *which)
{
	int n = max;

	if (!p->whole && max > p->n - seen % p->n)
		n = (int)(p->n - seen % p->n);
	for (int i = 0; i < n; i++) {
		int64_t epoch = (seen + i) / p->n;

		if (epoch != p->epoch)
			shuffle(p, epoch);
		which[i] = p->order[(seen + i) % p->n];
	}
	return n;
}
