#include "rcnn/postprocess.h"

#include <math.h>
#include "rcnn/nms.h"

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

/* What there is about the regions of a picture. */
struct heads {
	const struct rcnn_box *roi; /* in the pixels that it is refined in */
	const float *prob, *deltas;
	int n;
	float w, h; /* of the picture, in these pixels */
};

/* Large enough to stay, and no NaN. */
static bool usable(const struct rcnn_box *b, const struct rcnn_convention *as)
{
	return b->x2 - b->x1 >= as->least_object &&
	       b->y2 - b->y1 >= as->least_object;
}

/* Append the objects of one class, best first; returns how many. */
static int detect_class(const struct heads *in, int label,
	const struct rcnn_detect_rule *rule, struct arena *a,
	struct rcnn_detection *out)
{
	struct arena_mark scratch = arena_mark(a);
	size_t most = (size_t)in->n;
	int columns = rule->agnostic ? 2 : rule->classes;
	int column = rule->agnostic ? 1 : label, n = 0, m = 0;
	float pixel = rule->as->pixel;
	float *score = arena_alloc(a, most * sizeof *score);
	int32_t *from = arena_alloc(a, most * sizeof *from), *order, *keep;
	struct rcnn_box *box = arena_alloc(a, most * sizeof *box);

	for (int i = 0; i < in->n; i++) {
		float s = in->prob[(size_t)i * (size_t)rule->classes +
				   (size_t)label];

		if (s > rule->score) {
			from[n] = i;
			score[n++] = s;
		}
	}
	n = rcnn_top(score, n, n, a, &order);
	for (int i = 0; i < n; i++) {
		int32_t r = from[order[i]];
		struct rcnn_box b = rcnn_box_decode(&in->roi[r],
			in->deltas + 4 * ((size_t)r * (size_t)columns +
						 (size_t)column),
			rule->weight, pixel);

		b = rcnn_box_clip(&b, in->w, in->h, pixel);
		if (!usable(&b, rule->as))
			continue;
		order[m] = order[i];
		box[m++] = b;
	}
	keep = arena_alloc(a, (size_t)m * sizeof *keep);
	n = rcnn_nms(box, m, rule->nms, pixel, m, a, keep);
	for (int i = 0; i < n; i++)
		out[i] = (struct rcnn_detection){
			box[keep[i]], score[order[keep[i]]], label};
	arena_back(a, scratch);
	return n;
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

/* From the network's pixels to the photograph's, by the sides of both. */
static void to_photo(struct rcnn_box *b, const struct rcnn_sight *s)
{
	float x = s->w / s->view.w, y = s->h / s->view.h;

	*b = (struct rcnn_box){b->x1 * x, b->y1 * y, b->x2 * x, b->y2 * y};
	*b = rcnn_box_clip(b, s->w, s->h, 0);
}

int rcnn_detections(const struct rcnn_box *roi, int n, const float *logits,
	const float *deltas, const struct rcnn_sight *sight,
	const struct rcnn_detect_rule *rule, struct arena *a,
	struct rcnn_detection **out)
{
	size_t most = (size_t)n * (size_t)(rule->classes - 1);
	struct rcnn_detection *all;
	struct rcnn_box *box;
	struct arena_mark scratch;
	struct heads in;
	float *prob, scale = rule->as->photo ? sight->view.scale : 1;
	int found = 0;

	*out = arena_alloc(a, most * sizeof **out);
	scratch = arena_mark(a);
	all = arena_alloc(a, most * sizeof *all);
	box = arena_alloc(a, (size_t)n * sizeof *box);
	prob = arena_alloc(a, (size_t)n * (size_t)rule->classes * sizeof *prob);
	softmax(logits, n, rule->classes, prob);
	in = (struct heads){box, prob, deltas, n, sight->view.w, sight->view.h};
	if (rule->as->photo) {
		in.w = sight->w;
		in.h = sight->h;
	}
	for (int i = 0; i < n; i++)
		box[i] = (struct rcnn_box){roi[i].x1 / scale, roi[i].y1 / scale,
			roi[i].x2 / scale, roi[i].y2 / scale};
	for (int label = 1; label < rule->classes; label++)
		found += detect_class(&in, label, rule, a, all + found);
	found = limit(all, found, rule->most, rule->as->ties, a, *out);
	for (int i = 0; i < found && !rule->as->photo; i++)
		to_photo(&(*out)[i].box, sight);
	arena_back(a, scratch);
	return found;
}
