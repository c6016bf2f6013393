#include "rcnn/detect.h"
#include "rcnn/propose.h"

#include <string.h>
#include "base/err.h"

/* The best proposals of every picture, in one list; p has the counts. */
static struct rcnn_regions propose(struct rcnn_model *m, struct nn_tape *t,
	const struct nn_tensor *x, struct rcnn_features *f,
	const struct rcnn_sight *sight, struct rcnn_proposals *p)
{
	const struct rcnn_config *c = &m->config;
	const struct rcnn_convention *as = rcnn_config_convention(c);
	struct rcnn_proposal_rule rule =
		rcnn_config_proposal_rule(c, &c->test_rpn);
	struct rcnn_regions r = {0};
	int n = (int)x->dim[0];
	struct rcnn_view *view =
		arena_alloc(t->arena, (size_t)n * sizeof *view);

	for (int i = 0; i < n; i++) {
		view[i] = sight[i].view;
		if (as->padding) {
			view[i].w = (float)x->dim[2];
			view[i].h = (float)x->dim[1];
		}
		if (!as->photo)
			view[i].scale = 1;
	}
	rcnn_features_propose(t, f, n, view, &rule, p);
	for (int i = 0; i < n; i++) {
		/* A picture's answer does not depend on its neighbours. */
		rcnn_config_collect(c, &c->test_rpn, &p[i], 1, t->arena);
		r.n += p[i].n;
	}
	r.roi = arena_alloc(t->arena, (size_t)r.n * sizeof *r.roi);
	r.image = arena_alloc(t->arena, (size_t)r.n * sizeof *r.image);
	for (int i = 0, at = 0; i < n; at += p[i++].n) {
		memcpy(r.roi + at, p[i].box, (size_t)p[i].n * sizeof *r.roi);
		for (int k = 0; k < p[i].n; k++)
			r.image[at + k] = i;
	}
	return r;
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
	struct rcnn_proposals *p = arena_zero(t->arena, n, sizeof *p);
	struct nn_tensor *logits, *deltas;
	const float *logit, *delta;
	struct rcnn_regions r;

	r = propose(m, t, x, f, sight, p);
	if (!r.n)
		return;
	rcnn_head(m, t, f, &r, &logits, &deltas);
	logit = nn_host(t, logits);
	delta = nn_host(t, deltas);
	for (size_t i = 0; i < n; i++) {
		rcnn_candidates(p[i].box, p[i].n, logit, delta, &sight[i], rule,
			a, all[i]);
		logit += p[i].n * nn_channels(logits);
		delta += p[i].n * nn_channels(deltas);
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
