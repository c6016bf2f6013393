/*
 * Anchors that a card chooses, the one that is not there (card.c), beside the
 * host's: the same anchors, labels, targets and shares to the bit, in whatever
 * order. Of pictures with crowds, without objects, and with more anchors than
 * one block lists; with more background than is wanted, and with less.
 */
#include "tap.h"
#include "nn/device.h"
#include "nn/tape.h"
#include "rcnn/rpn_lesson.h"

#include <stdlib.h>
#include <string.h>

enum { PICTURES = 3, ROWS_MAX = 80000 };

/* The second box of the first picture lies between anchors that tie. */
static const struct rcnn_truth truths[PICTURES][5] = {
	{{{10, 12, 50, 60}, 1, false}, {{128, 64, 159, 95}, 2, false},
		{{0, 0, 30, 30}, 2, true}, {{60, 2, 80, 20}, 2, false},
		{{90, 40, 255, 190}, 1, false}},
	{{{0, 0, 1, 1}, 0, false}},
	{{{5, 5, 40, 60}, 2, false}, {{50, 5, 52, 8}, 1, false}}};
static const struct rcnn_example example[PICTURES] = {
	{{256, 192, 1}, truths[0], 5}, {{200, 192, 0.5f}, truths[1], 0},
	{{250, 180, 2}, truths[2], 2}};

static struct rcnn_model model;
static struct rcnn_anchors anchors;

/* An anchor of a batch, or one of the four numbers that it should say. */
struct row {
	int32_t level, place;
	float is, share;
};

struct rows {
	struct row v[ROWS_MAX];
	int n;
};

struct lesson {
	struct rows anchor, delta;
};

static int by_place(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->level != y->level)
		return x->level < y->level ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

static void gather(struct rows *to, struct nn_tape *t, int level,
	const struct nn_tensor *place, const struct nn_tensor *is,
	const struct nn_tensor *share)
{
	const int32_t *p = nn_host(t, place);
	const float *v = nn_host(t, is), *k = nn_host(t, share);

	for (int64_t i = 0; i < nn_count(place); i++) {
		BUG_ON(to->n == ROWS_MAX);
		if (p[i] >= 0)
			to->v[to->n++] = (struct row){level, p[i], v[i], k[i]};
	}
}

static void teach(struct nn_backend *be, struct lesson *to)
{
	struct arena step = {0};
	struct nn_pool pool;
	struct nn_tape t = {.be = be, .arena = &step, .pool = &pool};
	struct rcnn_rpn_lesson l;
	struct rcnn_examples x;

	to->anchor.n = to->delta.n = 0;
	nn_pool_init(&pool, be);
	x = rcnn_examples(&t, example, PICTURES, 3, 14);
	rcnn_rpn_lesson(&model, &t, &anchors, &x, &l);
	for (int i = 0; i < anchors.levels; i++) {
		gather(&to->anchor, &t, i, l.at[i], l.label, l.share);
		gather(&to->delta, &t, i, l.place[i], l.delta, l.part);
	}
	nn_tape_reset(&t);
	nn_pool_release(&pool);
	arena_release(&step);
	qsort(to->anchor.v, (size_t)to->anchor.n, sizeof *to->anchor.v,
		by_place);
	qsort(to->delta.v, (size_t)to->delta.n, sizeof *to->delta.v, by_place);
}

static int differences(const struct rows *a, const struct rows *b)
{
	int n = abs(a->n - b->n);

	for (int i = 0; i < a->n && i < b->n; i++)
		n += memcmp(&a->v[i], &b->v[i], sizeof *a->v) != 0;
	return n;
}

static struct nn_backend *card, *cpu;

static void check(const char *convention, int batch, double straddle,
	double negative, int least)
{
	static const double ratios[] = {0.5, 1, 2};
	static struct lesson want, got;
	const struct rcnn_convention *as = rcnn_convention(convention);
	struct rcnn_config *c = &model.config;
	int n, objects;

	*c = rcnn_config_default;
	snprintf(c->conventions, sizeof c->conventions, "%s", convention);
	c->rpn_batch_size_per_im = batch;
	c->rpn_straddle_thresh = straddle;
	c->rpn_negative_overlap = negative;
	anchors = (struct rcnn_anchors){0};
	rcnn_anchors_add(&anchors, as, 48, 64, 4, 4, 32, ratios, 3);
	rcnn_anchors_add(&anchors, as, 24, 32, 8, 8, 64, ratios, 3);
	rcnn_anchors_add(&anchors, as, 12, 16, 16, 16, 128, ratios, 3);
	teach(cpu, &want);
	teach(card, &got);
	n = got.anchor.n;
	objects = got.delta.n / 4;
	ok(objects >= 3 && n >= least &&
			!differences(&want.anchor, &got.anchor) &&
			!differences(&want.delta, &got.delta),
		"%s, %d a picture, straddle %g: %d anchors, %d of them "
		"objects, %d and %d wrong",
		convention, batch, straddle, n, objects,
		differences(&want.anchor, &got.anchor),
		differences(&want.delta, &got.delta));
}

int main(void)
{
	struct err e;

	card = nn_cuda_open(0, &e);
	cpu = nn_cpu_open(1);
	BUG_ON(!card || !card->match || cpu->match);
	check("detectron", 256, 0, 0.3, 600);
	check("detectron", 256, -1, 0.3, 600);
	check("torchvision", 256, -1, 0.3, 3 * 256);
	check("detectron2", 256, -1, 0.3, 3 * 256);
	/* All of them. */
	check("detectron", 20000, 0, 0.3, 10000);
	check("torchvision", 20000, -1, 0.3, 30000);
	/* More objects than are taken; background that is objects, too. */
	check("detectron", 8, 10, 0.9, 15);
	check("torchvision", 8, 10, 0.9, 24);
	/* Little background. */
	check("detectron", 4096, 0, 1e-6, 3000);
	card->close(card);
	cpu->close(cpu);
	return done();
}
