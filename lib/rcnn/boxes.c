#include "rcnn/boxes.h"
#include "nn/proposal.h"

#include <math.h>

float rcnn_box_iou(
	const struct rcnn_box *a, const struct rcnn_box *b, float pixel)
{
	float w = fminf(a->x2, b->x2) - fmaxf(a->x1, b->x1) + pixel;
	float h = fminf(a->y2, b->y2) - fmaxf(a->y1, b->y1) + pixel;

	if (!(w > 0 && h > 0))
		return 0;
	return w * h /
	       (rcnn_box_area(a, pixel) + rcnn_box_area(b, pixel) - w * h);
}

void rcnn_box_encode(const struct rcnn_box *from, const struct rcnn_box *to,
	const float weight[4], float pixel, float delta[4])
{
	float w = from->x2 - from->x1 + pixel, h = from->y2 - from->y1 + pixel;
	float tw = to->x2 - to->x1 + pixel, th = to->y2 - to->y1 + pixel;
	float x = from->x1 + 0.5f * w, y = from->y1 + 0.5f * h;
	float tx = to->x1 + 0.5f * tw, ty = to->y1 + 0.5f * th;

	delta[0] = weight[0] * (tx - x) / w;
	delta[1] = weight[1] * (ty - y) / h;
	delta[2] = weight[2] * logf(tw / w);
	delta[3] = weight[3] * logf(th / h);
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
	float side = sqrtf(rcnn_box_area(b, p->as->pixel)) / p->scale;
	float level = floorf((float)p->level + log2f(side + p->as->level_in) +
			     p->as->level_out);

	/* Written so that a NaN gives min. */
	if (!(level > (float)p->min))
		return p->min;
	return level > (float)p->max ? p->max : (int)level;
}
