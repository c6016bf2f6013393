/* The formulas by which drawn pictures are rated, against numpy's and scipy's
 * (tests/golden/gan_metrics.py). */
#include "gan/frechet.h"
#include "gan/kernel_distance.h"
#include "gan/neighbours.h"
#include "gan/swd.h"
#include "base/mem.h"
#include "golden.h"

#include <stdlib.h>

static int64_t whole(const struct json *line, const char *key)
{
	int64_t v = 0;

	json_get_int(line, key, &v);
	return v;
}

static double number(const struct json *line, const char *key)
{
	double v = NAN;

	json_get_num(line, key, &v);
	return v;
}

/* Relative to the largest that the metric could be mistaken for. */
static void near(const char *name, const char *what, double got, double want)
{
	if (!ok(fabs(got - want) <= 1e-7 * fmax(fabs(want), 0.1), "%s: %s",
		    name, what))
		printf("# got %.12g, want %.12g\n", got, want);
}

static void check_features(const char *name, const struct json *line)
{
	int n = (int)whole(line, "n"), m = (int)whole(line, "m");
	int d = (int)whole(line, "d"), copied = (int)whole(line, "copied");
	float *v = mem_alloc((size_t)n * (size_t)d, sizeof *v);
	float *u = mem_alloc((size_t)m * (size_t)d, sizeof *u);
	struct gan_rows x = {v, n, d}, y = {u, m, d};
	const struct json *prdc = json_first(json_get(line, "prdc"));
	struct gan_kernel_distance kernel;
	struct gan_prdc p;
	double want = NAN;

	golden_wave((uint32_t)d, v, (int64_t)n * d);
	golden_wave((uint32_t)d + 1, u, (int64_t)m * d);
	for (int i = 0; i < m * d; i++)
		u[i] = u[i] * (float)number(line, "scale") +
		       (float)number(line, "shift");
	for (int i = 0; i < copied * d; i++)
		u[i] = v[i];
	near(name, "Frechet distance", gan_frechet(&x, &y),
		number(line, "frechet"));
	ok(fabs(gan_frechet(&x, &x)) < 1e-6, "%s: of a set from itself", name);
	gan_kernel_distance(&kernel, &x, &y, (uint64_t)d);
	near(name, "kernel distance", kernel.mean, number(line, "kernel"));
	near(name, "its deviation", kernel.std, number(line, "kernel_std"));
	gan_prdc(&p, &x, &y, 3);
	json_to_num(prdc, &want);
	near(name, "precision", p.precision, want);
	json_to_num(prdc = json_next(prdc), &want);
	near(name, "recall", p.recall, want);
	json_to_num(prdc = json_next(prdc), &want);
	near(name, "density", p.density, want);
	json_to_num(prdc = json_next(prdc), &want);
	near(name, "coverage", p.coverage, want);
	near(name, "copies", gan_copies(&x, &y, NULL), number(line, "copies"));
	x.n = y.n = n < m ? n : m;
	near(name, "one nearest neighbour", gan_one_nn(&x, &y),
		number(line, "one_nn"));
	mem_free(v);
	mem_free(u);
}

static void to_bytes(uint8_t *px, const float *v, int64_t n)
{
	for (int64_t i = 0; i < n; i++)
		px[i] = (uint8_t)(v[i] * 128 + 128);
}

/* The mean of 3 by 3 pixels, rounded down. */
static void smooth(uint8_t *to, const uint8_t *px, int n, int w, int h)
{
	for (int i = 0; i < n * h * w * 3; i++) {
		int c = i % 3, x = i / 3 % w, y = i / 3 / w % h, sum = 0;
		const uint8_t *one = px + i / (w * h * 3) * (w * h * 3);

		for (int dy = -1; dy <= 1; dy++)
			for (int dx = -1; dx <= 1; dx++) {
				int u = x + dx < 0   ? 0
					: x + dx < w ? x + dx
						     : w - 1;
				int v = y + dy < 0   ? 0
					: y + dy < h ? y + dy
						     : h - 1;

				sum += one[(v * w + u) * 3 + c];
			}
		to[i] = (uint8_t)(sum / 9);
	}
}

static void check_swd(const char *name, const struct json *line)
{
	int n = (int)whole(line, "n"), w = (int)whole(line, "w");
	int h = (int)whole(line, "h"), level = 0;
	uint32_t seed = (uint32_t)whole(line, "seed");
	size_t size = (size_t)n * (size_t)h * (size_t)w * 3;
	float *v = mem_alloc(size, sizeof *v);
	uint8_t *a = mem_alloc(size, 1), *b = mem_alloc(size, 1);
	uint8_t *sharp = mem_alloc(size, 1);
	const uint8_t *other[] = {b, a};
	struct gan_swd swd[2];
	double want;

	golden_wave(seed, v, (int64_t)size);
	to_bytes(a, v, (int64_t)size);
	golden_wave(seed + 1, v, (int64_t)size);
	to_bytes(sharp, v, (int64_t)size);
	smooth(b, sharp, n, w, h);
	gan_swd(swd, a, other, 2, n, w, h, seed);
	json_each (item, json_get(line, "swd")) {
		json_to_num(item, &want);
		/* Ours adds in single precision. */
		is_near(swd->level[level++], want, want * 1e-5, name);
	}
	is_int(swd->levels, level, "levels");
	is_near(swd->mean, number(line, "mean"), 1e-2, "their mean");
	ok(swd[1].mean == 0, "a set is at 0 from itself");
	mem_free(v);
	mem_free(a);
	mem_free(b);
	mem_free(sharp);
}

int main(void)
{
	FILE *f = fopen("tests/golden/gan_metrics.jsonl", "r");
	struct arena a = {0};
	char *text = NULL;
	size_t room = 0;
	ssize_t n;

	if (!ok(f != NULL, "tests/golden/gan_metrics.jsonl is there"))
		return done();
	while ((n = getline(&text, &room, f)) > 0) {
		struct json *line = json_parse(text, (size_t)n - 1, &a, NULL);
		const char *name = json_get_str(line, "name");

		if (json_get(line, "swd"))
			check_swd(name, line);
		else
			check_features(name, line);
		arena_reset(&a);
	}
	is_int(gan_swd_levels(64, 96), 3, "levels of 64 by 96");
	is_int(gan_swd_levels(128, 192), 4, "of 128 by 192");
	is_int(gan_swd_levels(6, 100), 0, "no patch fits");
	free(text);
	fclose(f);
	arena_release(&a);
	return done();
}
