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
	const struct rcnn_convention *as;
};

struct rcnn_detection {
	struct rcnn_box box; /* in pixels of the original */
	float score;         /* probability, of the softmax */
	int label;           /* 1..K */
};

/* A photograph and what the network sees of it. */
struct rcnn_sight {
	struct rcnn_view view; /* without padding */
	float w, h;            /* of the photograph */
};

/*
 * The objects of a photograph, highest score first, in the arena. roi: n
 * regions in the network's pixels; logits: n x classes; deltas: n x classes x
 * 4 (n x 2 x 4 when agnostic). A NaN is never kept. Returns how many.
 */
int rcnn_detections(const struct rcnn_box *roi, int n, const float *logits,
	const float *deltas, const struct rcnn_sight *sight,
	const struct rcnn_detect_rule *rule, struct arena *a,
	struct rcnn_detection **out);

#endif
