#include "rcnn/detect.h"
#include "rcnn/propose.h"

#include <string.h>
#include "base/err.h"

/* The head's answers about a batch. */
struct answers {
	struct rcnn_proposals *p; /* [n] the regions of each picture */
	int rows; /* for each picture, its regions first; 0: no others */
	struct nn_tensor *logits, *deltas; /* NULL: there are no regions */
};

/* What the proposals of a batch go by. */
struct look {
	struct rcnn_model *m;
	struct nn_tape *t;
	const struct rcnn_features *f;
	int n;
	struct rcnn_view *view; /* [n] */
	struct rcnn_proposal_rule rule;
};

static void set_views(struct look *k, const struct nn_tensor *x,
	const struct rcnn_sight *sight)
{
	const struct rcnn_convention *as =
		rcnn_config_convention(&k->m->config);

	for (int i = 0; i < k->n; i++) {
		k->view[i] = sight[i].view;
		if (as->padding) {
			k->view[i].w = (float)x->dim[2];
			k->view[i].h = (float)x->dim[1];
		}
		if (!as->photo)
			k->view[i].scale = 1;
	}
}

static void by_host(const struct look *k, struct answers *to)
{
	const struct rcnn_config *c = &k->m->config;
	struct arena *a = k->t->arena;
	struct rcnn_proposals *p = to->p;
	struct rcnn_regions r = {0};
	struct nn_tensor *rois, *levels;

	rcnn_features_propose(k->t, k->f, k->n, k->view, &k->rule, p);
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
	rcnn_head(k->m, k->t, k->f, rois, levels, &to->logits, &to->deltas);
}

/* The regions that the device took, rows for each picture. */
static void read_regions(const struct look *k, const struct nn_tensor *roi,
	const struct nn_tensor *label, struct answers *to)
{
	const float *box = nn_host(k->t, roi);
	const int32_t *is = nn_host(k->t, label);

	for (int i = 0; i < k->n; i++, box += 5 * to->rows, is += to->rows) {
		struct rcnn_proposals *p = &to->p[i];

		p->box = arena_alloc(
			k->t->arena, (size_t)to->rows * sizeof *p->box);
		while (p->n < to->rows && is[p->n] >= 0) {
			memcpy(&p->box[p->n], box + 5 * p->n + 1,
				sizeof *p->box);
			p->n++;
		}
	}
}

/* The same; but the host waits for all of it at once. */
static void by_device(const struct look *k, struct answers *to)
{
	const struct rcnn_config *c = &k->m->config;
	struct nn_tape *t = k->t;
	struct rcnn_proposed p =
		rcnn_propose_there(t, k->f, k->n, k->view, &k->rule);
	struct nn_choose how = rcnn_config_choose(c, k->f, &p, k->n, &k->rule);
	int64_t none = k->n + 1, rows;
	/* Boxes stay in the network's pixels. */
	struct rcnn_view *same =
		arena_zero(t->arena, (size_t)k->n, sizeof *same);
	struct nn_tensor *roi, *at, *label, *share, *tally;

	for (int i = 0; i < k->n; i++)
		same[i].scale = 1;
	how.view = nn_upload(t, NN_F32, 2,
		(int64_t[]){k->n, sizeof *same / sizeof(float)}, same)
			   ->data;
	how.first = nn_upload_vector(t, NN_I32, none,
		arena_zero(t->arena, (size_t)none, sizeof(int32_t)))
			    ->data;
	/* All of the best are background, for there is nothing else. */
	how.most = how.batch = rcnn_config_most(c, &c->test_rpn);
	how.fg = how.bg_hi = 1;
	rows = (int64_t)k->n * how.batch;
	roi = nn_new(t, NN_F32, 2, (int64_t[]){rows, 5});
	at = nn_new(t, NN_I32, 1, &rows);
	label = nn_new(t, NN_I32, 1, &rows);
	share = nn_new(t, NN_F32, 1, &rows);
	tally = nn_new(t, NN_I32, 1, (int64_t[]){2});
	t->be->choose(t->be, &how,
		&(struct nn_choice){.roi = roi->data,
			.at = at->data,
			.label = label->data,
			.share = share->data,
			.tally = tally->data});
	rcnn_proposed_drop(t, &p);
	rcnn_head(k->m, t, k->f, roi, at, &to->logits, &to->deltas);
	to->rows = how.batch;
	read_regions(k, roi, label, to);
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
	size_t n = (size_t)x->dim[0];
	struct answers got = {.p = arena_zero(t->arena, n, sizeof *got.p)};
	struct look k = {m, t, f, (int)n,
		arena_alloc(t->arena, n * sizeof *k.view),
		rcnn_config_proposal_rule(&m->config, &m->config.test_rpn)};
	const float *logit, *delta;

	set_views(&k, x, sight);
	if (t->be->choose && rcnn_can_propose(t->be, &k.rule))
		by_device(&k, &got);
	else
		by_host(&k, &got);
	if (!got.logits)
		return;
	logit = nn_host(t, got.logits);
	delta = nn_host(t, got.deltas);
	for (size_t i = 0; i < n; i++) {
		int rows = got.rows ? got.rows : got.p[i].n;

		rcnn_candidates(got.p[i].box, got.p[i].n, logit, delta,
			&sight[i], rule, a, all[i]);
		logit += rows * nn_channels(got.logits);
		delta += rows * nn_channels(got.deltas);
	}
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
