/*
 * What the two heads should have said: targets for training, sampled.
 *
 * Both follow Detectron but for its slips, said at each. Memory is of the
 * order of the anchors or proposals, never times the objects. Random choices
 * are a function of the seed and nothing else, so that a step can be repeated,
 * and a device can make them too (nn/anchor_match.h, nn/choice.h). Results live
 * in the arena.
 */
#ifndef RCNN_TARGETS_H
#define RCNN_TARGETS_H

#include "base/arena.h"
#include "nn/anchor_match.h"
#include "rcnn/match.h"

/* Which anchors teach the proposal network (Detectron's TRAIN.RPN_*). */
struct rcnn_rpn_rule {
	struct rcnn_match_rule match;
	int batch, most_fg; /* anchors a picture, and of them objects */
	bool redraw;        /* the convention's */
};

struct rcnn_rpn_targets {
	int n, nfg;     /* anchors chosen; the first nfg of them are objects */
	int32_t *index; /* n: in struct rcnn_anchors' numbering, ascending
			 * among the objects and among the rest */
	float *label;   /* n: 1 object, 0 background */
	float *delta;   /* nfg x 4: what the regressor should say (weights 1) */
};

/*
 * Objects and background are match.h's (Ren et al. 2015, 3.1.2), with truths
 * that are no crowds. With `redraw`, background is drawn with replacement, so
 * that a few less than `batch` are chosen, and what is drawn is no object any
 * more; else without, and never an object.
 *
 * Unlike Detectron, a truth that no anchor touches makes none an object, and
 * where there are fewer than asked for, all of the background is taken rather
 * than none.
 */
void rcnn_rpn_sample(const struct rcnn_anchors *anchors,
	const struct rcnn_view *view, const struct rcnn_truth *truth,
	int ntruths, const struct rcnn_rpn_rule *rule, uint64_t seed,
	struct arena *a, struct rcnn_rpn_targets *t);

/* Which regions teach the box head (Detectron's TRAIN.*). */
struct rcnn_roi_rule {
	float fg, bg_hi, bg_lo; /* IoU: at least; in bg_lo <= IoU < bg_hi */
	int batch, most_fg;     /* regions a picture, and of them objects */
	float weight[4];        /* MODEL.BBOX_REG_WEIGHTS */
	float pixel;            /* the convention's */
};

struct rcnn_roi_targets {
	int n, nfg;           /* regions; the first nfg of them are objects */
	struct rcnn_box *roi; /* n: in the network's pixels */
	int32_t *label;       /* n: 1..K, or 0: background */
	float *delta;         /* nfg x 4 */
};

/*
 * Choose among the truths and n proposals (in the network's pixels). A
 * region's label is that of the truth that it overlaps most, in pixels of the
 * original. Both kinds are drawn without replacement, by lots that depend on
 * the seed and the region's place; there may be fewer than `batch`. Unlike
 * Detectron, a region that would be an object because of a crowd is left out.
 */
void rcnn_roi_sample(const struct rcnn_box *proposal, int n,
	const struct rcnn_view *view, const struct rcnn_truth *truth,
	int ntruths, const struct rcnn_roi_rule *rule, uint64_t seed,
	struct arena *a, struct rcnn_roi_targets *t);

#endif
