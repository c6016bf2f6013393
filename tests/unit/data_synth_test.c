#include "data/synth.h"
#include "tap.h"

static bool same(const struct synth_photo *a, const struct synth_photo *b)
{
	return a->im.w == b->im.w && a->im.h == b->im.h && a->n == b->n &&
	       !memcmp(a->im.px, b->im.px, (size_t)a->im.w * a->im.h * 3) &&
	       a->garments[0].x == b->garments[0].x;
}

static void check_seeds(void)
{
	struct synth_photo a, b, c, d;

	synth_draw(&a, 1, 5, 96, 144);
	synth_draw(&b, 1, 5, 96, 144);
	synth_draw(&c, 1, 6, 96, 144);
	synth_draw(&d, 2, 5, 96, 144);
	ok(same(&a, &b), "the same seed and number, the same photograph");
	ok(!same(&a, &c), "another number, another photograph");
	ok(!same(&a, &d), "another seed, another photograph");
	synth_release(&a);
	synth_release(&b);
	synth_release(&c);
	synth_release(&d);
}

static bool sound(const struct synth_garment *g, const struct img *im)
{
	enum synth_type type = g->category <= 20   ? SYNTH_UPPER
			       : g->category <= 36 ? SYNTH_LOWER
						   : SYNTH_FULL;

	return g->type == type && g->category >= 1 && g->category <= 50 &&
	       g->pattern && g->x >= 0 && g->y >= 0 && g->w > 0 && g->h > 0 &&
	       g->x + g->w <= im->w && g->y + g->h <= im->h;
}

static void check_many(void)
{
	static const int sizes[][2] = {{96, 144}, {64, 64}, {200, 80}};
	int count[4] = {0}, bad = 0, unsorted = 0, mixed = 0;
	struct synth_photo p;

	for (int i = 0; i < 300; i++) {
		const int *size = sizes[i % 3];

		synth_draw(&p, 3, (uint64_t)i, size[0], size[1]);
		for (int k = 0; k < p.n; k++) {
			bad += !sound(&p.garments[k], &p.im);
			count[p.garments[k].type]++;
		}
		if (p.n == 2) {
			const struct synth_garment *g = p.garments;

			unsorted += g[0].w * g[0].h < g[1].w * g[1].h;
			mixed += g[0].type + g[1].type !=
				 SYNTH_UPPER + SYNTH_LOWER;
		}
		synth_release(&p);
	}
	is_int(bad, 0, "boxes are inside, categories of their type");
	is_int(unsorted, 0, "the largest box comes first");
	is_int(mixed, 0, "two garments are an upper and a lower one");
	ok(count[SYNTH_UPPER] > 100 && count[SYNTH_LOWER] > 100 &&
			count[SYNTH_FULL] > 80,
		"%d upper, %d lower, %d full", count[SYNTH_UPPER],
		count[SYNTH_LOWER], count[SYNTH_FULL]);
}

int main(void)
{
	check_seeds();
	check_many();
	return done();
}
