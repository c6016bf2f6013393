/*
 * Proposals: from what the region proposal network says of every anchor, the
 * boxes that the box head looks at.
 *
 *	for (int i = 0; i < pictures; i++)
 *		rcnn_propose(&anchors, logits[i], deltas[i], &view[i], &rule,
 *			a, &p[i]);
 *	rcnn_collect(p, pictures, 2000, a);
 */
#ifndef RCNN_PROPOSALS_H
#define RCNN_PROPOSALS_H

#include "base/arena.h"
#include "rcnn/anchors.h"

/* Detectron's TRAIN.RPN_* or TEST.RPN_*; pixel is the anchors'. */
struct rcnn_proposal_rule {
	int before, after; /* how many of a level: into, out of suppression */
	float nms;         /* IoU from which the lesser box goes */
	float min_size;    /* of a side, in pixels of the original */
};

struct rcnn_proposals {
	int n;
	struct rcnn_box *box; /* in the network's pixels */
	float *score;         /* the logit, which orders as its sigmoid does,
			       * without the ties of rounding */
};

/*
 * The proposals of one picture, level by level, each level's best first, in
 * the arena: the highest logits are decoded, clipped to the view, dropped when
 * a side is below min_size, and suppressed. A NaN never becomes a
 * proposal. logits[l]: h w shapes, deltas[l]: h w shapes 4, for each level.
 *
 * The view is the picture's own in training, and with its padding in tests,
 * as Detectron has it.
 */
void rcnn_propose(const struct rcnn_anchors *anchors,
	const float *const *logits, const float *const *deltas,
	const struct rcnn_view *view, const struct rcnn_proposal_rule *rule,
	struct arena *a, struct rcnn_proposals *p);

/*
 * Keep the `most` best over all n pictures together (Detectron counts them per
 * batch), the best of each first. p's arrays are replaced in the arena.
 */
void rcnn_collect(struct rcnn_proposals *p, int n, int most, struct arena *a);

#endif
