/* The plan of a run, and a run that is made of two. */
#include "tap.h"
#include "gan/gan_file.h"
#include "gan/gan_train.h"

#include <stdlib.h>
#include <unistd.h>

static char model[] = "/tmp/gan_train_test.XXXXXX";
static int steps, samples;
static int64_t stop_after = 1000;

static void check_plan(void)
{
	struct gan_wish w = {.seed = -1};
	struct gan_run run, old;
	struct err e = {0};

	is_int(gan_plan(&old, &w, NULL, &e), 0, "no wishes");
	is_str(old.net.preset, "pytorch", "the preset");
	is_int(old.net.width, 64, "its size");
	is_int(old.batch, 64, "the batch");
	is_int(old.seed, 1, "the seed");
	w.seed = 0;
	w.ngf = 8;
	is_int(gan_plan(&run, &w, NULL, &e), 0, "some wishes");
	is_int(run.seed, 0, "a seed of 0 is one");
	is_int(run.net.ngf, 8, "a width");
	is_int(gan_plan(&run, &w, &old, &e), -1, "a checkpoint has others");
	ok(strstr(e.msg, "--ngf: 8") && strstr(e.msg, "has 64"), "%s", e.msg);
	w = (struct gan_wish){.seed = 1, .batch = 64, .preset = "pytorch"};
	old.images = 77;
	is_int(gan_plan(&run, &w, &old, &e), 0, "or the same");
	is_int(run.images, 77, "and goes on");
	w.preset = "garment";
	is_int(gan_plan(&run, &w, NULL, &e), -1, "a preset there isn't");
	w = (struct gan_wish){.seed = -1, .width = 96};
	is_int(gan_plan(&run, &w, NULL, &e), -1, "a size it cannot make");
}

/* Pictures by their number, 5 of them. */
static int batch(void *to, int64_t seen, int max, float *real)
{
	(void)to;
	for (int i = 0; i < max; i++)
		for (int k = 0; k < 64 * 64 * 3; k++)
			*real++ = sinf((float)((seen + i) % 5 * 31 + k));
	return max;
}

static int report(void *to, const struct gan_report *r, int n, struct err *e)
{
	const struct gan *m = to;

	(void)e;
	ok(isfinite(r->loss_d) && isfinite(r->loss_g), "losses");
	is_int(m->run.images, m->run.steps * n, "counted");
	steps++;
	return 0;
}

static int sample(void *to, struct err *e)
{
	(void)to;
	(void)e;
	samples++;
	return 0;
}

static bool stopped(void)
{
	return steps >= stop_after;
}

static bool never(void)
{
	return false;
}

/* From the checkpoint, if there is one, to so many images. */
static void train(int64_t images, struct gan *m, struct nn_backend *be)
{
	const struct gan_wish w = {.seed = 3, .batch = 2, .ngf = 2, .ndf = 2};
	const struct gan_loop how = {.model = model,
		.images = images,
		.save_every = 1000,
		.sample_every = 4,
		.batch = batch,
		.report = report,
		.sample = sample,
		.to = m,
		.stopped = stopped,
		.save_asked = never};
	struct err e = {0};

	steps = samples = 0;
	if (!ok(!gan_start(m, &w, be, model, true, &e), "begun %s", e.msg))
		exit(done());
	ok(!gan_train(m, &how, &e), "trained %s", e.msg);
}

/* The bits of all weights, added. */
static uint64_t bits(const struct gan *m)
{
	uint64_t sum = 0;

	for (int i = 0; i < m->g.params.n; i++) {
		const struct nn_tensor *x = &m->g.params.p[i]->x;
		const uint32_t *w = x->data;

		for (int64_t k = 0; k < nn_count(x); k++)
			sum = sum * 31 + w[k];
	}
	return sum;
}

int main(void)
{
	struct nn_backend *be = nn_cpu_open(1);
	struct gan_wish w = {.seed = -1};
	struct gan m;
	struct err e = {0};
	uint64_t straight;
	int fd = mkstemp(model);

	close(fd);
	unlink(model);
	check_plan();
	train(10, &m, be);
	is_int(steps, 5, "steps");
	is_int(samples, 3, "samples: twice on the way, and at the end");
	straight = bits(&m);
	gan_release(&m);
	is_int(gan_start(&m, &w, be, model, false, &e), -1,
		"a run is not overwritten");
	is_int(e.code, ERR_CREATE, "its error");
	unlink(model);

	stop_after = 3;
	train(10, &m, be);
	is_int(m.run.images, 6, "stopped");
	is_int(samples, 1, "without a last sample");
	gan_release(&m);
	stop_after = 1000;
	train(10, &m, be);
	is_int(steps, 2, "what was left of it");
	ok(bits(&m) == straight, "the same weights, to the last bit");
	gan_release(&m);
	unlink(model);
	be->close(be);
	return done();
}
