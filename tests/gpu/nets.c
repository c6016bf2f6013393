#include "nets.h"
#include "conf/conf.h"

#include <string.h>

const struct gpu_net gpu_nets[GPU_NETS] = {
	{"R-50",
		"MODEL: {CONV_BODY: FPN.add_fpn_ResNet50_conv5_body, "
		"NUM_CLASSES: 81}\n",
		800, 1344, 8},
	{"R-101",
		"MODEL: {CONV_BODY: FPN.add_fpn_ResNet101_conv5_body, "
		"NUM_CLASSES: 81}\n",
		800, 1344, 8},
	{"X-101-32x8d",
		"MODEL: {CONV_BODY: FPN.add_fpn_ResNet101_conv5_body, "
		"NUM_CLASSES: 81}\n"
		"RESNETS: {NUM_GROUPS: 32, WIDTH_PER_GROUP: 8, "
		"STRIDE_1X1: False}\n",
		800, 1344, 8},
	{"R-18 small", "pipelines/conf/small.yaml", 224, 320, 8},
};

/* What all but the last have, as far as it is not the default. */
static const char common[] =
	"MODEL: {TYPE: generalized_rcnn, FASTER_RCNN: True}\n"
	"FPN: {FPN_ON: True, MULTILEVEL_ROIS: True, MULTILEVEL_RPN: True}\n"
	"FAST_RCNN: {ROI_BOX_HEAD: fast_rcnn_heads.add_roi_2mlp_head, "
	"ROI_XFORM_METHOD: RoIAlign, ROI_XFORM_RESOLUTION: 7, "
	"ROI_XFORM_SAMPLING_RATIO: 2}\n"
	"TRAIN: {BATCH_SIZE_PER_IM: 512}\n";

int gpu_net_config(
	const struct gpu_net *net, struct rcnn_config *c, struct err *e)
{
	const char *s = net->settings;
	int bad;

	*c = rcnn_config_default;
	if (strchr(s, '\n'))
		bad = conf_parse(common, strlen(common), "common", rcnn_keys, c,
			      NULL, NULL, e) ||
		      conf_parse(s, strlen(s), net->name, rcnn_keys, c, NULL,
			      NULL, e);
	else
		bad = conf_load(s, rcnn_keys, c, NULL, NULL, e);
	return bad || rcnn_config_check(c, e) ? -1 : 0;
}
