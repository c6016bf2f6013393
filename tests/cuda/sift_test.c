/*
 * Candidates that a card finds, the one that is not there (card.c), beside the
 * host's of the same answers: the same to the bit, in the same order. Of
 * pictures that are seen mirrored and scaled, one without regions, of logits
 * and deltas that blow up or are NaN, of more regions than a block has threads.
 */
#include "tap.h"
#include "base/rng.h"
#include "nn/device.h"
#include "nn/tape.h"
#include "rcnn/postprocess.h"

#include <math.h>
#include <string.h>

enum { PICTURES = 3, ROWS = 300, CLASSES = 5 };

static const int regions[PICTURES] = {ROWS, 0, 270};
static const struct rcnn_sight sight[PICTURES] = {{{96, 80, 1}, 96, 80, false},
	{{70, 80, 0.5f}, 140, 160, true}, {{195, 135, 1.5f}, 130, 90, true}};

static struct nn_backend *be;
static struct nn_pool pool;
static float roi[PICTURES * ROWS][5];
static int32_t label[PICTURES * ROWS];
static float logits[PICTURES * ROWS][CLASSES];
static float deltas[PICTURES * ROWS][CLASSES * 4];

static void draw(void)
{
	struct rng r = rng_new(11, 0);

	for (int i = 0; i < PICTURES * ROWS; i++) {
		const struct rcnn_view *v = &sight[i / ROWS].view;
		float *b = roi[i];

		b[0] = (float)(i / ROWS);
		b[1] = v->w * rng_uniform(&r);
		b[2] = v->h * rng_uniform(&r);
		b[3] = b[1] + 1 + 60 * rng_uniform(&r);
		b[4] = b[2] + 1 + 60 * rng_uniform(&r);
		label[i] = i % ROWS < regions[i / ROWS] ? 0 : -1;
		for (int k = 0; k < CLASSES; k++)
			logits[i][k] = 4 * rng_normal(&r);
		for (int k = 0; k < 4 * CLASSES; k++)
			deltas[i][k] = rng_normal(&r);
		if (i % 50 == 7)
			logits[i][i % CLASSES] = i % 100 == 7 ? NAN : INFINITY;
		if (i % 40 == 5)
			deltas[i][i % (4 * CLASSES)] = i % 80 == 5 ? NAN : 1e9f;
	}
}

static const void *send(struct nn_tape *t, const void *v, size_t bytes)
{
	return nn_upload_vector(t, NN_I32, (int64_t)bytes / 4, v)->data;
}

static void check(const char *convention, float score, bool agnostic)
{
	const struct rcnn_detect_rule rule = {.classes = CLASSES,
		.agnostic = agnostic,
		.weight = {10, 10, 5, 5},
		.score = score,
		.as = rcnn_convention(convention)};
	struct arena step = {0};
	struct nn_tape t = {.be = be, .arena = &step, .pool = &pool};
	int columns = agnostic ? 2 : CLASSES, all = 0, wrong = 0;
	int64_t room = ROWS * (CLASSES - 1);
	int64_t words = sizeof(struct nn_candidate) / sizeof(int32_t);
	struct nn_tensor *to, *count;
	struct nn_sight there[PICTURES];
	struct nn_sift how = {.n = PICTURES,
		.rows = ROWS,
		.classes = CLASSES,
		.agnostic = agnostic,
		.score = score,
		.refine = rcnn_refine(&rule)};
	const struct nn_candidate *got;
	const int32_t *n;

	for (int i = 0; i < PICTURES; i++)
		there[i] = rcnn_sight_sent(&sight[i]);
	how.roi = send(&t, roi, sizeof roi);
	how.label = send(&t, label, sizeof label);
	how.logit = send(&t, logits, sizeof logits);
	how.delta = send(&t, deltas, sizeof deltas);
	how.sight = send(&t, there, sizeof there);
	to = nn_new(&t, NN_I32, 3, (int64_t[]){PICTURES, room, words});
	count = nn_new(&t, NN_I32, 1, (int64_t[]){PICTURES});
	be->sift(be, &how, to->data, count->data);
	n = nn_host(&t, count);
	got = nn_host(&t, to);
	for (int im = 0; im < PICTURES; im++, got += room) {
		struct rcnn_found want = {0}, found = {0};
		struct rcnn_box box[ROWS];

		for (int i = 0; i < ROWS; i++)
			memcpy(&box[i], roi[im * ROWS + i] + 1, sizeof *box);
		rcnn_candidates(box, regions[im], logits[im * ROWS],
			(float *)deltas + (ptrdiff_t)im * ROWS * columns * 4,
			&sight[im], &rule, &step, &want);
		rcnn_found_add(&found, got, n[im], &step);
		wrong += want.n != found.n ||
			 (want.n && memcmp(want.list, found.list,
					    (size_t)want.n *
						    sizeof *want.list) != 0);
		all += found.n;
	}
	ok(!wrong && all > 0 && n[1] == 0, "%s, above %g%s: %d candidates",
		convention, (double)score, agnostic ? ", agnostic" : "", all);
	nn_tape_reset(&t);
	arena_release(&step);
}

int main(void)
{
	struct err e;

	be = nn_cuda_open(0, &e);
	BUG_ON(!be || !be->sift);
	nn_pool_init(&pool, be);
	draw();
	check("detectron", 0.05f, false);
	check("torchvision", 0.05f, false);
	check("detectron2", 0.5f, false);
	check("detectron", 0, true);
	check("torchvision", 0.9f, true);
	nn_pool_release(&pool);
	be->close(be);
	return done();
}
