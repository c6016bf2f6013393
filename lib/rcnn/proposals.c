#include "rcnn/proposals.h"

#include "base/err.h"
#include "nn/proposal.h"
#include "rcnn/nms.h"

/* Append the proposals of one level to p, which has room. */
static void propose_level(const struct rcnn_level *l, const float *logit,
	const float *delta, const struct rcnn_view *view,
	const struct rcnn_proposal_rule *rule, float pixel, struct arena *a,
	struct rcnn_proposals *p)
{
	static const float weight[4] = {1, 1, 1, 1};
	struct arena_mark scratch = arena_mark(a);
	int32_t *order, *keep;
	int n = rcnn_top(
		logit, l->h * l->w * l->shapes, rule->before, a, &order);
	struct rcnn_box *box = arena_alloc(a, (size_t)n * sizeof *box);
	int m = 0;

	for (int i = 0; i < n; i++) {
		struct rcnn_box b = rcnn_level_anchor(l, order[i]);

		b = rcnn_box_decode(
			&b, delta + 4 * (size_t)order[i], weight, pixel);
		b = rcnn_box_clip(&b, view->w, view->h, pixel);
		if (!nn_box_usable((float *)&b, logit[order[i]], pixel,
			    view->scale, rule->min_size))
			continue;
		order[m] = order[i];
		box[m++] = b;
	}
	keep = arena_alloc(a, (size_t)m * sizeof *keep);
	n = rcnn_nms(box, m, rule->nms, pixel, rule->after, a, keep);
	for (int i = 0; i < n; i++, p->n++) {
		p->box[p->n] = box[keep[i]];
		p->score[p->n] = logit[order[keep[i]]];
	}
	arena_back(a, scratch);
}

/* Room for n more. */
static struct rcnn_proposals room(int n, struct arena *a)
{
	return (struct rcnn_proposals){
		.box = arena_alloc(a, (size_t)n * sizeof(struct rcnn_box)),
		.score = arena_alloc(a, (size_t)n * sizeof(float))};
}

void rcnn_propose(const struct rcnn_anchors *anchors,
	const float *const *logits, const float *const *deltas,
	const struct rcnn_view *view, const struct rcnn_proposal_rule *rule,
	struct arena *a, struct rcnn_proposals *p)
{
	int most = 0;

	for (int l = 0; l < anchors->levels; l++) {
		const struct rcnn_level *level = &anchors->level[l];
		int n = level->h * level->w * level->shapes;

		most += n < rule->after ? n : rule->after;
	}
	*p = room(most, a);
	for (int l = 0; l < anchors->levels; l++)
		propose_level(&anchors->level[l], logits[l], deltas[l], view,
			rule, anchors->pixel, a, p);
}

void rcnn_collect(struct rcnn_proposals *p, int n, int most, struct arena *a)
{
	struct rcnn_proposals *best;
	struct arena_mark scratch;
	int32_t *order, *picture;
	float *score;
	int all = 0, m = 0;

	for (int i = 0; i < n; i++)
		all += p[i].n;
	best = arena_alloc(a, (size_t)n * sizeof *best);
	for (int i = 0; i < n; i++)
		best[i] = room(p[i].n < most ? p[i].n : most, a);
	scratch = arena_mark(a);
	score = arena_alloc(a, (size_t)all * sizeof *score);
	picture = arena_alloc(a, (size_t)all * sizeof *picture);
	for (int i = 0; i < n; i++) {
		for (int j = 0; j < p[i].n; j++, m++) {
			score[m] = p[i].score[j];
			picture[m] = i;
		}
	}
	m = rcnn_top(score, all, most, a, &order);
	for (int i = 0; i < m; i++) {
		int from = picture[order[i]], j = order[i];
		struct rcnn_proposals *b = &best[from];

		for (int before = 0; before < from; before++)
			j -= p[before].n;
		b->box[b->n] = p[from].box[j];
		b->score[b->n++] = p[from].score[j];
	}
	arena_back(a, scratch);
	for (int i = 0; i < n; i++)
		p[i] = best[i];
}
