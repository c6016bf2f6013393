/*
 * Whole training steps on a card that is not there (card.c) beside the CPU's,
 * kernel by kernel and as graphs: the same losses and gradients, told at once
 * or when the next step is asked for; and how often the host waits for the
 * card's work in a step, which must not become more.
 */
#include "tap.h"
#include "gan/gan_draw.h"
#include "gan/gan_step.h"
#include "nn/prefetch.h"
#include "nn/device.h"
#include "nn/ema.h"
#include "nn/snapshot.h"
#include "rcnn/detect.h"
#include "rcnn/objective.h"
#include "tiny_rcnn.h"

#include <stdlib.h>
#include <string.h>

enum { PICTURES = 2, SIDE = 128, STEPS = 4, BATCH = 2, GAN_SIDE = 64 };
/* The step of a detector whose picture is no picture. */
enum { BAD = 1 };

long card_waits(void); /* card.c */
long card_graphs(void);

static void near(const char *what, int step, double got, double want, double by)
{
	if (!ok(fabs(got - want) <= by * (1 + fabs(want)), "step %d: %s, %.4g",
		    step, what, want))
		printf("# got %.9g, want %.9g\n", got, want);
}

/* ---- a detector ---- */

struct detector_step {
	bool bad;
	struct rcnn_losses losses;
	double norm;
	long waits, graphs;
	long looks;  /* waits of a detection after the last step, */
	int objects; /* what it found, */
	double best; /* and the highest score; */
	double sum;  /* of all weights, statistics, and means of them */
};

static float picture[PICTURES * SIDE * SIDE * 3];

/* What the detector finds in the first picture. */
static void detect(
	struct rcnn_model *m, struct nn_tape *t, struct detector_step *to)
{
	const struct rcnn_sight sight = {{SIDE, 120, 1}, SIDE, 120, false};
	struct rcnn_detect_rule rule = rcnn_config_detect_rule(&m->config);
	struct nn_tensor x = {.type = NN_F32,
		.rank = 4,
		.dim = {1, SIDE, SIDE, 3},
		.data = picture};
	struct rcnn_found found;
	long before = card_waits();

	nn_tape_reset(t);
	t->record = t->train = false;
	rcnn_detect(m, t, nn_to_device(t, &x), &sight, &rule, &found);
	to->looks = card_waits() - before;
	to->objects = found.n;
	to->best = found.n ? (double)found.list[0].score : 0;
}

struct run {
	struct rcnn_model m;
	struct nn_tape t;
	struct arena step;
	struct nn_pool pool;
	struct nn_prefetch ahead;
	struct nn_snapshot snapshot;
	struct nn_ema ema;
	struct rcnn_readback readback[2];
};

static void begin(struct run *r, struct nn_backend *be)
{
	struct rcnn_config config = tiny();

	config.base_lr = 1e-3;
	config.clip_norm = 1;
	snprintf(config.norm, sizeof config.norm, "batch");
	*r = (struct run){.t = {.be = be, .arena = &r->step, .pool = &r->pool}};
	rcnn_model_init(&r->m, be, &config, 1);
	nn_pool_init(&r->pool, be);
	nn_prefetch_init(&r->ahead, be, sizeof picture);
	nn_ema_init(&r->ema, &r->m.params);
	for (int i = 0; i < 2; i++)
		nn_readback_init(&r->readback[i].readback, be, i);
}

static void end(struct run *r)
{
	for (int i = 0; i < 2; i++)
		nn_readback_release(&r->readback[i].readback);
	nn_ema_release(&r->ema);
	nn_snapshot_release(&r->snapshot);
	nn_prefetch_release(&r->ahead);
	nn_pool_release(&r->pool);
	rcnn_model_release(&r->m);
	arena_release(&r->step);
}

/* Ask for a step. What the host has is spoilt at once. */
static void ask(struct run *r, int i)
{
	struct rcnn_truth truth[] = {
		{{10, 20, 60, 90}, 1, false}, {{50, 8, 100, 60}, 2, false}};
	struct rcnn_example example[PICTURES] = {
		{{SIDE, 120, 1}, truth, 2}, {{100, SIDE, 1}, truth, 1}};
	static float no_picture[PICTURES * SIDE * SIDE * 3];
	struct nn_tensor x = {.type = NN_F32,
		.rank = 4,
		.dim = {PICTURES, SIDE, SIDE, 3},
		.data = i == BAD ? no_picture : picture};
	struct nn_tensor there;
	struct rcnn_step s;

	no_picture[SIDE] = INFINITY;
	nn_tape_reset(&r->t);
	r->t.record = r->t.train = true;
	nn_params_clear_grads(&r->m.params);
	there = nn_prefetch_take(&r->ahead, i, &x);
	nn_snapshot_take(&r->snapshot, &r->m.params);
	rcnn_losses(&r->m, &r->t, &there, example, i, &s);
	rcnn_update(&s, i);
	rcnn_tell(&s, &r->readback[i % 2]);
	nn_snapshot_restore(&r->snapshot, &r->m.params);
	nn_ema_step(&r->ema, &r->m.params, 0.5F);
	memset(truth, -1, sizeof truth);
	memset(example, -1, sizeof example);
}

static double sum_of(const struct nn_params *ps)
{
	double sum = 0;

	for (int i = 0; i < ps->n; i++) {
		const struct nn_tensor *x = &ps->p[i]->x;
		float *v = malloc(nn_bytes(x));

		ps->be->copy(ps->be, v, x->data, nn_bytes(x));
		for (int64_t k = 0; k < nn_count(x); k++)
			sum += (double)(v[k] * (float)(1 + k % 7));
		free(v);
	}
	return sum;
}

/* late: a step is told when the next one is asked for. */
static void detector_steps(
	struct nn_backend *be, bool late, struct detector_step *to)
{
	struct run r;
	struct err e;

	begin(&r, be);
	for (int i = 0; i < STEPS; i++, to++) {
		long before = card_waits(), graphs = card_graphs();

		if (!late || i == 0)
			ask(&r, i);
		if (late && i + 1 < STEPS)
			ask(&r, i + 1);
		to->bad = rcnn_told(
			&r.readback[i % 2], &to->losses, &to->norm, &e);
		to->waits = card_waits() - before;
		to->graphs = card_graphs() - graphs;
	}
	detect(&r.m, &r.t, --to);
	to->sum = sum_of(&r.m.params) + sum_of(&r.ema.mean);
	end(&r);
}

static void check_step(int i, const struct detector_step *got,
	const struct detector_step *want)
{
	const struct rcnn_losses *w = &want->losses, *g = &got->losses;

	is_int(got->bad, i == BAD, "bad, or not");
	is_int(want->bad, i == BAD, "for the CPU, too");
	if (i == BAD)
		return;
	near("loss_rpn_cls", i, g->rpn_cls, w->rpn_cls, 1e-4);
	near("loss_rpn_bbox", i, g->rpn_box, w->rpn_box, 1e-4);
	near("loss_cls", i, g->cls, w->cls, 1e-4);
	near("loss_bbox", i, g->box, w->box, 1e-4);
	near("accuracy_cls", i, g->accuracy, w->accuracy, 1e-4);
	near("the gradient", i, got->norm, want->norm, 1e-2);
	is_int(g->regions, w->regions, "as many regions");
}

static void check_detector(
	struct nn_backend *cpu, struct nn_backend *card, int graphs)
{
	struct detector_step want[STEPS], got[STEPS], late[STEPS];
	struct detector_step *last = &got[STEPS - 1];
	struct rng r = rng_new(4, 0);

	for (int i = 0; i < PICTURES * SIDE * SIDE * 3; i++)
		picture[i] = rng_normal(&r);
	detector_steps(cpu, false, want);
	detector_steps(card, false, got);
	detector_steps(card, true, late);
	for (int i = 0; i < STEPS; i++) {
		check_step(i, &got[i], &want[i]);
		is_int(late[i].bad, got[i].bad, "bad or not, told late");
		ok(i == BAD || (late[i].norm == got[i].norm &&
				       !memcmp(&late[i].losses, &got[i].losses,
					       sizeof got[i].losses)),
			"step %d: the same, told late", i);
		/* Until plans are made and memory is there. */
		ok(i == 0 || late[i].waits <= 1, "one wait, told late");
	}
	is_int(last->objects, want[STEPS - 1].objects, "as many objects");
	near("the best's score", STEPS, last->best, want[STEPS - 1].best, 1e-4);
	near("the weights", STEPS, last->sum, want[STEPS - 1].sum, 1e-4);
	ok(late[STEPS - 1].sum == last->sum, "the same weights, told late");
	/* For what it tells. */
	is_int(last->waits, 1, "waits of a detector's step");
	is_int(last->graphs, graphs, "and graphs");
	is_int(last->looks, 1, "waits of a detection");
}

/* ---- a generator ---- */

struct gan_told {
	struct gan_report r;
	long waits, graphs;
	uint8_t drawn[GAN_SIDE * GAN_SIDE * 3]; /* by G after the last step */
};

static void draw(struct gan *gan, uint8_t *px)
{
	struct gan_draw d;

	gan_draw_init(&d, gan->be, &gan->run.net, &gan->g, 1);
	gan_draw(&d, 0, px);
	gan_draw_release(&d);
}

/* Step after step; or each told only when the next is asked for, too. */
static void gan_run_steps(
	struct gan *gan, struct gan_batch *b, bool late, struct gan_told *to)
{
	struct err e;

	for (int i = 0; i < STEPS; i++, to++) {
		long before = card_waits(), graphs = card_graphs();

		if (!gan->nasked) {
			gan_noise(gan, b);
			gan_ask(gan, b);
		}
		if (late && gan_asks_ahead(gan) && i < STEPS - 1) {
			gan_noise(gan, b);
			gan_ask(gan, b);
		}
		if (gan_told(gan, &to->r, &e))
			printf("# %s\n", e.msg);
		to->waits = card_waits() - before;
		to->graphs = card_graphs() - graphs;
	}
}

static void gan_steps(struct nn_backend *be, const char *preset, bool late,
	struct gan_told *to)
{
	static uint8_t real[BATCH * GAN_SIDE * GAN_SIDE * 3];
	static float z[2 * BATCH * 128];
	int32_t which[BATCH] = {1, 0};
	uint8_t *store = be->alloc(be, sizeof real);
	struct gan_batch b = {BATCH, store, which, NULL, z};
	struct rng r = rng_new(8, 0);
	struct gan_run run;
	struct gan gan;

	for (int i = 0; i < BATCH * GAN_SIDE * GAN_SIDE * 3; i++)
		real[i] = (uint8_t)rng_u32(&r);
	be->copy(be, store, real, sizeof real);
	gan_preset(&run, preset, NULL);
	run.net.height = run.net.width = GAN_SIDE;
	run.how.r1 = run.how.r2 = run.how.r1 < 0;
	run.net.ngf = run.net.ndf = 4;
	gan_init(&gan, &run, be);
	gan_run_steps(&gan, &b, late, to);
	draw(&gan, to[STEPS - 1].drawn);
	gan_release(&gan);
	be->free(be, store, sizeof real);
}

/* The most that two pictures differ by. */
static int apart(const uint8_t *a, const uint8_t *b)
{
	int most = 0;

	for (int i = 0; i < GAN_SIDE * GAN_SIDE * 3; i++)
		if (abs(a[i] - b[i]) > most)
			most = abs(a[i] - b[i]);
	return most;
}

static bool same_report(const struct gan_report *a, const struct gan_report *b)
{
	return a->n == b->n && a->images == b->images && a->steps == b->steps &&
	       a->loss_d == b->loss_d && a->loss_g == b->loss_g &&
	       a->grad_d == b->grad_d && a->grad_g == b->grad_g;
}

static void check_gan(struct nn_backend *cpu, struct nn_backend *card,
	const char *preset, int graphs)
{
	static struct gan_told want[STEPS], got[STEPS], late[STEPS];

	gan_steps(cpu, preset, false, want);
	gan_steps(card, preset, false, got);
	gan_steps(card, preset, true, late);
	for (int i = 0; i < STEPS; i++) {
		const struct gan_report *w = &want[i].r, *g = &got[i].r;

		near("loss_d", i, g->loss_d, w->loss_d, 1e-3);
		near("loss_g", i, g->loss_g, w->loss_g, 1e-3);
		near("grad_d", i, g->grad_d, w->grad_d, 1e-2);
		near("grad_g", i, g->grad_g, w->grad_g, 1e-2);
		ok(same_report(&late[i].r, g), "step %d: the same, told late",
			i);
		ok(i == 0 || late[i].waits <= 1, "one wait, told late");
	}
	is_int(apart(late[STEPS - 1].drawn, got[STEPS - 1].drawn), 0,
		"the same is drawn, told late");
	is_int(apart(got[STEPS - 1].drawn, want[STEPS - 1].drawn) < 5, 1,
		"what it draws");
	is_int(got[STEPS - 1].waits, 1, preset);
	is_int(got[STEPS - 1].graphs, graphs, "and graphs");
}

/* ---- batches that are brought ahead ---- */

static float taken(struct nn_prefetch *a, int64_t number, float v)
{
	struct nn_tensor x = {
		.type = NN_F32, .rank = 1, .dim = {1}, .data = &v};
	struct nn_tensor there = nn_prefetch_take(a, number, &x);
	float got;

	a->be->copy(a->be, &got, there.data, sizeof got);
	return got;
}

static void check_ahead(struct nn_backend *be)
{
	float v = 2;
	struct nn_tensor x = {
		.type = NN_F32, .rank = 1, .dim = {1}, .data = &v};
	struct nn_prefetch a;

	nn_prefetch_init(&a, be, sizeof v);
	is_int((long)taken(&a, 1, 1), 1, "brought when taken");
	nn_prefetch_put(&a, 2, &x);
	is_int((long)taken(&a, 2, be->host ? 2 : 0), 2, "brought ahead");
	nn_prefetch_put(&a, 3, &x);
	is_int((long)taken(&a, 4, 4), 4, "another than was brought");
	nn_prefetch_release(&a);
}

int main(void)
{
	struct nn_backend *cpu = nn_cpu_open(1), *card;
	struct err e;

	check_ahead(cpu);
	/* The same steps, kernel by kernel and as graphs. */
	for (int graphs = 0; graphs < 2; graphs++) {
		setenv("DEEPSTYLE_GRAPH", graphs ? "1" : "0", 1);
		card = nn_cuda_open(0, &e);
		BUG_ON(!card);
		check_detector(cpu, card, graphs);
		check_gan(cpu, card, "pytorch", graphs);
		check_gan(cpu, card, "garment", graphs);
		check_ahead(card);
		card->close(card);
	}
	cpu->close(cpu);
	return done();
}
