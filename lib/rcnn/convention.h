/*
 * Conventions: what the projects that publish detectors do each in its own
 * way, so that weights answer here as they answer at home. A set has a name,
 * which a configuration carries as MODEL.CONVENTIONS and with it every file of
 * weights; what a project lets its users set is a key of the configuration
 * instead.
 *
 *	detectron	Girshick et al. 2018, Caffe2
 *	torchvision	torchvision.models.detection
 *	detectron2	Wu et al. 2019
 */
#ifndef RCNN_CONVENTION_H
#define RCNN_CONVENTION_H

#include <stdbool.h>
#include "nn/anchor_match.h"

enum rcnn_anchor_rule {
	/* Sides rounded at the scale of the stride, then multiplied; the
	 * centre of a cell is stride/2 - 1/2. */
	RCNN_ANCHORS_QUANTISED,
	/* About 0, 0, corners rounded; the distance of cells is the picture's
	 * side by their number, whatever the level. */
	RCNN_ANCHORS_ROUNDED,
	/* About 0, 0, as they come. */
	RCNN_ANCHORS_EXACT
};

/* How a photograph becomes another size; data/photo.h does it. */
enum rcnn_resize { RCNN_RESIZE_OPENCV, RCNN_RESIZE_TORCH, RCNN_RESIZE_PIL };

struct rcnn_convention {
	const char *name;

	/* Boxes. */
	float pixel; /* 1: corners are pixels, both inside, and a side is
		      * x2 - x1 + 1; 0: corners are edges */
	bool photo;  /* regions are judged, refined and suppressed in pixels of
		      * the photograph, else in the network's */
	bool above;  /* suppression takes an IoU above the threshold, else
		      * one that reaches it */
	enum rcnn_resize resize;

	/* Anchors and proposals. */
	enum rcnn_anchor_rule anchors;
	float least_proposal; /* side that a proposal must have */
	bool padding;         /* proposals may lie in it, in tests */
	bool together;        /* the best of all pictures of a batch, else of
			       * each */

	/* Regions. */
	float level_in, level_out; /* floor(level + log2(s + in) + out) */
	bool aligned;              /* RoIAlign shifts by half a pixel */
	float least_object;        /* side that an object must have */
	bool ties; /* objects that score as the last of the most stay */

	/* Training. */
	bool redraw; /* background is drawn with replacement, and may take the
		      * place of an object that was drawn */
	enum nn_divisor rpn_cls, rpn_box; /* of the RPN's losses */
	float rpn_beta, box_beta;         /* of the smooth L1 losses */
};

/* The set of a name, or NULL. */
const struct rcnn_convention *rcnn_convention(const char *name);

#endif
