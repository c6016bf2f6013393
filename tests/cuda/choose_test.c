/*
 * Regions that a card chooses, the one that is not there (card.c), beside the
 * host's sampling of the same proposals: the same, but that the card has rows
 * that count nothing where there are too few. Of pictures with crowds and
 * without objects, more proposals than are kept, fewer than are wanted, and
 * none.
 */
#include "tap.h"
#include "base/rng.h"
#include "nn/device.h"
#include "nn/tape.h"
#include "rcnn/proposals.h"
#include "rcnn/targets.h"

#include <string.h>

enum { PICTURES = 3, LEVELS = 2, AFTER = 300, CLASSES = 4 };

static const struct rcnn_truth truths[PICTURES][5] = {
	{{{10, 12, 50, 60}, 1, false}, {{0, 0, 30, 30}, 2, true},
		{{40, 30, 90, 70}, 3, false}, {{60, 2, 80, 20}, 2, false},
		{{61, 3, 82, 21}, 1, false}},
	{{{0, 0, 1, 1}, 0, false}},
	{{{5, 5, 40, 60}, 2, false}, {{50, 5, 70, 30}, 1, false}}};
static const int ntruths[PICTURES] = {5, 0, 2};
static const struct rcnn_view view[PICTURES] = {
	{96, 80, 1}, {70, 80, 0.5f}, {192, 160, 2}};

static struct nn_backend *be;
static struct nn_pool pool;
static struct arena host;

/* Proposals as the card leaves them. */
static struct nn_proposal proposal[PICTURES][LEVELS][AFTER];
static int32_t counts[PICTURES][LEVELS];

/* As many of each level, near a truth or anywhere; many share a score. */
static void draw(int n)
{
	struct rng r = rng_new(5, (uint64_t)n);

	for (int im = 0; im < PICTURES; im++) {
		for (int l = 0; l < LEVELS; l++) {
			counts[im][l] = n > 1 ? n - im - l : n;
			for (int i = 0; i < counts[im][l]; i++) {
				struct nn_proposal *p = &proposal[im][l][i];
				struct rcnn_box b = {70 * rng_uniform(&r),
					60 * rng_uniform(&r), 0, 0};

				b.x2 = b.x1 + 4 + 30 * rng_uniform(&r);
				b.y2 = b.y1 + 4 + 30 * rng_uniform(&r);
				if (ntruths[im] && i % 3)
					b = truths[im][i % ntruths[im]].box;
				b.x1 += 4 * rng_uniform(&r);
				b = rcnn_box_scale(&b, view[im].scale);
				memcpy(p->box, &b, sizeof b);
				p->score = (float)(n - i) / 2;
				if (i % 2)
					p->score = floorf(p->score);
			}
		}
	}
}

/* The host's, of the same. */
static void sample(const struct rcnn_roi_rule *rule, int most, bool together,
	const uint64_t *seed, struct rcnn_roi_targets *to)
{
	struct rcnn_proposals p[PICTURES];

	for (int im = 0; im < PICTURES; im++) {
		size_t room = (size_t)LEVELS * AFTER;

		p[im].box = arena_alloc(&host, room * sizeof *p[im].box);
		p[im].score = arena_alloc(&host, room * sizeof *p[im].score);
		p[im].n = 0;
		for (int l = 0; l < LEVELS; l++) {
			for (int i = 0; i < counts[im][l]; i++, p[im].n++) {
				memcpy(&p[im].box[p[im].n],
					proposal[im][l][i].box,
					sizeof *p[im].box);
				p[im].score[p[im].n] = proposal[im][l][i].score;
			}
		}
		if (!together)
			rcnn_collect(&p[im], 1, most, &host);
	}
	if (together)
		rcnn_collect(p, PICTURES, most, &host);
	for (int im = 0; im < PICTURES; im++)
		rcnn_roi_sample(p[im].box, p[im].n, &view[im], truths[im],
			ntruths[im], rule, seed[im], &host, &to[im]);
}

static const void *send(struct nn_tape *t, const void *v, size_t bytes)
{
	return nn_upload(t, NN_I32, 1, (int64_t[]){(int64_t)bytes / 4}, v)
		->data;
}

static struct nn_tensor *vector(struct nn_tape *t, enum nn_type type, int64_t n)
{
	return nn_new(t, type, 1, &n);
}

/* What is chosen, where the host reads it. */
struct chosen {
	const float *roi, *share, *delta, *part;
	const int32_t *at, *label, *place, *tally;
};

static void choose(struct nn_tape *t, struct nn_choose *how, struct chosen *c)
{
	struct nn_choose_truth all[5 + 2], *to = all;
	int32_t first[PICTURES + 1] = {0};
	int64_t rows = (int64_t)PICTURES * how->batch;
	int64_t objects = 4 * (int64_t)PICTURES * how->most_fg;
	struct nn_tensor *out[] = {vector(t, NN_F32, 5 * rows),
		vector(t, NN_I32, rows), vector(t, NN_I32, rows),
		vector(t, NN_F32, rows), vector(t, NN_I32, objects),
		vector(t, NN_F32, objects), vector(t, NN_F32, objects),
		vector(t, NN_I32, 2)};
	const void *got[8];

	for (int im = 0; im < PICTURES; im++) {
		first[im + 1] = first[im] + ntruths[im];
		for (int i = 0; i < ntruths[im]; i++, to++) {
			memcpy(to->box, &truths[im][i].box, sizeof to->box);
			to->label = truths[im][i].label;
			to->crowd = truths[im][i].crowd;
		}
	}
	how->truths = 5;
	how->truth = send(t, all, sizeof all);
	how->first = send(t, first, sizeof first);
	how->proposal = send(t, proposal, sizeof proposal);
	how->count = send(t, counts, sizeof counts);
	how->view = send(t, view, sizeof view);
	be->choose(be, how,
		&(struct nn_choice){out[0]->data, out[1]->data, out[2]->data,
			out[3]->data, out[4]->data, out[5]->data, out[6]->data,
			out[7]->data});
	for (int i = 0; i < 8; i++)
		got[i] = nn_host(t, out[i]);
	*c = (struct chosen){.roi = got[0],
		.at = got[1],
		.label = got[2],
		.share = got[3],
		.place = got[4],
		.delta = got[5],
		.part = got[6],
		.tally = got[7]};
}

/* Differences between row i of picture im, and what the host has. */
static int row_wrong(const struct nn_choose *how, const struct chosen *c,
	const struct rcnn_roi_targets *want, const struct rcnn_pyramid *levels,
	int im, int i, int regions)
{
	int row = im * how->batch + i, wrong = 0;

	if (i >= want->n)
		return c->label[row] != -1 || c->share[row] != 0 ||
		       c->at[row] != 0;
	wrong += c->roi[5 * row] != (float)im;
	wrong += memcmp(c->roi + 5 * row + 1, &want->roi[i], 16) != 0;
	wrong += c->label[row] != want->label[i];
	wrong += c->share[row] != 1 / (float)regions;
	wrong += c->at[row] !=
		 rcnn_box_level(&want->roi[i], levels) - levels->min;
	return wrong;
}

static int object_wrong(const struct nn_choose *how, const struct chosen *c,
	const struct rcnn_roi_targets *want, int im, int i)
{
	int at = 4 * (im * how->most_fg + i), row = im * how->batch + i;
	bool there = i < want->nfg;
	int kind = !there || how->agnostic ? 1 : want->label[i], wrong = 0;

	for (int k = 0; k < 4; k++) {
		if (!there) {
			wrong += c->place[at + k] != -1 || c->part[at + k] != 0;
			continue;
		}
		wrong += c->place[at + k] != row * how->channels + 4 * kind + k;
		wrong += c->delta[at + k] != want->delta[4 * i + k];
		wrong += c->part[at + k] != c->share[row];
	}
	return wrong;
}

static void check(const char *convention, struct rcnn_roi_rule rule, int each,
	int most, bool agnostic)
{
	static const uint64_t seed[PICTURES] = {7, 1, UINT64_MAX};
	const struct rcnn_convention *as = rcnn_convention(convention);
	struct rcnn_pyramid levels = {2, 5, 4, 30, as};
	struct arena step = {0};
	struct nn_tape t = {.be = be, .arena = &step, .pool = &pool};
	struct nn_choose how = {.n = PICTURES,
		.levels = LEVELS,
		.after = AFTER,
		.most = most,
		.together = as->together,
		.batch = rule.batch,
		.most_fg = rule.most_fg,
		.fg = rule.fg,
		.bg_hi = rule.bg_hi,
		.bg_lo = rule.bg_lo,
		.level_min = levels.min,
		.level_max = levels.max,
		.level = levels.level,
		.scale = levels.scale,
		.level_in = as->level_in,
		.level_out = as->level_out,
		.channels = 4 * (agnostic ? 2 : CLASSES),
		.agnostic = agnostic};
	struct rcnn_roi_targets want[PICTURES];
	int regions = 0, objects = 0, wrong = 0;
	struct chosen c;

	rule.pixel = how.pixel = as->pixel;
	draw(each);
	memcpy(how.weight, rule.weight, sizeof how.weight);
	how.seed = send(&t, seed, sizeof seed);
	sample(&rule, most, as->together, seed, want);
	choose(&t, &how, &c);
	for (int im = 0; im < PICTURES; im++) {
		regions += want[im].n;
		objects += want[im].nfg;
	}
	for (int im = 0; im < PICTURES; im++) {
		for (int i = 0; i < rule.batch; i++)
			wrong += row_wrong(
				&how, &c, &want[im], &levels, im, i, regions);
		for (int i = 0; i < rule.most_fg; i++)
			wrong += object_wrong(&how, &c, &want[im], im, i);
	}
	ok(!wrong && c.tally[0] == objects && c.tally[1] == regions,
		"%s, %d a level, %d kept, %d of %d objects at most: %d "
		"regions, %d of them objects, %d wrong",
		convention, each, most, rule.most_fg, rule.batch, regions,
		objects, wrong);
	nn_tape_reset(&t);
	arena_release(&step);
	arena_reset(&host);
}

int main(void)
{
	const struct rcnn_roi_rule usual = {
		0.5f, 0.5f, 0, 64, 16, {10, 10, 5, 5}, 0};
	struct rcnn_roi_rule rule = usual;
	struct err e;

	be = nn_cuda_open(0, &e);
	BUG_ON(!be || !be->choose);
	nn_pool_init(&pool, be);
	check("detectron", usual, 300, 900, false);
	/* Fewer are kept than there are, of all or of each. */
	check("detectron", usual, 290, 100, false);
	check("torchvision", usual, 290, 100, true);
	check("torchvision", usual, 300, 2000, false);
	/* Too few, one, none. */
	check("detectron", usual, 9, 900, false);
	check("torchvision", usual, 1, 900, true);
	check("detectron", usual, 0, 900, false);
	/* Both kinds at once; background that has to touch; no objects. */
	rule.bg_hi = 0.8f;
	check("detectron", rule, 200, 500, false);
	rule.bg_lo = 0.1f;
	check("torchvision", rule, 200, 500, false);
	rule.most_fg = 0;
	check("torchvision", rule, 200, 500, false);
	nn_pool_release(&pool);
	be->close(be);
	arena_release(&host);
	return done();
}
