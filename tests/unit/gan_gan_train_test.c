/* The plan of a run, and a run that is made of two. */
#define _DEFAULT_SOURCE /* mkstemps */
#include "tap.h"
#include "base/file.h"
#include "gan/gan_file.h"
#include "gan/gan_train.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char model[] = "/tmp/gan_train_test.XXXXXX.safetensors";
static int steps, samples;
static int64_t stop_after = 1000;

/* A wish that must be refused, by a message with this in it. */
static void refused(
	const struct gan_wish *w, const struct gan_run *old, const char *why)
{
	struct gan_run run;
	struct err e = {0};

	is_int(gan_plan(&run, w, 0, old, &e), -1, "refused");
	is_int(e.code, ERR_USAGE, "as a usage error");
	ok(strstr(e.msg, why) != NULL, "%s", e.msg);
}

static void check_wishes(void)
{
	struct gan_wish w = gan_no_wish;
	struct gan_run run;
	struct err e = {0};

	w.loss = "hinge";
	w.latent = "sphere";
	w.r1 = "0.5";
	w.r2 = "0";
	w.augment = "0.25";
	w.ema = w.flip = w.upsample = 0;
	w.colour = 1;
	w.lr_d = 1e-3;
	is_int(gan_plan(&run, &w, 0, NULL, &e), 0, "many wishes");
	is_int(run.how.loss, NN_GAN_HINGE, "a loss");
	is_int(run.net.latent, DCGAN_SPHERE, "noise");
	is_near(run.how.r1, 0.5, 0, "R1");
	is_near(run.how.r2, 0, 0, "R2");
	is_near(run.augment, 0.25, 0, "augmentation");
	ok(!run.how.ema && !run.how.flip && !run.net.upsample && run.how.colour,
		"switches");
	is_near(run.how.lr_d, 1e-3, 0, "a rate");
	is_near(run.how.lr_g, 2e-4, 0, "the other is the preset's");
	w = gan_no_wish;
	w.loss = "wasserstein";
	refused(&w, NULL, "--loss: one of bce, hinge, rp expected");
	w = gan_no_wish;
	w.augment = "2";
	refused(&w, NULL, "--augment: auto or a number in 0..1");
	w.augment = "much";
	refused(&w, NULL, "not 'much'");
	w = gan_no_wish;
	w.d_norm = 1;
	refused(&w, NULL, "--no-d-norm, or --r1 0 --r2 0");
	w.r1 = w.r2 = "0";
	is_int(gan_plan(&run, &w, 0, NULL, &e), 0, "without them it goes");
}

static void check_plan(void)
{
	struct gan_wish w = gan_no_wish;
	struct gan_run run, old;
	struct err e = {0};

	is_int(gan_plan(&old, &w, 0, NULL, &e), 0, "no wishes");
	is_str(old.net.preset, "garment", "the preset");
	is_int(old.net.height, 96, "its size");
	is_near(old.how.r1, gan_auto_gamma(64, 96), 0, "auto is a number");
	w.preset = "pytorch";
	is_int(gan_plan(&old, &w, 0, NULL, &e), 0, "another preset");
	is_int(old.net.width, 64, "its size");
	is_int(old.batch, 64, "the batch");
	is_int(old.seed, 1, "the seed");
	w.seed = 0;
	w.ngf = 8;
	is_int(gan_plan(&run, &w, 0, NULL, &e), 0, "some wishes");
	is_int(run.seed, 0, "a seed of 0 is one");
	is_int(run.net.ngf, 8, "a width");
	refused(&w, &old, "--ngf: 8 was asked for, but the checkpoint has 64");
	w = gan_no_wish;
	w.seed = 1;
	w.batch = 64;
	w.preset = "pytorch";
	w.loss = "bce";
	old.images = 77;
	is_int(gan_plan(&run, &w, 0, &old, &e), 0, "or the same");
	is_int(run.images, 77, "and goes on");
	w.loss = "rp";
	refused(&w, &old, "--loss: rp was asked for");
	w.loss = NULL;
	is_int(gan_plan(&run, &w, 3, &old, &e), -1, "labels that it had not");
	w.preset = "wgan";
	refused(&w, NULL, "'wgan' is not available");
	w = gan_no_wish;
	w.width = 97;
	refused(&w, NULL, "97x96 cannot be made");
}

enum { PICTURES = 5 };

/* Of any size that a preset has. */
static const uint8_t *pictures(void)
{
	static uint8_t store[PICTURES * 96 * 64 * 3];

	for (size_t i = 0; i < sizeof store; i++)
		store[i] = (uint8_t)(127.5f * (1 + sinf((float)i)));
	return store;
}

/* By their number. */
static int batch(void *to, int64_t seen, struct gan_batch *b)
{
	const struct dcgan_config *c = &((const struct gan *)to)->run.net;
	float *label = b->label;

	for (int i = 0; i < b->n; i++) {
		b->which[i] = (int)(seen + i) % PICTURES;
		for (int k = 0; k < c->labels; k++)
			*label++ = b->which[i] % 2 == k;
	}
	return b->n;
}

static int report(void *to, const struct gan_report *r, struct err *e)
{
	const struct gan *m = to;

	(void)e;
	ok(isfinite(r->loss_d) && isfinite(r->loss_g), "losses");
	is_int(m->run.images, m->run.steps * r->n, "counted");
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
static void train(const char *preset, const struct gan_labels *labels,
	int64_t images, struct gan *m, struct nn_backend *be)
{
	struct gan_wish w = gan_no_wish;
	const struct gan_loop how = {.model = model,
		.store = pictures(),
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

	w.preset = preset;
	w.seed = 3;
	w.batch = w.ngf = w.ndf = 2;
	w.span = 20;
	steps = samples = 0;
	if (!ok(!gan_start(m, &w, labels, be, model, true, &e), "begun %s",
		    e.msg))
		exit(done());
	ok(!gan_train(m, &how, &e), "trained %s", e.msg);
}

/* The whole checkpoint: weights, moments, mean, counts. */
static const char *bytes(struct arena *a, size_t *n)
{
	struct err e = {0};
	const char *all = file_read(model, 1 << 26, a, n, &e);

	ok(all != NULL, "read %s", e.msg);
	return all;
}

/* In one go, and in two. */
static void check_resume(const char *preset, const struct gan_labels *labels,
	struct nn_backend *be)
{
	struct gan_wish w = gan_no_wish;
	struct arena a = {0};
	struct gan m;
	struct err e = {0};
	const char *straight, *broken;
	size_t n, n2;

	unlink(model);
	stop_after = 1000;
	train(preset, labels, 10, &m, be);
	is_int(steps, 5, preset);
	is_int(samples, 3, "samples: twice on the way, and at the end");
	straight = bytes(&a, &n);
	gan_release(&m);
	is_int(gan_start(&m, &w, labels, be, model, false, &e), -1,
		"a run is not overwritten");
	is_int(e.code, ERR_CREATE, "its error");
	unlink(model);

	stop_after = 3;
	train(preset, labels, 10, &m, be);
	is_int(m.run.images, 6, "stopped");
	is_int(samples, 1, "without a last sample");
	gan_release(&m);
	stop_after = 1000;
	train(preset, labels, 10, &m, be);
	is_int(steps, 2, "what was left of it");
	gan_release(&m);
	broken = bytes(&a, &n2);
	ok(n == n2 && !memcmp(straight, broken, n),
		"%s: the same checkpoint, to the last bit", preset);
	arena_release(&a);
	unlink(model);
}

int main(void)
{
	struct nn_backend *be = nn_cpu_open(1);
	struct gan_labels labels = {0};
	struct gan_wish w = gan_no_wish;
	struct gan m;
	struct err e = {0};
	int fd = mkstemps(model, 12), k;

	close(fd);
	check_plan();
	check_wishes();
	check_resume("pytorch", NULL, be);
	check_resume("radford2015", NULL, be);
	check_resume("garment", NULL, be);
	k = gan_labels_key(&labels, "brand", NULL);
	gan_labels_value(&labels, k, "a", NULL);
	gan_labels_value(&labels, k, "b", NULL);
	check_resume("garment", &labels, be);
	train("garment", &labels, 4, &m, be);
	gan_release(&m);
	is_int(gan_start(&m, &w, NULL, be, model, true, &e), -1,
		"labels are not forgotten");
	gan_labels_value(&labels, k, "a", NULL);
	is_int(gan_start(&m, &w, &labels, be, model, true, &e), -1,
		"nor others taken for them");
	ok(strstr(e.msg, "--labels") != NULL, "%s", e.msg);
	unlink(model);
	gan_labels_release(&labels);
	be->close(be);
	return done();
}
