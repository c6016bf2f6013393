#include "rcnn/anchors.h"

#include <math.h>
#include "base/err.h"

static struct rcnn_box quantised(double stride, double size, double ratio)
{
	double centre = 0.5 * (stride - 1), scale = size / stride;
	/* rint, like numpy, rounds a half to even. */
	double w = rint(sqrt(stride * stride / ratio)), h = rint(w * ratio);
	double dx = 0.5 * (w * scale - 1), dy = 0.5 * (h * scale - 1);

	return (struct rcnn_box){(float)(centre - dx), (float)(centre - dy),
		(float)(centre + dx), (float)(centre + dy)};
}

/* torchvision reckons in f32. */
static struct rcnn_box rounded(double size, double ratio)
{
	float h = sqrtf((float)ratio), w = 1 / h;
	float dx = rintf(w * (float)size / 2), dy = rintf(h * (float)size / 2);

	return (struct rcnn_box){-dx, -dy, dx, dy};
}

static struct rcnn_box exact(double size, double ratio)
{
	double w = sqrt(size * size / ratio), h = ratio * w;

	return (struct rcnn_box){(float)(-w / 2), (float)(-h / 2),
		(float)(w / 2), (float)(h / 2)};
}

void rcnn_anchors_add(struct rcnn_anchors *a, const struct rcnn_convention *as,
	int h, int w, int stride_y, int stride_x, double size,
	const double *ratio, int n)
{
	struct rcnn_level *l = &a->level[a->levels];

	BUG_ON(a->levels == RCNN_LEVELS_MAX || n > RCNN_SHAPES_MAX);
	BUG_ON((int64_t)h * w * n > INT32_MAX - a->total);
	*l = (struct rcnn_level){.h = h,
		.w = w,
		.stride_y = stride_y,
		.stride_x = stride_x,
		.shapes = n,
		.first = a->total};
	for (int i = 0; i < n; i++) {
		if (as->anchors == RCNN_ANCHORS_QUANTISED)
			l->shape[i] = quantised(stride_x, size, ratio[i]);
		else if (as->anchors == RCNN_ANCHORS_ROUNDED)
			l->shape[i] = rounded(size, ratio[i]);
		else
			l->shape[i] = exact(size, ratio[i]);
	}
	a->pixel = as->pixel;
	a->total += h * w * n;
	a->levels++;
}

struct rcnn_box rcnn_level_anchor(const struct rcnn_level *l, int32_t i)
{
	int32_t cell = i / l->shapes;
	const struct rcnn_box *s = &l->shape[i % l->shapes];
	float x = (float)(cell % l->w * l->stride_x);
	float y = (float)(cell / l->w * l->stride_y);

	return (struct rcnn_box){s->x1 + x, s->y1 + y, s->x2 + x, s->y2 + y};
}

struct rcnn_box rcnn_anchor(const struct rcnn_anchors *a, int32_t number)
{
	const struct rcnn_level *l = &a->level[a->levels - 1];

	while (number < l->first)
		l--;
	return rcnn_level_anchor(l, number - l->first);
}
