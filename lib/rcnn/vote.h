/*
 * Votes: boxes that agree with an object's tell better together where it is
 * (Gidaris and Komodakis 2015), and how sure that is. Detectron's
 * TEST.BBOX_VOTE.
 */
#ifndef RCNN_VOTE_H
#define RCNN_VOTE_H

#include "rcnn/boxes.h"

/* What becomes of the object's score s, of the n voters' scores s_i and of the
 * IoUs o_i by which they overlap it. */
enum rcnn_vote_score {
	RCNN_VOTE_ID,              /* it stays */
	RCNN_VOTE_TEMP_AVG,        /* the mean of s_i^(1/b) / (s_i^(1/b) +
				    * (1 - s_i)^(1/b)): at temperature b */
	RCNN_VOTE_AVG,             /* the mean */
	RCNN_VOTE_IOU_AVG,         /* the mean weighted by o_i */
	RCNN_VOTE_GENERALIZED_AVG, /* the mean of s_i^b, to the 1/b */
	RCNN_VOTE_QUASI_SUM        /* the sum / n^b: more than 1, it may be */
};

struct rcnn_vote {
	float iou; /* from which a box votes; 0: none does */
	enum rcnn_vote_score score;
	float beta; /* b */
};

/* By Detectron's name, which is that of the constant; the first of them when
 * it is none. */
enum rcnn_vote_score rcnn_vote_score_of(const char *name);

/*
 * Of n candidates, those that overlap *box by how->iou vote: *box becomes the
 * mean of theirs, weighted by their scores, and *score what how says. The
 * object itself must be one of them.
 */
void rcnn_vote(struct rcnn_box *box, float *score, const struct rcnn_vote *how,
	const struct rcnn_box *candidate, const float *scores, int n,
	float pixel);

#endif
