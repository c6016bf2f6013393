/*
 * Detections: from what the box head says of every region, the objects of a
 * photograph. It may have been looked at several times, at other sizes and
 * mirrored: what each look finds is added up before the lesser ones go.
 *
 *	struct rcnn_found all = {0};
 *
 *	for (each look)
 *		rcnn_candidates(roi, n, logits, deltas, &sight, &rule, a, &all);
 *	rcnn_choose(&all, &rule, a, &found);
 */
#ifndef RCNN_POSTPROCESS_H
#define RCNN_POSTPROCESS_H

#include "base/arena.h"
#include "nn/candidate.h"
#include "rcnn/nms.h"
#include "rcnn/vote.h"

/* Detectron's TEST.* and MODEL.*. */
struct rcnn_detect_rule {
	int classes;     /* K + 1, with the background */
	bool agnostic;   /* one box for all classes: deltas of 2 classes */
	float weight[4]; /* MODEL.BBOX_REG_WEIGHTS */
	float score;     /* candidates score more */
	float nms;       /* IoU from which the lesser of a class goes */
	struct rcnn_soften soften; /* or loses some of its score instead */
	float least;               /* what an object scores at last */
	struct rcnn_vote vote;     /* of candidates for an object */
	int most;                  /* objects a picture; 0: any number */
	const struct rcnn_convention *as;
};

struct rcnn_detection {
	struct rcnn_box box; /* in pixels of the photograph */
	float score;         /* probability, of the softmax */
	int label;           /* 1..K */
};

struct rcnn_found {
	int n, room;
	struct rcnn_detection *list;
};

/* A photograph and what the network sees of it. */
struct rcnn_sight {
	struct rcnn_view view; /* without padding */
	float w, h;            /* of the photograph */
	bool flipped;          /* the network sees its mirror image */
};

/*
 * Add to the candidates all that score enough. roi: n regions in the network's
 * pixels; logits: n x classes; deltas: n x classes x 4 (n x 2 x 4 when
 * agnostic). A NaN is none. The list may move within the arena.
 */
void rcnn_candidates(const struct rcnn_box *roi, int n, const float *logits,
	const float *deltas, const struct rcnn_sight *sight,
	const struct rcnn_detect_rule *rule, struct arena *a,
	struct rcnn_found *all);

/* What a device is told that sifts them; and what it found added likewise. */
struct nn_refine rcnn_refine(const struct rcnn_detect_rule *rule);
struct nn_sight rcnn_sight_sent(const struct rcnn_sight *s);
void rcnn_found_add(struct rcnn_found *all, const struct nn_candidate *c, int n,
	struct arena *a);

/* The objects among the candidates, highest score first, in the arena. */
void rcnn_choose(const struct rcnn_found *all,
	const struct rcnn_detect_rule *rule, struct arena *a,
	struct rcnn_found *found);

#endif
