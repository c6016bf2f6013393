#include "rcnn/rpn_lesson.h"
#include "nn/ops.h"
#include "rcnn/propose.h"
#include "rcnn/targets.h"

#include <string.h>

/* What either way of choosing goes by. */
struct choice {
	struct nn_tape *t;
	const struct rcnn_anchors *anchors;
	const struct rcnn_examples *x;
	const struct rcnn_convention *as;
	struct rcnn_rpn_rule rule;
};

/* ---- by the host ---- */

static void *room(struct nn_tape *t, int64_t n)
{
	return arena_alloc(t->arena, (size_t)n * sizeof(float));
}

/* One over what a loss of picture im is divided by. */
static float share_of(const struct choice *c,
	const struct rcnn_rpn_targets *targets, int im, enum nn_divisor by)
{
	float pictures = (float)c->x->n, n = 0;

	if (by == NN_BY_ASKED)
		return 1 / (pictures * (float)c->rule.batch);
	if (by == NN_BY_PICTURE)
		return 1 / (pictures * (float)targets[im].n);
	for (int i = 0; i < c->x->n; i++)
		n += (float)targets[i].n;
	return 1 / n;
}

/* Row by row, what all levels have in common. */
static void write_rows(const struct choice *c,
	const struct rcnn_rpn_targets *targets, int64_t rows, int64_t objects,
	struct rcnn_rpn_lesson *l)
{
	struct nn_tape *t = c->t;
	float *label = room(t, rows), *share = room(t, rows);
	float *delta = room(t, objects), *part = room(t, objects);
	int64_t row = 0, k = 0;

	for (int im = 0; im < c->x->n; im++) {
		const struct rcnn_rpn_targets *r = &targets[im];

		memcpy(label + row, r->label, (size_t)r->n * sizeof *label);
		memcpy(delta + k, r->delta, 4 * (size_t)r->nfg * sizeof *delta);
		for (int i = 0; i < r->n; i++)
			share[row++] = share_of(c, targets, im, c->as->rpn_cls);
		for (int i = 0; i < 4 * r->nfg; i++)
			part[k++] = share_of(c, targets, im, c->as->rpn_box);
	}
	l->label = nn_upload_vector(t, NN_F32, rows, label);
	l->share = nn_upload_vector(t, NN_F32, rows, share);
	l->delta = nn_upload_vector(t, NN_F32, objects, delta);
	l->part = nn_upload_vector(t, NN_F32, objects, part);
}

/* Where those rows are that belong to a level. */
static void write_level(const struct choice *c,
	const struct rcnn_rpn_targets *targets, int64_t rows, int64_t objects,
	int level, struct rcnn_rpn_lesson *l)
{
	const struct rcnn_level *own = &c->anchors->level[level];
	int32_t size = own->h * own->w * own->shapes;
	int32_t *at = room(c->t, rows), *place = room(c->t, objects);
	int64_t row = 0, k = 0;

	for (int im = 0; im < c->x->n; im++) {
		const struct rcnn_rpn_targets *r = &targets[im];

		for (int i = 0; i < r->n; i++, row++) {
			int32_t a = r->index[i] - own->first;

			at[row] = a < 0 || a >= size ? -1 : im * size + a;
			for (int d = 0; d < 4 && i < r->nfg; d++)
				place[k++] = at[row] < 0 ? -1 : 4 * at[row] + d;
		}
	}
	l->at[level] = nn_upload_vector(c->t, NN_I32, rows, at);
	l->place[level] = nn_upload_vector(c->t, NN_I32, objects, place);
}

static void by_host(const struct choice *c, struct rcnn_rpn_lesson *l)
{
	struct arena *a = c->t->arena;
	struct rcnn_rpn_targets *targets =
		arena_zero(a, (size_t)c->x->n, sizeof *targets);
	int64_t rows = 0, objects = 0;

	for (int im = 0; im < c->x->n; im++) {
		const struct rcnn_example *ex = &c->x->example[im];

		rcnn_rpn_sample(c->anchors, &ex->view, ex->truth, ex->ntruths,
			&c->rule, c->x->seed[im], a, &targets[im]);
		rows += targets[im].n;
		objects += 4 * (int64_t)targets[im].nfg;
	}
	write_rows(c, targets, rows, objects, l);
	for (int level = 0; level < c->anchors->levels; level++)
		write_level(c, targets, rows, objects, level, l);
}

/* ---- by the device ---- */

static struct nn_match describe(const struct choice *c)
{
	const struct rcnn_rpn_rule *r = &c->rule;
	struct nn_match how = {.n = c->x->n,
		.levels = c->anchors->levels,
		.view = c->x->there.view,
		.truth = c->x->there.truth,
		.first = c->x->there.first,
		.truths = c->x->there.truths,
		.seed = c->x->there.seed,
		.positive = r->match.positive,
		.negative = r->match.negative,
		.straddle = r->match.straddle,
		.pixel = c->anchors->pixel,
		.batch = r->batch,
		.most_fg = r->most_fg,
		.redraw = r->redraw,
		.by = c->as->rpn_cls,
		.box_by = c->as->rpn_box};

	for (int l = 0; l < how.levels; l++)
		how.level[l] =
			rcnn_propose_level(&c->anchors->level[l], NULL, NULL);
	return how;
}

static void by_device(const struct choice *c, struct rcnn_rpn_lesson *l)
{
	struct nn_match how = describe(c);
	int64_t rows = (int64_t)how.n * how.batch;
	int64_t objects = 4 * (int64_t)how.n * how.most_fg;
	struct nn_tape *t = c->t;
	struct nn_matched to = {0};

	l->label = nn_new(t, NN_F32, 1, &rows);
	l->share = nn_new(t, NN_F32, 1, &rows);
	l->delta = nn_new(t, NN_F32, 1, &objects);
	l->part = nn_new(t, NN_F32, 1, &objects);
	to.label = l->label->data;
	to.share = l->share->data;
	to.delta = l->delta->data;
	to.part = l->part->data;
	for (int level = 0; level < how.levels; level++) {
		l->at[level] = nn_new(t, NN_I32, 1, &rows);
		l->place[level] = nn_new(t, NN_I32, 1, &objects);
		to.at[level] = l->at[level]->data;
		to.place[level] = l->place[level]->data;
	}
	t->be->match(t->be, &how, &to);
}

void rcnn_rpn_lesson(const struct rcnn_model *m, struct nn_tape *t,
	const struct rcnn_anchors *anchors, const struct rcnn_examples *x,
	struct rcnn_rpn_lesson *l)
{
	struct choice c = {t, anchors, x, rcnn_config_convention(&m->config),
		rcnn_config_rpn_rule(&m->config)};

	if (x->there.is)
		by_device(&c, l);
	else
		by_host(&c, l);
}
