#include "data/vary.h"

#include <math.h>
#include <string.h>

#define CIRCLE 6.2831853f

/* How much of a pixel is red, green and blue in its grey: ITU-R BT.601. */
static const float grey_of[3] = {0.299f, 0.587f, 0.114f};

static float around_one(struct rng *r, float by)
{
	return 1 + by * (2 * rng_uniform(r) - 1);
}

/* Sides of up to three times each other, as the paper has them, and up to a
 * fifth of the part. */
static void draw_cover(
	struct variation *v, const struct vary_rule *rule, struct rng *r)
{
	bool is = rng_uniform(r) < rule->erase;
	float share = 0.02f + 0.18f * rng_uniform(r);
	float shape = powf(3, rng_uniform(r) - 0.5f);
	float x = rng_uniform(r), y = rng_uniform(r);

	for (int c = 0; c < 3; c++)
		v->cover[c] = (uint8_t)(256 * rng_uniform(r));
	if (!is)
		return;
	v->cover_w = sqrtf(share) * shape;
	v->cover_h = sqrtf(share) / shape;
	v->cover_x = x * (1 - v->cover_w);
	v->cover_y = y * (1 - v->cover_h);
}

struct variation vary_draw(const struct vary_rule *rule, struct rng *r)
{
	struct variation v = {0};
	float side, shape;

	v.brightness = around_one(r, rule->jitter);
	v.contrast = around_one(r, rule->jitter);
	v.saturation = around_one(r, rule->jitter);
	side = 1 - rng_uniform(r) * (1 - rule->crop);
	v.x = rng_uniform(r);
	v.y = rng_uniform(r);
	v.hue = (2 * rng_uniform(r) - 1) * rule->hue * CIRCLE;
	shape = powf(1 + rule->stretch, rng_uniform(r) - 0.5f);
	v.wide = fminf(side * shape, 1);
	v.high = fminf(side / shape, 1);
	draw_cover(&v, rule, r);
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
		.w = part_of(v->wide, w), .h = part_of(v->high, h)};

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

/* Turned around the greys: RGB to YIQ, its I and Q turned, and back. */
static void hue_matrix(float angle, float m[3][3])
{
	static const float yiq[3][3] = {{0.299f, 0.587f, 0.114f},
		{0.596f, -0.274f, -0.322f}, {0.211f, -0.523f, 0.312f}};
	static const float rgb[3][3] = {{1, 0.956f, 0.621f},
		{1, -0.272f, -0.647f}, {1, -1.106f, 1.703f}};
	float c = cosf(angle), s = sinf(angle);

	for (int i = 0; i < 3; i++)
		for (int k = 0; k < 3; k++)
			m[i][k] = rgb[i][0] * yiq[0][k] +
				  rgb[i][1] * (c * yiq[1][k] - s * yiq[2][k]) +
				  rgb[i][2] * (s * yiq[1][k] + c * yiq[2][k]);
}

void vary_colours(struct img *im, const struct variation *v)
{
	size_t n = (size_t)im->w * (size_t)im->h;
	float mean = mean_grey(im, v->brightness), turn[3][3];

	hue_matrix(v->hue, turn);
	for (size_t i = 0; i < n; i++) {
		uint8_t *to = im->px + 3 * i;
		float px[3], g;

		lit(to, v->brightness, px);
		for (int c = 0; c < 3; c++)
			px[c] = clamp(mean + v->contrast * (px[c] - mean));
		g = grey(px);
		for (int c = 0; c < 3; c++)
			px[c] = clamp(g + v->saturation * (px[c] - g));
		for (int c = 0; c < 3; c++)
			to[c] = (uint8_t)lrintf(clamp(
				v->hue == 0 ? px[c]
					    : turn[c][0] * px[0] +
						      turn[c][1] * px[1] +
						      turn[c][2] * px[2]));
	}
}

void vary_cover(struct img *im, const struct variation *v)
{
	int w = (int)(v->cover_w * (float)im->w);
	int h = (int)(v->cover_h * (float)im->h);
	int left = (int)(v->cover_x * (float)im->w);
	int top = (int)(v->cover_y * (float)im->h);

	for (int y = top; y < top + h; y++)
		for (int x = left; x < left + w; x++)
			memcpy(im->px + 3 * ((size_t)y * (size_t)im->w +
						    (size_t)x),
				v->cover, sizeof v->cover);
}
