/*
 * Three steps of training against PyTorch's, on tiny networks that are filled
 * with the same values: tests/golden/dcgan_step.py computed them in double
 * precision.
 */
#include "tap.h"
#include "base/file.h"
#include "gan/gan_step.h"
#include "json/json.h"

#include <stdlib.h>

enum { NZ = 6, NGF = 4, NDF = 3, BATCH = 4, STEPS = 3, SIDE = 64 };

/* From -0.5 to 0.5. */
static float value(uint32_t n)
{
	uint32_t x = n * 2654435761u;

	x ^= x >> 15;
	x *= 2246822519u;
	x ^= x >> 13;
	return (float)(x >> 8) * 0x1p-24f - 0.5f;
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

static void check_step(struct gan *m, const struct json *want)
{
	static float real[BATCH * SIDE * SIDE * 3], z[BATCH * NZ];
	uint32_t step = (uint32_t)m->run.steps;
	struct gan_report r;
	struct err e = {0};

	for (uint32_t i = 0; i < sizeof real / sizeof *real; i++)
		real[i] = value(200000000 + step * 1000000 + i) * 2;
	for (uint32_t i = 0; i < sizeof z / sizeof *z; i++)
		z[i] = value(300000000 + step * 1000000 + i) * 4;
	ok(!gan_step(m, &(struct gan_batch){BATCH, real, NULL, z}, &r, &e),
		"step %u %s", step, e.msg);
	is_near(r.loss_d, number(want, "loss_d"), 2e-5, "loss of D");
	is_near(r.loss_g, number(want, "loss_g"), 2e-5, "loss of G");
	is_near(r.d_real, number(want, "d_real"), 1e-5, "D of real pictures");
	is_near(r.d_fake, number(want, "d_fake"), 1e-5, "D of fakes");
	is_near(r.d_fake_after, number(want, "d_fake_after"), 1e-5,
		"D of fakes, after it moved");
}

static void check_param(const struct nn_param *p, const struct json *want)
{
	int64_t n = nn_count(&p->x);
	const float *w = p->x.data;
	double sum = 0, norm = number(want, "norm");

	for (int64_t i = 0; i < n; i++)
		sum += (double)w[i] * w[i];
	is_str(p->name, json_get_str(want, "name"), "names as PyTorch's");
	/* A step is 2e-4, and of single precision. */
	is_near(w[0], number(want, "first"), 2e-6, "first value");
	is_near(w[n - 1], number(want, "last"), 2e-6, "last value");
	is_near(sqrt(sum), norm, 1e-6 * norm, "norm");
}

int main(void)
{
	struct gan_run run;
	struct nn_backend *be = nn_cpu_open(1);
	struct arena a = {0};
	struct err e = {0};
	struct gan m;
	size_t n;
	int line = 0;
	char *text =
		file_read("tests/golden/dcgan_step.jsonl", 1 << 20, &a, &n, &e);

	if (!ok(text != NULL, "golden values %s", e.msg))
		return done();
	gan_preset(&run, "pytorch", NULL);
	run.net.nz = NZ;
	run.net.ngf = NGF;
	run.net.ndf = NDF;
	gan_init(&m, &run, be);
	fill(&m.g.params, 0);
	fill(&m.d.params, 100000000);
	for (char *s = text, *end; (end = strchr(s, '\n')); s = end + 1) {
		struct json *want = json_parse(s, (size_t)(end - s), &a, &e);
		int i = line++ - STEPS;

		if (i < 0)
			check_step(&m, want);
		else if (i < m.g.params.n)
			check_param(m.g.params.p[i], want);
		else
			check_param(m.d.params.p[i - m.g.params.n], want);
	}
	is_int(line, STEPS + m.g.params.n + m.d.params.n, "every parameter");
	is_int(m.run.images, STEPS * BATCH, "images");
	gan_release(&m);
	be->close(be);
	arena_release(&a);
	return done();
}
