#include "data/vary.h"

#include <math.h>
#include <string.h>

/* How much of a pixel is red, green and blue in its grey: ITU-R BT.601. */
static const float grey_of[3] = {0.299f, 0.587f, 0.114f};

static float around_one(struct rng *r, float by)
{
	return 1 + by * (2 * rng_uniform(r) - 1);
}

struct variation vary_draw(const struct vary_rule *rule, struct rng *r)
{
	struct variation v;

	v.brightness = around_one(r, rule->jitter);
	v.contrast = around_one(r, rule->jitter);
	v.saturation = around_one(r, rule->jitter);
	v.side = 1 - rng_uniform(r) * (1 - rule->crop);
	v.x = rng_uniform(r);
	v.y = rng_uniform(r);
	return v;
}

static int part_of(float share, int n)
{
	int side = (int)lrintf(share * (float)n);

	return side < 1 ? 1 : side;
}

struct img_part vary_part(const struct variation *v, int w, int h)
{
	struct img_part p = {
		.w = part_of(v->side, w), .h = part_of(v->side, h)};

	p.x = (int)(v->x * (float)(w - p.w + 1));
	p.y = (int)(v->y * (float)(h - p.h + 1));
	return p;
}

static float area(const float b[4], float pixel)
{
	return (b[2] - b[0] + pixel) * (b[3] - b[1] + pixel);
}

/* Into the part; how much of it is left. */
static float cut(float b[4], const struct img_part *part, float pixel)
{
	float whole = area(b, pixel);

	for (int i = 0; i < 4; i++) {
		float most = (float)(i % 2 ? part->h : part->w) - pixel;

		b[i] -= (float)(i % 2 ? part->y : part->x);
		b[i] = fminf(fmaxf(b[i], 0), most);
	}
	if (b[2] <= b[0] || b[3] <= b[1])
		return 0;
	return area(b, pixel) / whole;
}

int vary_boxes(const struct img_part *part, float (*box)[4], int32_t *classes,
	uint8_t *crowd, int n, int pixel, int *objects)
{
	int m = 0;

	*objects = 0;
	for (int i = 0; i < n; i++) {
		float b[4], left;

		memcpy(b, box[i], sizeof b);
		left = cut(b, part, (float)pixel);
		if (!(left > 0))
			continue;
		memcpy(box[m], b, sizeof b);
		classes[m] = classes[i];
		crowd[m] = crowd[i] || left < 0.5f;
		*objects += !crowd[m++];
	}
	return m;
}

static float grey(const float px[3])
{
	return px[0] * grey_of[0] + px[1] * grey_of[1] + px[2] * grey_of[2];
}

static float clamp(float v)
{
	return v < 0 ? 0 : v > 255 ? 255 : v;
}

/* A pixel, brighter. */
static void lit(const uint8_t *px, float by, float to[3])
{
	for (int i = 0; i < 3; i++)
		to[i] = clamp((float)px[i] * by);
}

static float mean_grey(const struct img *im, float brightness)
{
	size_t n = (size_t)im->w * (size_t)im->h;
	double sum = 0;
	float px[3];

	for (size_t i = 0; i < n; i++) {
		lit(im->px + 3 * i, brightness, px);
		sum += (double)grey(px);
	}
	return (float)(sum / (double)n);
}

void vary_colours(struct img *im, const struct variation *v)
{
	size_t n = (size_t)im->w * (size_t)im->h;
	float mean = mean_grey(im, v->brightness);

	for (size_t i = 0; i < n; i++) {
		uint8_t *to = im->px + 3 * i;
		float px[3], g;

		lit(to, v->brightness, px);
		for (int c = 0; c < 3; c++)
			px[c] = clamp(mean + v->contrast * (px[c] - mean));
		g = grey(px);
		for (int c = 0; c < 3; c++)
			to[c] = (uint8_t)lrintf(
				clamp(g + v->saturation * (px[c] - g)));
	}
}
