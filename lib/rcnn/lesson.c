#include "rcnn/lesson.h"
#include "nn/ops.h"
#include "rcnn/propose.h"

#include <string.h>

/* What either way of choosing goes by. */
struct choice {
	struct rcnn_model *m;
	struct nn_tape *t;
	const struct rcnn_features *f;
	const struct rcnn_examples *x;
	struct rcnn_proposal_rule proposals;
	struct rcnn_roi_rule regions;
	const struct rcnn_view *view; /* [n] */
};

static void *room(struct nn_tape *t, int64_t n)
{
	return arena_alloc(t->arena, (size_t)n * sizeof(float));
}

/* What the regressor says of a region. */
static int64_t channels(const struct rcnn_model *m)
{
	return m->box->dim[0];
}

/* ---- by the host ---- */

static int sample(const struct choice *c, struct rcnn_roi_targets *targets)
{
	const struct rcnn_config *config = &c->m->config;
	struct arena *a = c->t->arena;
	struct rcnn_proposals *p = arena_zero(a, (size_t)c->x->n, sizeof *p);
	int rows = 0;

	rcnn_features_propose(c->t, c->f, c->x->n, c->view, &c->proposals, p);
	rcnn_config_collect(config, &config->train_rpn, p, c->x->n, a);
	for (int im = 0; im < c->x->n; im++) {
		const struct rcnn_example *ex = &c->x->example[im];

		rcnn_roi_sample(p[im].box, p[im].n, &ex->view, ex->truth,
			ex->ntruths, &c->regions, c->x->seed[im], a,
			&targets[im]);
		rows += targets[im].n;
	}
	return rows;
}

static void write_regions(const struct choice *c,
	const struct rcnn_roi_targets *targets, struct rcnn_lesson *l)
{
	struct nn_tape *t = c->t;
	size_t n = (size_t)l->rows;
	struct rcnn_regions r = {l->rows,
		arena_alloc(t->arena, n * sizeof *r.roi),
		arena_alloc(t->arena, n * sizeof *r.image)};
	float *share = room(t, l->rows);
	int32_t *label = room(t, l->rows);
	int row = 0;

	for (int im = 0; im < c->x->n; im++) {
		for (int i = 0; i < targets[im].n; i++, row++) {
			r.roi[row] = targets[im].roi[i];
			r.image[row] = im;
			label[row] = targets[im].label[i];
			share[row] = 1 / (float)l->rows;
		}
	}
	rcnn_regions_send(c->m, t, &r, &l->roi, &l->at);
	l->label = nn_upload_vector(t, NN_I32, l->rows, label);
	l->share = nn_upload_vector(t, NN_F32, l->rows, share);
}

static void write_objects(const struct choice *c,
	const struct rcnn_roi_targets *targets, int objects,
	struct rcnn_lesson *l)
{
	bool agnostic = c->m->config.cls_agnostic_bbox_reg;
	struct nn_tape *t = c->t;
	int64_t n = 4 * (int64_t)objects, k = 0, first = 0;
	int32_t *place = room(t, n);
	float *delta = room(t, n), *part = room(t, n);

	for (int im = 0; im < c->x->n; im++) {
		for (int i = 0; i < 4 * targets[im].nfg; i++, k++) {
			int32_t kind = agnostic ? 1 : targets[im].label[i / 4];
			int64_t row = first + i / 4;

			place[k] = (int32_t)(row * channels(c->m) + 4 * kind +
					     i % 4);
			delta[k] = targets[im].delta[i];
			part[k] = 1 / (float)l->rows;
		}
		first += targets[im].n;
	}
	l->place = nn_upload_vector(t, NN_I32, n, place);
	l->delta = nn_upload_vector(t, NN_F32, n, delta);
	l->part = nn_upload_vector(t, NN_F32, n, part);
}

static void by_host(const struct choice *c, struct rcnn_lesson *l)
{
	struct rcnn_roi_targets *targets =
		arena_zero(c->t->arena, (size_t)c->x->n, sizeof *targets);
	int32_t tally[2] = {0, sample(c, targets)};

	for (int im = 0; im < c->x->n; im++)
		tally[0] += targets[im].nfg;
	l->rows = tally[1];
	write_regions(c, targets, l);
	write_objects(c, targets, tally[0], l);
	l->tally = nn_upload_vector(c->t, NN_I32, 2, tally);
}

/* ---- by the device ---- */

static struct nn_choose describe(
	const struct choice *c, const struct rcnn_proposed *p)
{
	const struct rcnn_config *config = &c->m->config;
	const struct rcnn_roi_rule *r = &c->regions;
	struct nn_choose how =
		rcnn_config_choose(config, c->f, p, c->x->n, &c->proposals);

	how.most = rcnn_config_most(config, &config->train_rpn);
	how.together = rcnn_config_convention(config)->together;
	how.truth = c->x->there.truth;
	how.first = c->x->there.first;
	how.truths = c->x->there.truths;
	how.seed = c->x->there.seed;
	how.batch = r->batch;
	how.most_fg = r->most_fg;
	how.fg = r->fg;
	how.bg_hi = r->bg_hi;
	how.bg_lo = r->bg_lo;
	how.channels = (int32_t)channels(c->m);
	how.agnostic = config->cls_agnostic_bbox_reg;
	memcpy(how.weight, r->weight, sizeof how.weight);
	return how;
}

static void by_device(const struct choice *c, struct rcnn_lesson *l)
{
	struct nn_tape *t = c->t;
	struct rcnn_proposed p =
		rcnn_propose_there(t, c->f, c->x->n, c->view, &c->proposals);
	struct nn_choose how = describe(c, &p);
	int64_t rows = (int64_t)how.n * how.batch;
	int64_t objects = 4 * (int64_t)how.n * how.most_fg;

	*l = (struct rcnn_lesson){.rows = (int)rows,
		.roi = nn_new(t, NN_F32, 2, (int64_t[]){rows, 5}),
		.at = nn_new(t, NN_I32, 1, &rows),
		.label = nn_new(t, NN_I32, 1, &rows),
		.share = nn_new(t, NN_F32, 1, &rows),
		.place = nn_new(t, NN_I32, 1, &objects),
		.delta = nn_new(t, NN_F32, 1, &objects),
		.part = nn_new(t, NN_F32, 1, &objects),
		.tally = nn_new(t, NN_I32, 1, (int64_t[]){2})};
	t->be->choose(t->be, &how,
		&(struct nn_choice){l->roi->data, l->at->data, l->label->data,
			l->share->data, l->place->data, l->delta->data,
			l->part->data, l->tally->data});
	rcnn_proposed_drop(t, &p);
}

void rcnn_lesson(struct rcnn_model *m, struct nn_tape *t,
	const struct rcnn_features *f, const struct rcnn_examples *x,
	struct rcnn_lesson *l)
{
	const struct rcnn_config *config = &m->config;
	struct rcnn_view *view =
		arena_alloc(t->arena, (size_t)x->n * sizeof *view);
	struct choice c = {.m = m,
		.t = t,
		.f = f,
		.x = x,
		.proposals =
			rcnn_config_proposal_rule(config, &config->train_rpn),
		.regions = rcnn_config_roi_rule(config),
		.view = view};

	for (int im = 0; im < x->n; im++)
		view[im] = x->example[im].view;
	if (x->there.is && rcnn_can_propose(t->be, &c.proposals))
		by_device(&c, l);
	else
		by_host(&c, l);
}
