#include "rcnn/anchors.h"

#include <math.h>
#include "base/err.h"

void rcnn_anchors_add(struct rcnn_anchors *a, int h, int w, int stride,
	double size, const double *ratio, int n)
{
	struct rcnn_level *l = &a->level[a->levels];
	double centre = 0.5 * (stride - 1), scale = size / stride;

	BUG_ON(a->levels == RCNN_LEVELS_MAX || n > RCNN_SHAPES_MAX);
	BUG_ON((int64_t)h * w * n > INT32_MAX - a->total);
	*l = (struct rcnn_level){.h = h,
		.w = w,
		.stride = stride,
		.shapes = n,
		.first = a->total};
	for (int i = 0; i < n; i++) {
		/* rint, like numpy, rounds a half to even. */
		double ws = rint(sqrt((double)stride * stride / ratio[i]));
		double hs = rint(ws * ratio[i]);
		double dx = 0.5 * (ws * scale - 1), dy = 0.5 * (hs * scale - 1);

		l->shape[i] = (struct rcnn_box){(float)(centre - dx),
			(float)(centre - dy), (float)(centre + dx),
			(float)(centre + dy)};
	}
	a->total += h * w * n;
	a->levels++;
}

struct rcnn_box rcnn_level_anchor(const struct rcnn_level *l, int32_t i)
{
	int32_t cell = i / l->shapes;
	const struct rcnn_box *s = &l->shape[i % l->shapes];
	float x = (float)(cell % l->w * l->stride);
	float y = (float)(cell / l->w * l->stride);

	return (struct rcnn_box){s->x1 + x, s->y1 + y, s->x2 + x, s->y2 + y};
}

struct rcnn_box rcnn_anchor(const struct rcnn_anchors *a, int32_t number)
{
	const struct rcnn_level *l = &a->level[a->levels - 1];

	while (number < l->first)
		l--;
	return rcnn_level_anchor(l, number - l->first);
}
