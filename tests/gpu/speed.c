/*
 * How fast a device is at the work that matters:
 *
 *	speed DEVICE DTYPE WORK [SECONDS]
 *
 * WORK: train-R-50, train-R-101, train-X-101-32x8d, infer-R-50, infer1-R-50
 * (a batch of one), dcgan. Prints a line of JSON. Pictures are noise of the
 * network's size, on the device; each training picture has 8 objects.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "gan/gan_step.h"
#include "nets.h"
#include "nn/device.h"
#include "rcnn/detect.h"
#include "rcnn/objective.h"

enum { TRUTHS = 8, GAN_BATCH = 128, SIDE = 64, WARM = 5, STEPS_MAX = 100000 };

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static float *noise(size_t n)
{
	struct rng r = rng_new(1, RNG_DRAW);
	float *v = mem_alloc(n, sizeof *v);

	for (size_t i = 0; i < n; i++)
		v[i] = rng_normal(&r);
	return v;
}

/* The same on the device. */
static float *noise_there(struct nn_backend *be, size_t n)
{
	float *v = noise(n), *there = be->alloc(be, n * sizeof *v);

	be->copy(be, there, v, n * sizeof *v);
	be->sync(be);
	mem_free(v);
	return there;
}

struct work {
	const char *name;
	struct nn_backend *be;
	enum nn_type type;
	double seconds; /* to measure for */
	int batch;
	int (*step)(struct work *w, struct err *e);
	/* A detector's. */
	struct rcnn_model m;
	struct nn_tape tape;
	struct nn_pool pool;
	struct arena arena;
	struct nn_tensor x;
	struct rcnn_readback readback[NN_TELLS];
	int64_t asked, told; /* steps */
	/* A generator's. */
	struct gan gan;
	struct gan_batch pictures;
	double loss;
};

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Steps are told late, as in a training: from one to the next is the time of
 * one, though it is not the same one's. */
static int measure(struct work *w, struct err *e)
{
	double *took = mem_alloc(STEPS_MAX, sizeof *took), end = 0;
	int n = 0;

	for (int i = -WARM; i < 3 || (now() < end && i < STEPS_MAX); i++) {
		double t = now();

		if (w->step(w, e))
			return -1;
		if (i < 0)
			end = now() + w->seconds;
		else
			took[n++] = now() - t;
	}
	qsort(took, (size_t)n, sizeof *took, by_size);
	printf("{\"work\":\"%s\",\"device\":\"%s\",\"dtype\":\"%s\","
	       "\"batch\":%d,\"steps\":%d,\"ms\":%.3f,"
	       "\"images_per_second\":%.1f,\"mib\":%zu,\"loss\":%.6g}\n",
		w->name, w->be->name,
		w->be->tf32 ? "TF32" : nn_type_name(w->type), w->batch, n,
		1e3 * took[n / 2], w->batch / took[n / 2],
		(w->pool.mark + w->gan.pool.mark + w->be->held(w->be)) >> 20,
		w->loss);
	mem_free(took);
	return 0;
}

/* ---- detectors ---- */

static void ask_to_train(struct work *w)
{
	struct rcnn_readback *readback = &w->readback[w->asked % NN_TELLS];
	int n = w->batch;
	struct rcnn_truth truth[TRUTHS];
	struct rcnn_example *example;
	struct rcnn_step s;

	nn_tape_reset(&w->tape);
	w->tape.record = w->tape.train = true;
	nn_params_clear_grads(&w->m.params);
	example = arena_zero(&w->arena, (size_t)n, sizeof *example);
	for (int i = 0; i < TRUTHS; i++) {
		float x = 140 * (float)i, y = 60 * (float)i;

		truth[i] = (struct rcnn_truth){
			{x, y, x + 200, y + 300}, 1 + i, false};
	}
	for (int i = 0; i < n; i++)
		example[i] = (struct rcnn_example){
			{(float)w->x.dim[2], (float)w->x.dim[1], 1}, truth,
			TRUTHS};
	rcnn_losses(&w->m, &w->tape, &w->x, example, w->asked, &s);
	rcnn_update(&s, w->asked++);
	rcnn_tell(&s, readback);
}

static int train(struct work *w, struct err *e)
{
	int ahead = w->be->host ? 1 : NN_TELLS;
	struct rcnn_losses l;
	double norm;
	int bad;

	while (w->asked < w->told + ahead)
		ask_to_train(w);
	bad = rcnn_told(&w->readback[w->told++ % NN_TELLS], &l, &norm, e);
	w->loss = (double)l.total;
	return bad;
}

static int infer(struct work *w, struct err *e)
{
	struct rcnn_detect_rule rule = rcnn_config_detect_rule(&w->m.config);
	struct rcnn_sight *sight;
	struct rcnn_found **found;
	float width = (float)w->x.dim[2], height = (float)w->x.dim[1];
	size_t n = (size_t)w->batch;

	(void)e;
	nn_tape_reset(&w->tape);
	w->tape.record = w->tape.train = false;
	sight = arena_zero(&w->arena, n, sizeof *sight);
	found = arena_zero(&w->arena, n, sizeof *found);
	for (size_t i = 0; i < n; i++) {
		sight[i] = (struct rcnn_sight){
			{width, height, 1}, width, height, false};
		found[i] = arena_zero(&w->arena, 1, sizeof **found);
	}
	rcnn_look(&w->m, &w->tape, &w->x, sight, &rule, &w->arena, found);
	for (size_t i = 0; i < n; i++) {
		struct rcnn_found chosen;

		rcnn_choose(found[i], &rule, &w->arena, &chosen);
	}
	return 0;
}

static int detector(struct work *w, const char *name, int batch, struct err *e)
{
	struct rcnn_config c;

	for (int i = 0; i < GPU_NETS; i++) {
		const struct gpu_net *net = &gpu_nets[i];

		if (strcmp(net->name, name))
			continue;
		if (gpu_net_config(net, &c, e))
			return -1;
		/* What is measured is a step, not a recipe. */
		c.base_lr = 1e-5;
		w->batch = batch ? batch : net->batch;
		nn_pool_init(&w->pool, w->be);
		w->tape = (struct nn_tape){
			.be = w->be, .arena = &w->arena, .pool = &w->pool};
		for (int k = 0; k < NN_TELLS; k++)
			nn_readback_init(&w->readback[k].readback, w->be, k);
		rcnn_model_init(&w->m, w->be, &c, 1);
		w->m.dtype = w->type;
		w->x = (struct nn_tensor){.type = NN_F32,
			.rank = 4,
			.dim = {w->batch, net->h, net->w, 3}};
		w->x.data = noise_there(w->be, (size_t)nn_count(&w->x));
		return measure(w, e);
	}
	return err_set(e, ERR_USAGE, "no network is called '%s'", name);
}

/* ---- the generator ---- */

static int gan_once(struct work *w, struct err *e)
{
	int ahead = gan_asks_ahead(&w->gan) ? NN_TELLS : 1;
	struct gan_report r;

	while (w->gan.nasked < ahead) {
		gan_noise(&w->gan, &w->pictures);
		gan_ask(&w->gan, &w->pictures);
	}
	if (gan_told(&w->gan, &r, e))
		return -1;
	w->loss = r.loss_d + r.loss_g;
	return 0;
}

static int generator(struct work *w, struct err *e)
{
	struct gan_run run;

	if (gan_preset(&run, "pytorch", e))
		return -1;
	run.batch = GAN_BATCH;
	w->batch = GAN_BATCH;
	gan_init(&w->gan, &run, w->be);
	w->gan.dtype = w->type;
	w->pictures = (struct gan_batch){.n = GAN_BATCH,
		.store = w->be->alloc(
			w->be, (size_t)GAN_BATCH * SIDE * SIDE * DCGAN_COLOURS),
		.which = mem_alloc(GAN_BATCH, sizeof(int32_t)),
		.z = noise((size_t)(GAN_BATCH * run.net.nz))};
	w->step = gan_once;
	return measure(w, e);
}

static int run(struct work *w, struct err *e)
{
	if (!strcmp(w->name, "dcgan"))
		return generator(w, e);
	if (!strncmp(w->name, "train-", 6)) {
		w->step = train;
		return detector(w, w->name + 6, 0, e);
	}
	w->step = infer;
	if (!strncmp(w->name, "infer-", 6))
		return detector(w, w->name + 6, 0, e);
	if (!strncmp(w->name, "infer1-", 7))
		return detector(w, w->name + 7, 1, e);
	return err_set(e, ERR_USAGE, "no work is called '%s'", w->name);
}

int main(int argc, char **argv)
{
	static struct work w;
	struct err e;

	if (argc < 4) {
		fprintf(stderr, "usage: speed DEVICE DTYPE WORK [SECONDS]\n");
		return ERR_USAGE;
	}
	w.name = argv[3];
	w.seconds = argc > 4 ? strtod(argv[4], NULL) : 10;
	w.be = nn_device_open(argv[1], 0, &e);
	if (!w.be || nn_dtype(argv[2], w.be, &w.type, &e) || run(&w, &e)) {
		fprintf(stderr, "speed: %s\n", e.msg);
		return e.code;
	}
	return 0;
}
