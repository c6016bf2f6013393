#include "rcnn/boxes.h"
#include "nn/choice.h"

float rcnn_box_iou(
	const struct rcnn_box *a, const struct rcnn_box *b, float pixel)
{
	return nn_box_iou((const float *)a, (const float *)b, pixel);
}

void rcnn_box_encode(const struct rcnn_box *from, const struct rcnn_box *to,
	const float weight[4], float pixel, float delta[4])
{
	nn_box_encode(
		(const float *)from, (const float *)to, weight, pixel, delta);
}

struct rcnn_box rcnn_box_decode(const struct rcnn_box *from,
	const float delta[4], const float weight[4], float pixel)
{
	struct rcnn_box to;

	nn_box_decode((const float *)from, delta, weight, pixel, (float *)&to);
	return to;
}

struct rcnn_box rcnn_box_clip(
	const struct rcnn_box *b, float w, float h, float pixel)
{
	struct rcnn_box to = *b;

	nn_box_clip((float *)&to, w, h, pixel);
	return to;
}

int rcnn_box_level(const struct rcnn_box *b, const struct rcnn_pyramid *p)
{
	return nn_box_level((const float *)b, p->as->pixel, p->scale, p->level,
		p->min, p->max, p->as->level_in, p->as->level_out);
}
