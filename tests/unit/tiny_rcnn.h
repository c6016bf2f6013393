/* The smallest detector, for tests. */
#ifndef UNIT_TINY_RCNN_H
#define UNIT_TINY_RCNN_H

#include <string.h>
#include "rcnn/config.h"

static inline struct rcnn_config tiny(void)
{
	struct rcnn_config c = rcnn_config_default;

	strncpy(c.type, "generalized_rcnn", sizeof c.type - 1);
	strncpy(c.conv_body, "FPN.add_fpn_ResNet18_conv5_body",
		sizeof c.conv_body - 1);
	strncpy(c.roi_box_head, "fast_rcnn_heads.add_roi_2mlp_head",
		sizeof c.roi_box_head - 1);
	strncpy(c.roi_xform_method, "RoIAlign", sizeof c.roi_xform_method - 1);
	c.faster_rcnn = c.fpn_on = true;
	c.multilevel_rois = c.multilevel_rpn = true;
	c.num_classes = 3;
	c.width_per_group = 4;
	c.fpn_dim = 8;
	c.mlp_head_dim = 8;
	c.roi_xform_resolution = 2;
	c.base_lr = 0.0625;
	return c;
}

#endif
