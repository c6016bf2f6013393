/*
 * Three steps of training against PyTorch's, of every preset, on tiny networks
 * that are filled with the same values: tests/golden/dcgan_step.py computed
 * them in double precision.
 */
#include "tap.h"
#include "base/file.h"
#include "gan/gan_step.h"
#include "json/json.h"

#include <stdlib.h>
#include <string.h>

enum { NZ = 6, NGF = 4, NDF = 3, BATCH = 4, STEPS = 3 };
enum { WIDTH = 64, HEIGHT_MAX = 96, SPAN = 20 };
enum { BATCHES = 4, PART = 25 };

#define GAMMA 0.5

static uint32_t bits(uint32_t n)
{
	uint32_t x = n * 2654435761u;

	x ^= x >> 15;
	x *= 2246822519u;
	return x ^ x >> 13;
}

/* From -0.5 to 0.5. */
static float value(uint32_t n)
{
	return (float)(bits(n) >> 8) * 0x1p-24f - 0.5f;
}

static void fill(struct nn_params *ps, uint32_t base)
{
	uint32_t k = 0;

	for (int i = 0; i < ps->n; i++) {
		struct nn_param *p = ps->p[i];
		float *w = p->x.data;
		bool gain = p->role == NN_NORM && strstr(p->name, "weight");

		if (p->role == NN_BUFFER)
			continue;
		for (uint32_t j = 0; j < nn_count(&p->x); j++)
			w[j] = value(base + k * 1000000 + j) / 4 + gain;
		p->x.version++;
		k++;
	}
}

static double number(const struct json *j, const char *key)
{
	double v = NAN;

	json_get_num(j, key, &v);
	return v;
}

static void check_report(const struct gan_report *r, const struct json *want)
{
	is_near(r->loss_d, number(want, "loss_d"), 2e-5, "loss of D");
	is_near(r->loss_g, number(want, "loss_g"), 2e-5, "loss of G");
	is_near(r->d_real, number(want, "d_real"), 1e-5, "D of real pictures");
	is_near(r->d_fake, number(want, "d_fake"), 1e-5, "D of fakes");
	is_near(r->d_fake_after, number(want, "d_fake_after"), 1e-5,
		"D of fakes, after one moved");
	if (!json_get(want, "r1"))
		return;
	is_near(r->r1, number(want, "r1"), 1e-4 * r->r1, "R1");
	is_near(r->r2, number(want, "r2"), 1e-4 * r->r2, "R2");
}

/* Step n of a few batches. */
static void make_step(struct gan *m, struct gan_report *r)
{
	static uint8_t real[BATCH * WIDTH * HEIGHT_MAX * 3];
	static float z[2 * BATCH * NZ];
	int32_t which[BATCH] = {0, 1, 2, 3};
	struct gan_batch b = {BATCH, real, which, NULL, z};
	uint32_t step = (uint32_t)m->run.steps;
	struct err e = {0};

	for (uint32_t i = 0; i < sizeof real; i++)
		real[i] = (uint8_t)(bits(200000000 + step % BATCHES * 1000000 +
					    i) >>
				    24);
	for (uint32_t i = 0; i < sizeof z / sizeof *z; i++)
		z[i] = value(300000000 + step * 1000000 + i) * 4;
	if (gan_step(m, &b, r, &e))
		ok(false, "step %u %s", step, e.msg);
}

static void check_step(struct gan *m, const struct json *want)
{
	struct gan_report r;

	make_step(m, &r);
	check_report(&r, want);
}

/* A step is 2e-4, and of single precision. Without a mean of gradients, one
 * that is nearly 0 may be of either sign. */
static void check_param(
	const struct nn_param *p, const struct json *want, double near)
{
	int64_t n = nn_count(&p->x);
	const float *w = p->x.data;
	double sum = 0, norm = number(want, "norm");

	for (int64_t i = 0; i < n; i++)
		sum += (double)w[i] * w[i];
	is_str(p->name, json_get_str(want, "name"), "names as PyTorch's");
	is_near(w[0], number(want, "first"), near, "first value");
	is_near(w[n - 1], number(want, "last"), near, "last value");
	is_near(sqrt(sum), norm, near * norm, "norm");
}

/* Of the i-th line: G's, D's, then the mean's, without what is measured. */
static const struct nn_param *param(const struct gan *m, int i)
{
	const struct nn_params *of[] = {
		&m->g.params, &m->d.params, &m->mean.params};

	for (int k = 0; k < 3; k++)
		for (int j = 0; j < of[k]->n; j++)
			if ((k < 2 || of[k]->p[j]->role != NN_BUFFER) && !i--)
				return of[k]->p[j];
	return NULL;
}

static void begin(struct gan *m, const char *preset, struct nn_backend *be)
{
	struct gan_run run;

	gan_preset(&run, preset, NULL);
	run.net.nz = NZ;
	run.net.ngf = NGF;
	run.net.ndf = NDF;
	run.span = SPAN;
	run.how.r1 = run.how.r2 = run.how.r1 < 0 ? GAMMA : 0;
	run.how.augment = run.augment = 0;
	run.how.flip = false;
	gan_init(m, &run, be);
	fill(&m->g.params, 0);
	fill(&m->d.params, 100000000);
	fill(&m->mean.params, 0);
}

static void check(const char *preset, double near, struct nn_backend *be)
{
	struct arena a = {0};
	struct err e = {0};
	struct gan m;
	size_t n;
	int line = 0;
	const char *path =
		arena_printf(&a, "tests/golden/dcgan_step_%s.jsonl", preset);
	char *text = file_read(path, 1 << 20, &a, &n, &e);

	if (!ok(text != NULL, "golden values of %s %s", preset, e.msg))
		return;
	begin(&m, preset, be);
	for (char *s = text, *end; (end = strchr(s, '\n')); s = end + 1) {
		struct json *want = json_parse(s, (size_t)(end - s), &a, &e);
		int i = line++ - STEPS;

		if (i < 0)
			check_step(&m, want);
		else
			check_param(param(&m, i), want, near);
	}
	ok(!param(&m, line - STEPS) && param(&m, line - STEPS - 1),
		"every parameter");
	is_int(m.run.images, STEPS * BATCH, "images");
	gan_release(&m);
	arena_release(&a);
}

/*
 * Up to two hundred steps. What a step rounds off doubles again and again, so
 * that step by step only the first can be the same; after that the curves must
 * run beside each other, in the mean of every PART steps.
 */
static void check_curve(
	const char *preset, int length, double near, struct nn_backend *be)
{
	struct arena a = {0};
	struct err e = {0};
	struct gan m;
	size_t n;
	int steps = 0;
	double sum[4] = {0}, first = 0;
	const char *path =
		arena_printf(&a, "tests/golden/dcgan_curve_%s.jsonl", preset);
	char *text = file_read(path, 1 << 20, &a, &n, &e);

	if (!ok(text != NULL, "the curve of %s %s", preset, e.msg))
		return;
	begin(&m, preset, be);
	for (char *s = text, *end; (end = strchr(s, '\n')); s = end + 1) {
		struct json *want = json_parse(s, (size_t)(end - s), &a, &e);
		double d = number(want, "loss_d"), g = number(want, "loss_g");
		struct gan_report r;

		make_step(&m, &r);
		if (steps < 10)
			first = fmax(first,
				fmax(fabs(r.loss_d - d), fabs(r.loss_g - g)));
		sum[0] += d;
		sum[1] += r.loss_d;
		sum[2] += g;
		sum[3] += r.loss_g;
		if (++steps % PART)
			continue;
		printf("# %s, steps to %d: D %g and %g, G %g and %g\n", preset,
			steps, sum[0] / PART, sum[1] / PART, sum[2] / PART,
			sum[3] / PART);
		ok(fabs(sum[0] - sum[1]) < near * sum[0], "D's");
		ok(fabs(sum[2] - sum[3]) < near * sum[2], "G's");
		memset(sum, 0, sizeof sum);
	}
	is_int(steps, length, "all of it");
	ok(first < 1e-3, "%s: the first steps are the same, but for %g", preset,
		first);
	gan_release(&m);
	arena_release(&a);
}

int main(void)
{
	struct nn_backend *be = nn_cpu_open(1);

	check("pytorch", 2e-6, be);
	check("radford2015", 2e-6, be);
	check("garment", 2e-6, be);
	check_curve("pytorch", 200, 0.05, be);
	check_curve("radford2015", 200, 0.05, be);
	check_curve("garment", 25, 0.05, be);
	be->close(be);
	return done();
}
