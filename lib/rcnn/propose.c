#include "rcnn/propose.h"
#include "nn/ops.h"

#include <string.h>

/* ---- by the host ---- */

static void by_host(struct nn_tape *t, const struct rcnn_features *f, int n,
	const struct rcnn_view *view, const struct rcnn_proposal_rule *rule,
	struct rcnn_proposals *p)
{
	const float *logits[RCNN_PYRAMID], *deltas[RCNN_PYRAMID];

	for (int l = 0; l < f->anchors.levels; l++) {
		logits[l] = nn_host(t, f->logits[l]);
		deltas[l] = nn_host(t, f->deltas[l]);
	}
	for (int i = 0; i < n; i++) {
		rcnn_propose(&f->anchors, logits, deltas, &view[i], rule,
			t->arena, &p[i]);
		for (int l = 0; l < f->anchors.levels; l++) {
			logits[l] += nn_count(f->logits[l]) / n;
			deltas[l] += nn_count(f->deltas[l]) / n;
		}
	}
}

/* ---- by the device ---- */

struct nn_propose_level rcnn_propose_level(
	const struct rcnn_level *l, const void *logit, const void *delta)
{
	struct nn_propose_level to = {.logit = logit,
		.delta = delta,
		.h = l->h,
		.w = l->w,
		.stride_y = l->stride_y,
		.stride_x = l->stride_x,
		.shapes = l->shapes};

	for (int i = 0; i < l->shapes; i++)
		memcpy(to.shape[i], &l->shape[i], sizeof to.shape[i]);
	return to;
}

/* What the device has of one picture, its levels one after the other. */
static void gather(struct rcnn_proposals *p, const struct nn_proposal *from,
	const int32_t *count, int levels, int after, struct arena *a)
{
	int n = 0;

	for (int l = 0; l < levels; l++)
		n += count[l];
	p->n = 0;
	p->box = arena_alloc(a, (size_t)n * sizeof *p->box);
	p->score = arena_alloc(a, (size_t)n * sizeof *p->score);
	for (int l = 0; l < levels; l++) {
		for (int i = 0; i < count[l]; i++, p->n++) {
			memcpy(&p->box[p->n], from[l * after + i].box,
				sizeof *p->box);
			p->score[p->n] = from[l * after + i].score;
		}
	}
}

struct rcnn_proposed rcnn_propose_there(struct nn_tape *t,
	const struct rcnn_features *f, int n, const struct rcnn_view *view,
	const struct rcnn_proposal_rule *rule)
{
	const struct rcnn_anchors *anchors = &f->anchors;
	int levels = anchors->levels;
	struct nn_propose how = {.n = n,
		.levels = levels,
		.before = rule->before,
		.after = rule->after,
		.nms = rule->nms,
		.min_size = rule->min_size,
		.pixel = anchors->pixel};
	struct rcnn_proposed p = {
		nn_new(t, NN_F32, 3,
			(int64_t[]){(int64_t)n * levels, rule->after,
				sizeof(struct nn_proposal) / sizeof(float)}),
		nn_new(t, NN_I32, 1, (int64_t[]){(int64_t)n * levels}),
		nn_upload(
			t, NN_F32, 2, (int64_t[]){n, sizeof *view / 4}, view)};

	how.view = p.view->data;
	for (int l = 0; l < levels; l++)
		how.level[l] = rcnn_propose_level(&anchors->level[l],
			f->logits[l]->data, f->deltas[l]->data);
	t->be->propose(t->be, &how, p.proposal->data, p.count->data);
	return p;
}

void rcnn_proposed_drop(struct nn_tape *t, const struct rcnn_proposed *p)
{
	nn_drop(t, p->proposal);
	nn_drop(t, p->count);
	nn_drop(t, p->view);
}

struct nn_choose rcnn_config_choose(const struct rcnn_config *c,
	const struct rcnn_features *f, const struct rcnn_proposed *p, int n,
	const struct rcnn_proposal_rule *rule)
{
	struct rcnn_pyramid levels = rcnn_config_pyramid(c);

	return (struct nn_choose){.n = n,
		.levels = f->anchors.levels,
		.after = rule->after,
		.proposal = p->proposal->data,
		.count = p->count->data,
		.view = p->view->data,
		.pixel = levels.as->pixel,
		.level_min = levels.min,
		.level_max = levels.max,
		.level = levels.level,
		.scale = levels.scale,
		.level_in = levels.as->level_in,
		.level_out = levels.as->level_out};
}

static void by_device(struct nn_tape *t, const struct rcnn_features *f, int n,
	const struct rcnn_view *view, const struct rcnn_proposal_rule *rule,
	struct rcnn_proposals *p)
{
	struct rcnn_proposed there = rcnn_propose_there(t, f, n, view, rule);
	const int32_t *count = nn_host(t, there.count);
	const struct nn_proposal *found = nn_host(t, there.proposal);
	int levels = f->anchors.levels;

	for (int i = 0; i < n; i++)
		gather(&p[i], found + (size_t)(i * levels * rule->after),
			count + (size_t)(i * levels), levels, rule->after,
			t->arena);
	rcnn_proposed_drop(t, &there);
}

bool rcnn_can_propose(
	const struct nn_backend *be, const struct rcnn_proposal_rule *rule)
{
	return be->propose && rule->before <= NN_PROPOSE_MOST;
}

void rcnn_features_propose(struct nn_tape *t, const struct rcnn_features *f,
	int n, const struct rcnn_view *view,
	const struct rcnn_proposal_rule *rule, struct rcnn_proposals *p)
{
	bool able = rcnn_can_propose(t->be, rule);

	if (able)
		by_device(t, f, n, view, rule, p);
	/* A dry run has to find some, or it would never look at regions. */
	if (!able || t->be->dry)
		by_host(t, f, n, view, rule, p);
}
