/*
 * Which anchors are objects, which background: the part of targets.h that is
 * about every anchor of a picture, and therefore done by the grid.
 */
#ifndef RCNN_MATCH_H
#define RCNN_MATCH_H

#include "base/arena.h"
#include "rcnn/anchors.h"

/* From which overlap with a truth, by IoU (Detectron's TRAIN.RPN_*). */
struct rcnn_match_rule {
	float positive, negative; /* object: at least; background: below */
	float straddle; /* pixels that an anchor may leave the picture by;
			 * < 0: any */
};

struct rcnn_matches {
	int nfg, nbg;
	int32_t *fg, *bg; /* numbers of anchors, ascending */
};

/*
 * Objects are the anchors that overlap one of the n boxes, in the network's
 * pixels, by at least `positive`, and those that overlap one as much as its
 * best anchor does, however little; background those below `negative` with
 * all; unless they are to be apart, an anchor may be both. The result lives in
 * the arena.
 *
 * The work and the memory are of the order of the anchors: what is near a box
 * is found by arithmetic, and one number is kept an anchor.
 */
void rcnn_match(const struct rcnn_anchors *anchors,
	const struct rcnn_view *view, const struct rcnn_box *box, int n,
	const struct rcnn_match_rule *rule, bool apart, struct arena *a,
	struct rcnn_matches *m);

#endif
