#include "rcnn/boxes.h"

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
	float w = from->x2 - from->x1 + pixel, h = from->y2 - from->y1 + pixel;
	float x = from->x1 + 0.5f * w, y = from->y1 + 0.5f * h;
	float dw = delta[2] / weight[2], dh = delta[3] / weight[3];

	/* Not fminf: a NaN must stay one, for the filters to see. */
	dw = dw > RCNN_BOX_GROWTH ? RCNN_BOX_GROWTH : dw;
	dh = dh > RCNN_BOX_GROWTH ? RCNN_BOX_GROWTH : dh;
	x += delta[0] / weight[0] * w;
	y += delta[1] / weight[1] * h;
	w *= expf(dw);
	h *= expf(dh);
	return (struct rcnn_box){x - 0.5f * w, y - 0.5f * h,
		x + 0.5f * w - pixel, y + 0.5f * h - pixel};
}

/* v into 0..hi; a NaN stays one. */
static float clamp(float v, float hi)
{
	v = v > hi ? hi : v;
	return v < 0 ? 0 : v;
}

struct rcnn_box rcnn_box_clip(
	const struct rcnn_box *b, float w, float h, float pixel)
{
	w -= pixel;
	h -= pixel;
	return (struct rcnn_box){clamp(b->x1, w), clamp(b->y1, h),
		clamp(b->x2, w), clamp(b->y2, h)};
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
