#include "rcnn/detect.h"
#include "rcnn/propose.h"

#include <string.h>
#include "base/err.h"

/* A batch that is looked at. */
struct look {
	struct rcnn_model *m;
	struct nn_tape *t;
	const struct rcnn_features *f;
	int n;
	const struct rcnn_sight *sight; /* [n] */
	struct rcnn_view *view;         /* [n] that proposals go by */
	struct rcnn_proposal_rule proposals;
	const struct rcnn_detect_rule *rule;

	struct rcnn_found *const *found; /* [n] to which is added, */
	struct arena *a;                 /* in this arena */
};

static void set_views(struct look *k, const struct nn_tensor *x)
{
	const struct rcnn_convention *as =
		rcnn_config_convention(&k->m->config);

	for (int i = 0; i < k->n; i++) {
		k->view[i] = k->sight[i].view;
		if (as->padding) {
			k->view[i].w = (float)x->dim[2];
			k->view[i].h = (float)x->dim[1];
		}
		if (!as->photo)
			k->view[i].scale = 1;
	}
}

static void by_host(const struct look *k)
{
	const struct rcnn_config *c = &k->m->config;
	struct arena *a = k->t->arena;
	struct rcnn_proposals *p = arena_zero(a, (size_t)k->n, sizeof *p);
	struct nn_tensor *rois, *levels, *logits, *deltas;
	struct rcnn_regions r = {0};
	const float *logit, *delta;

	rcnn_features_propose(k->t, k->f, k->n, k->view, &k->proposals, p);
	for (int i = 0; i < k->n; i++) {
		/* A picture's answer does not depend on its neighbours. */
		rcnn_config_collect(c, &c->test_rpn, &p[i], 1, a);
		r.n += p[i].n;
	}
	if (!r.n)
		return;
	r.roi = arena_alloc(a, (size_t)r.n * sizeof *r.roi);
	r.image = arena_alloc(a, (size_t)r.n * sizeof *r.image);
	for (int i = 0, at = 0; i < k->n; at += p[i++].n) {
		memcpy(r.roi + at, p[i].box, (size_t)p[i].n * sizeof *r.roi);
		for (int j = 0; j < p[i].n; j++)
			r.image[at + j] = i;
	}
	rcnn_regions_send(k->m, k->t, &r, &rois, &levels);
	rcnn_head(k->m, k->t, k->f, rois, levels, &logits, &deltas);
	logit = nn_host(k->t, logits);
	delta = nn_host(k->t, deltas);
	for (int i = 0; i < k->n; i++) {
		rcnn_candidates(p[i].box, p[i].n, logit, delta, &k->sight[i],
			k->rule, k->a, k->found[i]);
		logit += p[i].n * nn_channels(logits);
		delta += p[i].n * nn_channels(deltas);
	}
}

/* ---- by the device ---- */

/* The best proposals of each picture, as many rows for each. */
struct regions {
	int32_t rows;
	struct nn_tensor *roi, *at, *label;
};

static struct regions take_regions(const struct look *k)
{
	const struct rcnn_config *c = &k->m->config;
	struct nn_tape *t = k->t;
	struct rcnn_proposed p =
		rcnn_propose_there(t, k->f, k->n, k->view, &k->proposals);
	struct nn_choose how =
		rcnn_config_choose(c, k->f, &p, k->n, &k->proposals);
	int64_t none = k->n + 1, rows;
	/* Boxes stay in the network's pixels. */
	struct rcnn_view *same =
		arena_zero(t->arena, (size_t)k->n, sizeof *same);
	struct nn_tensor *share, *tally;
	struct regions r;

	for (int i = 0; i < k->n; i++)
		same[i].scale = 1;
	how.view = nn_send(t, same, k->n, sizeof *same);
	how.first =
		nn_send(t, arena_zero(t->arena, (size_t)none, sizeof(int32_t)),
			none, sizeof(int32_t));
	/* All of the best are background, for there is nothing else. */
	how.most = how.batch = rcnn_config_most(c, &c->test_rpn);
	how.fg = how.bg_hi = 1;
	rows = (int64_t)k->n * how.batch;
	r.rows = how.batch;
	r.roi = nn_new(t, NN_F32, 2, (int64_t[]){rows, 5});
	r.at = nn_new(t, NN_I32, 1, &rows);
	r.label = nn_new(t, NN_I32, 1, &rows);
	share = nn_new(t, NN_F32, 1, &rows);
	tally = nn_new(t, NN_I32, 1, (int64_t[]){2});
	t->be->choose(t->be, &how,
		&(struct nn_choice){.roi = r.roi->data,
			.at = r.at->data,
			.label = r.label->data,
			.share = share->data,
			.tally = tally->data});
	rcnn_proposed_drop(t, &p);
	return r;
}

static const struct nn_sight *send_sights(const struct look *k)
{
	struct nn_sight *sight =
		arena_alloc(k->t->arena, (size_t)k->n * sizeof *sight);

	for (int i = 0; i < k->n; i++)
		sight[i] = rcnn_sight_sent(&k->sight[i]);
	return nn_send(k->t, sight, k->n, sizeof *sight);
}

/* How many there are is waited for; they are read then, no more than that. */
static void read_candidates(const struct look *k,
	const struct nn_tensor *candidate, const struct nn_tensor *count)
{
	const int32_t *n = nn_host(k->t, count);
	int64_t room = candidate->dim[1], words = candidate->dim[2];

	for (int i = 0; i < k->n; i++) {
		struct nn_tensor own = {.type = NN_I32,
			.rank = 2,
			.dim = {n[i], words},
			.data = (int32_t *)candidate->data + i * room * words};

		if (n[i])
			rcnn_found_add(
				k->found[i], nn_host(k->t, &own), n[i], k->a);
	}
}

static void by_device(const struct look *k)
{
	struct nn_tape *t = k->t;
	struct regions r = take_regions(k);
	struct nn_tensor *logits, *deltas, *candidate, *count;
	struct nn_sift how = {.n = k->n,
		.rows = r.rows,
		.classes = k->rule->classes,
		.agnostic = k->rule->agnostic,
		.roi = r.roi->data,
		.label = r.label->data,
		.score = k->rule->score,
		.refine = rcnn_refine(k->rule)};

	rcnn_head(k->m, t, k->f, r.roi, r.at, &logits, &deltas);
	how.logit = logits->data;
	how.delta = deltas->data;
	how.sight = send_sights(k);
	candidate = nn_new(t, NN_I32, 3,
		(int64_t[]){k->n, (int64_t)how.rows * (how.classes - 1),
			sizeof(struct nn_candidate) / sizeof(int32_t)});
	count = nn_new(t, NN_I32, 1, (int64_t[]){k->n});
	t->be->sift(t->be, &how, candidate->data, count->data);
	read_candidates(k, candidate, count);
}

void rcnn_look(struct rcnn_model *m, struct nn_tape *t, struct nn_tensor *x,
	const struct rcnn_sight *sight, const struct rcnn_detect_rule *rule,
	struct arena *a, struct rcnn_found *const *all)
{
	struct rcnn_features f;

	rcnn_features(m, t, x, &f);
	rcnn_look_in(m, t, x, &f, sight, rule, a, all);
	rcnn_features_drop(t, &f);
}

void rcnn_look_in(struct rcnn_model *m, struct nn_tape *t,
	const struct nn_tensor *x, struct rcnn_features *f,
	const struct rcnn_sight *sight, const struct rcnn_detect_rule *rule,
	struct arena *a, struct rcnn_found *const *all)
{
	int n = (int)x->dim[0];
	struct look k = {.m = m,
		.t = t,
		.f = f,
		.n = n,
		.sight = sight,
		.view = arena_alloc(t->arena, (size_t)n * sizeof *k.view),
		.proposals = rcnn_config_proposal_rule(
			&m->config, &m->config.test_rpn),
		.rule = rule,
		.found = all,
		.a = a};

	set_views(&k, x);
	if (t->be->choose && t->be->sift &&
		rcnn_can_propose(t->be, &k.proposals))
		by_device(&k);
	else
		by_host(&k);
}

void rcnn_detect(struct rcnn_model *m, struct nn_tape *t, struct nn_tensor *x,
	const struct rcnn_sight *sight, const struct rcnn_detect_rule *rule,
	struct rcnn_found *found)
{
	struct rcnn_found all = {0}, *one = &all;

	BUG_ON(x->dim[0] != 1);
	rcnn_look(m, t, x, sight, rule, t->arena, &one);
	rcnn_choose(&all, rule, t->arena, found);
}
