#include "rcnn/convention.h"

#include <float.h>
#include <string.h>

static const struct rcnn_convention sets[] = {
	{
		.name = "detectron",
		.pixel = 1,
		.photo = true,
		.resize = RCNN_RESIZE_OPENCV,
		.anchors = RCNN_ANCHORS_QUANTISED,
		.least_proposal = 1,
		.padding = true,
		.together = true,
		/* So that a box of exactly the scale does not fall below its
		 * level by rounding. */
		.level_in = 1e-6f,
		.ties = true,
		.redraw = true,
		.rpn_cls = NN_BY_ASKED,
		.rpn_box = NN_BY_PICTURE,
		.rpn_beta = 1.0f / 9,
		.box_beta = 1,
	},
	{
		.name = "torchvision",
		.above = true,
		.resize = RCNN_RESIZE_TORCH,
		.anchors = RCNN_ANCHORS_ROUNDED,
		.least_proposal = 1e-3f,
		.level_out = 1e-6f,
		.least_object = 1e-2f,
		.rpn_cls = NN_BY_BATCH,
		.rpn_box = NN_BY_BATCH,
		.rpn_beta = 1.0f / 9,
		.box_beta = 1.0f / 9,
	},
	{
		.name = "detectron2",
		.above = true,
		.resize = RCNN_RESIZE_PIL,
		.anchors = RCNN_ANCHORS_EXACT,
		.least_proposal = FLT_MIN,
		.level_in = 1e-8f,
		.aligned = true,
		.least_object = FLT_MIN,
		.rpn_cls = NN_BY_ASKED,
		.rpn_box = NN_BY_ASKED,
	},
};

const struct rcnn_convention *rcnn_convention(const char *name)
{
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
		if (!strcmp(name, sets[i].name))
			return &sets[i];
	return NULL;
}
