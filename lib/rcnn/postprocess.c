#include "rcnn/postprocess.h"

#include <math.h>
#include <string.h>

/* Rows of k logits into probabilities. */
static void softmax(const float *x, int n, int k, float *y)
{
	for (int i = 0; i < n; i++, x += k, y += k) {
		float top = x[0], sum = 0;

		for (int j = 1; j < k; j++)
			top = fmaxf(top, x[j]);
		for (int j = 0; j < k; j++)
			sum += y[j] = expf(x[j] - top);
		for (int j = 0; j < k; j++)
			y[j] /= sum;
	}
}

struct nn_refine rcnn_refine(const struct rcnn_detect_rule *rule)
{
	struct nn_refine how = {.pixel = rule->as->pixel,
		.least = rule->as->least_object,
		.photo = rule->as->photo};

	memcpy(how.weight, rule->weight, sizeof how.weight);
	return how;
}

struct nn_sight rcnn_sight_sent(const struct rcnn_sight *s)
{
	return (struct nn_sight){
		s->view.w, s->view.h, s->view.scale, s->w, s->h, s->flipped};
}

static void make_room(struct rcnn_found *f, int more, struct arena *a)
{
	struct rcnn_detection *list;

	if (f->n + more <= f->room)
		return;
	f->room = 2 * (f->n + more);
	list = arena_alloc(a, (size_t)f->room * sizeof *list);
	if (f->n)
		memcpy(list, f->list, (size_t)f->n * sizeof *list);
	f->list = list;
}

void rcnn_found_add(struct rcnn_found *f, const struct nn_candidate *c, int n,
	struct arena *a)
{
	make_room(f, n, a);
	for (int i = 0; i < n; i++) {
		struct rcnn_detection *d = &f->list[f->n++];

		memcpy(&d->box, c[i].box, sizeof d->box);
		d->score = c[i].score;
		d->label = c[i].label;
	}
}

void rcnn_candidates(const struct rcnn_box *roi, int n, const float *logits,
	const float *deltas, const struct rcnn_sight *sight,
	const struct rcnn_detect_rule *rule, struct arena *a,
	struct rcnn_found *all)
{
	int k = rule->classes, columns = rule->agnostic ? 2 : k, more = 0;
	float *prob = arena_alloc(a, (size_t)n * (size_t)k * sizeof *prob);
	struct nn_sight seen = rcnn_sight_sent(sight);
	struct nn_refine how = rcnn_refine(rule);
	const float *p = prob;

	softmax(logits, n, k, prob);
	for (int i = 0; i < n * k; i++)
		more += i % k && prob[i] > rule->score;
	make_room(all, more, a);
	for (int i = 0; i < n; i++, p += k) {
		for (int label = 1; label < k; label++) {
			struct rcnn_detection *d = &all->list[all->n];
			int at = i * columns + (rule->agnostic ? 1 : label);

			if (!(p[label] > rule->score))
				continue;
			d->score = p[label];
			d->label = label;
			all->n += nn_refine(&how, &seen, (const float *)&roi[i],
				deltas + 4 * (ptrdiff_t)at, (float *)&d->box);
		}
	}
}

/* The candidates of a class, best first. */
struct group {
	int n;
	struct rcnn_box *box;
	float *score;
};

static struct group gather(
	const struct rcnn_found *all, int label, struct arena *a)
{
	struct group g = {0};
	float *score = arena_alloc(a, (size_t)all->n * sizeof *score);
	int32_t *from = arena_alloc(a, (size_t)all->n * sizeof *from), *order;

	for (int i = 0; i < all->n; i++) {
		if (all->list[i].label != label)
			continue;
		from[g.n] = i;
		score[g.n++] = all->list[i].score;
	}
	g.box = arena_alloc(a, (size_t)g.n * sizeof *g.box);
	g.score = arena_alloc(a, (size_t)g.n * sizeof *g.score);
	rcnn_top(score, g.n, g.n, a, &order);
	for (int i = 0; i < g.n; i++) {
		g.box[i] = all->list[from[order[i]]].box;
		g.score[i] = score[order[i]];
	}
	return g;
}

/* Append the objects of one class to out, which has room. */
static void choose_class(const struct rcnn_found *all, int label,
	const struct rcnn_detect_rule *rule, struct arena *a,
	struct rcnn_found *out)
{
	struct arena_mark scratch = arena_mark(a);
	struct group g = gather(all, label, a);
	int32_t *keep = arena_alloc(a, (size_t)g.n * sizeof *keep);
	float *score = g.score, pixel = rule->as->pixel;
	int n;

	if (rule->soften.how == RCNN_HARD) {
		n = rcnn_nms(g.box, g.n, rule->nms, pixel, g.n, a, keep);
	} else {
		score = arena_alloc(a, (size_t)g.n * sizeof *score);
		for (int i = 0; i < g.n; i++)
			score[i] = g.score[i];
		n = rcnn_soft_nms(g.box, score, g.n, &rule->soften, rule->nms,
			rule->least, pixel, keep);
	}
	for (int i = 0; i < n; i++) {
		struct rcnn_detection *d = &out->list[out->n];

		*d = (struct rcnn_detection){
			g.box[keep[i]], score[keep[i]], label};
		if (rule->vote.iou > 0)
			rcnn_vote(&d->box, &d->score, &rule->vote, g.box,
				g.score, g.n, pixel);
		out->n += d->score >= rule->least;
	}
	arena_back(a, scratch);
}

/* The best of n objects, by score, into another array. */
static int limit(const struct rcnn_detection *all, int n, int most, bool ties,
	struct arena *a, struct rcnn_detection *out)
{
	float *score = arena_alloc(a, (size_t)n * sizeof *score);
	int32_t *order;
	int m = 0;

	for (int i = 0; i < n; i++)
		score[i] = all[i].score;
	rcnn_top(score, n, n, a, &order);
	for (; m < n; m++) {
		if (most > 0 && m >= most &&
			(!ties || score[order[m]] < score[order[most - 1]]))
			break;
		out[m] = all[order[m]];
	}
	return m;
}

void rcnn_choose(const struct rcnn_found *all,
	const struct rcnn_detect_rule *rule, struct arena *a,
	struct rcnn_found *found)
{
	size_t room = (size_t)all->n;
	struct rcnn_found chosen = {.room = all->n};
	struct arena_mark scratch;

	*found = (struct rcnn_found){.room = all->n};
	found->list = arena_alloc(a, room * sizeof *found->list);
	scratch = arena_mark(a);
	chosen.list = arena_alloc(a, room * sizeof *chosen.list);
	for (int label = 1; label < rule->classes; label++)
		choose_class(all, label, rule, a, &chosen);
	found->n = limit(chosen.list, chosen.n, rule->most, rule->as->ties, a,
		found->list);
	arena_back(a, scratch);
}
