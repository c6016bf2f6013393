#include "data/synth_int.h"

#include <math.h>

struct synth_colour synth_rgb(uint32_t rgb)
{
	return (struct synth_colour){(float)(rgb >> 16 & 255),
		(float)(rgb >> 8 & 255), (float)(rgb & 255)};
}

struct synth_colour synth_mix(
	struct synth_colour a, struct synth_colour b, float t)
{
	return (struct synth_colour){a.r + (b.r - a.r) * t,
		a.g + (b.g - a.g) * t, a.b + (b.b - a.b) * t};
}

static struct synth_colour hsv(float hue, float sat, float val)
{
	float c[3];

	for (int k = 0; k < 3; k++) {
		float d = fabsf(fmodf(hue * 6 + (float)(k * 4), 6) - 3) - 1;

		c[k] = 255 * val * (1 + sat * (synth_clamp(d, 0, 1) - 1));
	}
	return (struct synth_colour){c[0], c[1], c[2]};
}

struct synth_colour synth_dye(struct rng *r)
{
	/* Half of all clothes are of these. */
	static const uint32_t sober[] = {0x1c1d22, 0x2b2d36, 0xf2f0ea, 0xe6dfd0,
		0x8c8f94, 0x55585e, 0x1f2a44, 0x32466b, 0xc8a878, 0x9a7248,
		0x5c4433, 0x5b6044, 0x6e1f2c, 0xd9c7c0};

	if (rng_uniform(r) < 0.5F)
		return synth_rgb(
			sober[rng_below(r, sizeof sober / sizeof *sober)]);
	return hsv(rng_uniform(r), synth_between(r, 0.3F, 0.9F),
		synth_between(r, 0.35F, 0.95F));
}

struct synth_cloth synth_plain(struct synth_colour c, float folds)
{
	return (struct synth_cloth){.pattern = SYNTH_PLAIN,
		.a = c,
		.b = c,
		.cos = 1,
		.folds = folds};
}

static float distance(struct synth_colour a, struct synth_colour b)
{
	return fabsf(a.r - b.r) + fabsf(a.g - b.g) + fabsf(a.b - b.b);
}

struct synth_cloth synth_weave(struct rng *r, unsigned patterns)
{
	static const struct {
		float lo, hi; /* size */
	} sizes[SYNTH_PATTERNS] = {
		[SYNTH_STRIPED] = {0.014F, 0.05F},
		[SYNTH_DOTTED] = {0.02F, 0.045F},
		[SYNTH_CHECKED] = {0.025F, 0.07F},
		[SYNTH_FLORAL] = {0.03F, 0.06F},
		[SYNTH_DENIM] = {0.006F, 0.008F},
		[SYNTH_KNIT] = {0.014F, 0.02F},
	};
	static const float turns[] = {0, 1.5708F, 1.5708F, 0.7854F};
	static const uint32_t indigo[] = {
		0x22304d, 0x34507a, 0x5878a0, 0x93acc8, 0x2a2c33};
	struct synth_cloth c = {0};
	float turn = turns[rng_below(r, 4)];

	do
		c.pattern = (enum synth_pattern)rng_below(r, SYNTH_PATTERNS);
	while (!(patterns >> c.pattern & 1));
	c.a = synth_dye(r);
	/* A pattern must be seen. */
	for (int i = 0; i < 8; i++) {
		c.b = synth_dye(r);
		if (distance(c.a, c.b) > 150)
			break;
	}
	if (c.pattern == SYNTH_DENIM) {
		c.a = synth_rgb(indigo[rng_below(r, 5)]);
		c.b = synth_mix(c.a, synth_rgb(0xffffff), 0.25F);
		turn = 0.7854F;
	}
	if (c.pattern == SYNTH_KNIT)
		c.b = synth_mix(c.a, synth_rgb(0), 0.3F);
	c.size = synth_between(r, sizes[c.pattern].lo, sizes[c.pattern].hi);
	c.cos = cosf(turn);
	c.sin = sinf(turn);
	c.folds = synth_between(r, 0.3F, 0.9F);
	return c;
}

const char *synth_pattern_name(enum synth_pattern p)
{
	static const char *const names[SYNTH_PATTERNS] = {"Plain", "Striped",
		"Polka_Dot", "Checked", "Floral", "Ombre", "Colorblock",
		"Denim", "Knit"};

	return names[p];
}

/* A number in 0..1 for a point of a lattice (Wang's mixing of integers). */
static float hash(uint32_t salt, int32_t x, int32_t y)
{
	uint32_t v =
		salt ^ (uint32_t)x * 0x9e3779b1U ^ (uint32_t)y * 0x85ebca77U;

	v = (v ^ v >> 15) * 0x2c1b3c6dU;
	v = (v ^ v >> 12) * 0x297a2d39U;
	return (float)((v ^ v >> 15) >> 8) * 0x1p-24F;
}

float synth_noise(uint32_t salt, float x, float y)
{
	float fx = floorf(x), fy = floorf(y), u = x - fx, v = y - fy;
	int32_t i = (int32_t)fx, j = (int32_t)fy;
	float a = hash(salt, i, j), b = hash(salt, i + 1, j);
	float c = hash(salt, i, j + 1), d = hash(salt, i + 1, j + 1);

	u = u * u * (3 - 2 * u);
	v = v * v * (3 - 2 * v);
	a += (b - a) * u;
	c += (d - c) * u;
	return a + (c - a) * v;
}

/* 0 below, 1 above the edge, a ramp of the width of a pixel between. */
static float step(float v, float edge, float pixel)
{
	return synth_clamp((v - edge) / pixel + 0.5F, 0, 1);
}

/* 0 and 1 in turns, each half a period long. */
static float bands(float v, float pixel)
{
	float t = fabsf(v - floorf(v) - 0.5F); /* 0 in the middle of a band */

	return step(t, 0.25F, pixel);
}

/* A flower of a colour of its own in each cell of a lattice, off its middle. */
static struct synth_colour floral(const struct synth_scene *s,
	const struct synth_cloth *c, float p, float q, float pixel)
{
	int32_t i = (int32_t)floorf(p), j = (int32_t)floorf(q);
	float dx = p - (float)i - 0.3F - 0.4F * hash(s->salt, i, j);
	float dy = q - (float)j - 0.3F - 0.4F * hash(s->salt + 1, i, j);
	float r = hypotf(dx, dy), turn = atan2f(dy, dx);
	float edge = 0.24F + 0.09F * cosf(5 * turn + (float)i);
	struct synth_colour petal =
		synth_mix(c->b, hsv(hash(s->salt + 2, i, j), 0.6F, 0.9F), 0.4F);
	struct synth_colour heart = synth_rgb(0xf0d060);

	petal = synth_mix(heart, petal, step(r, 0.08F, pixel));
	return synth_mix(petal, c->a, step(r, edge, pixel));
}

static struct synth_colour colour_at(const struct synth_scene *s,
	const struct synth_cloth *c, float x, float y)
{
	float size = c->size > 0 ? c->size : 1;
	float p = (x * c->cos + y * c->sin) / size;
	float q = (y * c->cos - x * c->sin) / size;
	float pixel = 1 / (size * s->s), t = 0;

	switch (c->pattern) {
	case SYNTH_STRIPED:
		t = bands(p, pixel);
		break;
	case SYNTH_DOTTED:
		/* Every other row is shifted by half a dot. */
		p += 0.5F * (float)((int32_t)floorf(q) & 1);
		t = 1 - step(hypotf(p - floorf(p) - 0.5F, q - floorf(q) - 0.5F),
				0.27F, pixel);
		break;
	case SYNTH_CHECKED:
		t = 0.5F * bands(p, pixel) + 0.5F * bands(q, pixel);
		break;
	case SYNTH_FLORAL:
		return floral(s, c, p, q, pixel);
	case SYNTH_OMBRE:
		t = synth_clamp((y - 0.2F) / 0.5F, 0, 1);
		break;
	case SYNTH_BLOCK:
		t = step(y, 0.3F, 1 / s->s);
		break;
	case SYNTH_DENIM:
		t = 0.7F * synth_noise(s->salt, x * 30, y * 12) +
		    0.3F * bands(p, pixel);
		break;
	case SYNTH_KNIT:
		t = 0.5F + 0.5F * sinf(6.2832F * p);
		break;
	default:
		break;
	}
	return synth_mix(c->a, c->b, t);
}

static float blur_at(const struct synth_scene *s, int x, int y)
{
	if (x < 0 || y < 0 || x >= s->blur.w || y >= s->blur.h)
		return 0;
	return s->blur.a[(size_t)y * (size_t)s->blur.w + (size_t)x];
}

static uint8_t to_byte(float v)
{
	return (uint8_t)synth_clamp(v + 0.5F, 0, 255);
}

static void put(uint8_t *px, struct synth_colour c, float light, float cover)
{
	float v[3] = {c.r, c.g, c.b};

	for (int k = 0; k < 3; k++) {
		float lit = synth_clamp(v[k] * light, 0, 255);

		px[k] = to_byte((float)px[k] + (lit - (float)px[k]) * cover);
	}
}

/* Cloth that turns away from us at its edges: lit from the left. */
static float light_at(const struct synth_scene *s, const struct synth_cloth *c,
	float x, float y, int px, int py, int radius)
{
	float round = blur_at(s, px + radius, py) - blur_at(s, px - radius, py);
	float above = blur_at(s, px, py + radius) - blur_at(s, px, py - radius);
	float light = 1 + 0.30F * round + 0.12F * above;

	if (c->folds <= 0)
		return light;
	float fold = synth_noise(s->salt + 7, x * 22 + y * 5, y * 9) - 0.5F;
	float crease = synth_noise(s->salt + 9, x * 9 - y * 14, y * 26) - 0.5F;

	return light + c->folds * (0.30F * fold + 0.16F * crease);
}

void synth_paint(struct synth_scene *s, const struct synth_cloth *c, int owner)
{
	int radius = (int)fmaxf(2, s->s * 0.016F), shift = (radius + 1) / 2;
	struct img_mask *m = &s->mask;

	img_mask_blur(&s->blur, m, radius);
	for (int y = s->blur.y0; y < s->blur.y1; y++) {
		for (int x = s->blur.x0; x < s->blur.x1; x++) {
			size_t i = (size_t)y * (size_t)m->w + (size_t)x;
			float cover = m->a[i];
			float dark = blur_at(s, x - shift, y - shift);

			if (cover < 1 && dark > 0)
				put(s->im->px + i * 3, (struct synth_colour){0},
					0, 0.28F * dark);
			if (cover <= 0)
				continue;
			/* The place on the cloth: the view undone. */
			float dx = ((float)x + 0.5F - s->x) / s->s;
			float dy = ((float)y + 0.5F - s->y) / s->s;
			float u = dx * s->cos + dy * s->sin;
			float v = dy * s->cos - dx * s->sin + SYNTH_HIP;

			if (v < SYNTH_HIP)
				u -= s->lean * (SYNTH_HIP - v);
			put(s->im->px + i * 3, colour_at(s, c, u, v),
				light_at(s, c, u, v, x, y, radius), cover);
			if (cover >= 0.5F)
				s->owner[i] = (uint8_t)owner;
		}
	}
	img_mask_clear(m);
}
