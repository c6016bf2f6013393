/*
 * Detections: from what the box head says of every region, the objects of a
 * picture.
 */
#ifndef RCNN_POSTPROCESS_H
#define RCNN_POSTPROCESS_H

#include "base/arena.h"
#include "rcnn/boxes.h"

/* Detectron's TEST.* and MODEL.*. */
struct rcnn_detect_rule {
	int classes;     /* K + 1, with the background */
	bool agnostic;   /* one box for all classes: deltas of 2 classes */
	float weight[4]; /* MODEL.BBOX_REG_WEIGHTS */
	float score;     /* objects score more */
	float nms;       /* IoU from which the lesser of a class goes */
	int most;        /* objects a picture; 0: any number */
};

struct rcnn_detection {
	struct rcnn_box box; /* in pixels of the original */
	float score;         /* probability, of the softmax */
	int label;           /* 1..K */
};

/*
 * The objects of a picture of w x h pixels, highest score first, in the
 * arena. roi: n regions in the network's pixels, `scale` of them a pixel of
 * the original; logits: n x classes; deltas: n x classes x 4 (n x 2 x 4 when
 * agnostic). Those that score the same as the last of `most` are kept too,
 * and a NaN never is. Returns how many.
 */
int rcnn_detections(const struct rcnn_box *roi, int n, const float *logits,
	const float *deltas, float w, float h, float scale,
	const struct rcnn_detect_rule *rule, struct arena *a,
	struct rcnn_detection **out);

#endif
