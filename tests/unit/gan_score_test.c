/* A judge of drawn pictures: what it says of pictures from one source, from
 * another, of copies, and of what cannot be judged. */
#include "gan/score.h"
#include "base/mem.h"
#include "base/rng.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

enum { W = 32, H = 32, SIZE = W * H * 3, N = 40 };

/* A disc of some colour on a ground; or stripes, which are red. */
static void picture(uint8_t *px, int seed, bool stripes)
{
	struct rng r = rng_new((uint64_t)seed, 77);
	int cx = 8 + (int)rng_below(&r, 16), cy = 8 + (int)rng_below(&r, 16);
	int radius = 4 + (int)rng_below(&r, 8), c[2][3];

	for (int i = 0; i < 6; i++)
		c[i / 3][i % 3] = (int)rng_below(&r, 200) + 20;
	if (stripes)
		c[0][0] = c[1][0] = 240;
	for (int i = 0; i < W * H; i++) {
		int x = i % W - cx, y = i / W - cy;
		int in = stripes ? (i / W + cy) / 3 % 2
				 : x * x + y * y < radius * radius;

		for (int k = 0; k < 3; k++)
			px[i * 3 + k] =
				(uint8_t)(c[in][k] + (int)rng_below(&r, 9));
	}
}

static uint8_t *pictures(int seed, bool stripes)
{
	uint8_t *px = mem_alloc(N, SIZE);

	for (int i = 0; i < N; i++)
		picture(px + i * SIZE, seed + i, stripes);
	return px;
}

static void draw(void *to, int i, uint8_t *px)
{
	memcpy(px, (const uint8_t *)to + i * SIZE, SIZE);
}

static bool between(double a, double b, double c)
{
	return a < b && b < c;
}

static void check_order(const struct gan_judge *j, const struct gan_score *same,
	const struct gan_score *other)
{
	static const enum gan_metric less[] = {
		GAN_SWD, GAN_NND, GAN_FD, GAN_KD, GAN_ONE_NN};

	for (size_t i = 0; i < sizeof less / sizeof *less; i++)
		ok(same->v[less[i]] < other->v[less[i]] &&
				same->v[less[i]] < j->noise.v[less[i]],
			"%s: one source before another, and noise",
			gan_metrics[less[i]].name);
	ok(between(-1, other->v[GAN_RECALL], same->v[GAN_RECALL]) &&
			between(-1, other->v[GAN_COVERAGE],
				same->v[GAN_COVERAGE]),
		"recall and coverage fall");
	ok(same->v[GAN_SWD] < 1.5 * j->floor.v[GAN_SWD] &&
			j->floor.v[GAN_SWD] < 1.5 * same->v[GAN_SWD],
		"one source is at the floor");
	is_int(same->n, j->floor.n, "of as many pictures");
	is_int(same->n, N / 2, "half of the real ones");
}

static void check_copies(const struct gan_judge *j, const struct gan_set *real)
{
	struct gan_score s;

	gan_judge_set(j, real, &s, NULL);
	ok(s.v[GAN_COPIES] == 1 && s.v[GAN_ONE_NN] < 0.5,
		"copies are copies, and nearer than anything real");
	ok(j->floor.v[GAN_COPIES] < 0.3, "others are not");
	ok(s.v[GAN_SWD] == 0 && s.v[GAN_NND] == 0 && s.v[GAN_PRECISION] == 1 &&
			s.v[GAN_RECALL] == 1,
		"a set from itself");
}

static void check_drawn(const struct gan_judge *j, uint8_t *px)
{
	struct gan_set half = {N / 2, W, H, px, NULL, 0};
	struct gan_score a, b;

	gan_judge_set(j, &half, &a, NULL);
	gan_judge_drawn(j, 0, draw, px, &b, NULL);
	ok(!memcmp(a.v, b.v, sizeof a.v), "drawn when asked, the same");
}

static void check_refused(struct gan_judge *j, uint8_t *px)
{
	struct gan_set few = {9, W, H, px, NULL, 0};
	struct gan_set wide = {20, W * 2, H / 2, px, NULL, 0};
	float v[20] = {0};
	struct gan_set alone = {20, 0, 0, NULL, v, 1};
	struct gan_judge none;
	struct gan_score s;
	struct err e = {0};

	ok(gan_judge_init(&none, &few, NULL, 1, &e) &&
			strstr(e.msg, "9 real pictures are too few"),
		"too few real ones");
	ok(gan_judge_set(j, &few, &s, &e) && strstr(e.msg, "9 drawn"),
		"too few drawn ones");
	ok(gan_judge_set(j, &wide, &s, &e) && strstr(e.msg, "64x16"),
		"of another size");
	ok(gan_judge_set(j, &alone, &s, &e) && strstr(e.msg, "1 features"),
		"other features");
}

static void check_blind(const struct gan_set *real, const struct gan_set *same)
{
	struct gan_judge j;
	struct gan_score s;

	gan_judge_init(&j, real, NULL, 1, NULL);
	gan_judge_set(&j, same, &s, NULL);
	ok(isnan(s.v[GAN_FD]) && isnan(j.floor.v[GAN_RECALL]),
		"without an extractor nothing is said of features");
	ok(s.v[GAN_SWD] > 0 && s.v[GAN_COPIES] == 0,
		"but of pixels, and of copies");
	gan_judge_release(&j);
}

int main(void)
{
	struct nn_backend *be = nn_cpu_open(1);
	uint8_t *a = pictures(0, false), *b = pictures(1000, false);
	uint8_t *c = pictures(2000, true);
	struct gan_set real = {N, W, H, a, NULL, 0};
	struct gan_set same = {N, W, H, b, NULL, 0};
	struct gan_set other = {N, W, H, c, NULL, 0};
	struct gan_score s, o;
	struct gan_judge j;
	struct gan_extractor extractor;

	gan_extractor_random(&extractor, be, 1);
	is_str(extractor.name, "rand1", "an extractor's name");
	is_int(gan_judge_init(&j, &real, &extractor, 1, NULL), 0, "a judge");
	gan_judge_set(&j, &same, &s, NULL);
	gan_judge_set(&j, &other, &o, NULL);
	check_order(&j, &s, &o);
	check_copies(&j, &real);
	check_drawn(&j, b);
	check_refused(&j, b);
	check_blind(&real, &same);
	gan_judge_release(&j);
	gan_extractor_release(&extractor);
	mem_free(a);
	mem_free(b);
	mem_free(c);
	be->close(be);
	return done();
}
