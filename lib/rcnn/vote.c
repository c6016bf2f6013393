#include "rcnn/vote.h"

#include <math.h>
#include <string.h>

enum rcnn_vote_score rcnn_vote_score_of(const char *name)
{
	static const char *const names[] = {"ID", "TEMP_AVG", "AVG", "IOU_AVG",
		"GENERALIZED_AVG", "QUASI_SUM"};
	int i = RCNN_VOTE_QUASI_SUM;

	while (i > RCNN_VOTE_ID && strcmp(name, names[i]))
		i--;
	return (enum rcnn_vote_score)i;
}

/* What a voter adds, and with what weight. */
static double share(const struct rcnn_vote *how, double s)
{
	double b = (double)how->beta;

	switch (how->score) {
	case RCNN_VOTE_TEMP_AVG:
		return 1 / (1 + pow((1 - s) / s, 1 / b));
	case RCNN_VOTE_GENERALIZED_AVG:
		return pow(s, b);
	default:
		return s;
	}
}

static float outcome(
	const struct rcnn_vote *how, float was, double sum, double weight)
{
	double b = (double)how->beta;

	switch (how->score) {
	case RCNN_VOTE_ID:
		return was;
	case RCNN_VOTE_GENERALIZED_AVG:
		return (float)pow(sum / weight, 1 / b);
	case RCNN_VOTE_QUASI_SUM:
		return (float)(sum / pow(weight, b));
	default:
		return (float)(sum / weight);
	}
}

void rcnn_vote(struct rcnn_box *box, float *score, const struct rcnn_vote *how,
	const struct rcnn_box *candidate, const float *scores, int n,
	float pixel)
{
	struct rcnn_box mean = {0};
	double sum = 0, weight = 0;
	float all = 0;

	for (int i = 0; i < n; i++) {
		const struct rcnn_box *c = &candidate[i];
		float s = scores[i], iou = rcnn_box_iou(box, c, pixel);
		double w = how->score == RCNN_VOTE_IOU_AVG ? (double)iou : 1;

		if (iou < how->iou)
			continue;
		mean.x1 += s * c->x1;
		mean.y1 += s * c->y1;
		mean.x2 += s * c->x2;
		mean.y2 += s * c->y2;
		all += s;
		sum += w * share(how, (double)s);
		weight += w;
	}
	*box = rcnn_box_scale(&mean, 1 / all);
	*score = outcome(how, *score, sum, weight);
}
