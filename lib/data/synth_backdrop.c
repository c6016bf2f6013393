#include "data/synth_int.h"

static uint32_t pack(struct synth_colour c)
{
	return (uint32_t)c.r << 16 | (uint32_t)c.g << 8 | (uint32_t)c.b;
}

static struct synth_colour grey(struct rng *r, float lo, float hi)
{
	float v = synth_between(r, lo, hi);

	return (struct synth_colour){v * synth_between(r, 0.92F, 1.04F), v,
		v * synth_between(r, 0.9F, 1.05F)};
}

static struct synth_colour tame(struct synth_colour c)
{
	return (struct synth_colour){synth_clamp(c.r, 0, 255),
		synth_clamp(c.g, 0, 255), synth_clamp(c.b, 0, 255)};
}

/* From one colour to another over rows y0 to y1, mottled a little. */
static void fade(struct synth_scene *s, int y0, int y1, struct synth_colour a,
	struct synth_colour b, float mottle)
{
	struct img *im = s->im;

	for (int y = y0 < 0 ? 0 : y0; y < y1 && y < im->h; y++) {
		struct synth_colour c =
			synth_mix(a, b, (float)(y - y0) / (float)(y1 - y0));

		for (int x = 0; x < im->w; x++) {
			float fx = (float)x / (float)im->w * 12;
			float fy = (float)y / (float)im->w * 30;
			float v = 1 + mottle * (synth_noise(s->salt, fx, fy) -
						       0.5F);
			struct synth_colour lit = tame((struct synth_colour){
				c.r * v, c.g * v, c.b * v});

			img_fill_rect(im, x, y, 1, 1, pack(lit));
		}
	}
}

static void studio(struct synth_scene *s)
{
	struct rng *r = &s->rng;
	struct synth_colour wall = tame(grey(r, 150, 245));
	struct synth_colour floor = synth_mix(wall, synth_rgb(0), 0.18F);
	int line = (int)((float)s->im->h * synth_between(r, 0.72F, 0.95F));

	if (rng_uniform(r) < 0.4F)
		wall = synth_mix(wall, synth_dye(r), 0.45F);
	fade(s, 0, line, synth_mix(wall, synth_rgb(0xffffff), 0.2F), wall,
		0.06F);
	fade(s, line, s->im->h, floor, synth_mix(floor, wall, 0.5F), 0.08F);
}

/* A house front with rows of windows, some of them lit. */
static void house(struct synth_scene *s, int x, int w, int top, int ground)
{
	struct rng *r = &s->rng;
	struct img *im = s->im;
	struct synth_colour wall =
		tame(synth_mix(grey(r, 70, 210), synth_dye(r), 0.3F));
	struct synth_colour glass = tame(grey(r, 40, 130));
	int step = im->w / (5 + (int)rng_below(r, 6)) + 2;
	int ww = step * 6 / 10, wh = step * (7 + (int)rng_below(r, 5)) / 10;

	img_fill_rect(im, x, top, w, ground - top, pack(wall));
	for (int y = top + step / 3; y + wh < ground; y += wh + step / 2)
		for (int i = x + step / 4; i + ww < x + w; i += step) {
			struct synth_colour c = glass;

			if (rng_uniform(r) < 0.15F)
				c = synth_rgb(0xe8d48a);
			img_fill_rect(im, i, y, ww, wh, pack(c));
			img_fill_rect(im, i, y, ww, 1,
				pack(synth_mix(wall, synth_rgb(0), 0.4F)));
		}
}

static void street(struct synth_scene *s)
{
	struct rng *r = &s->rng;
	struct img *im = s->im;
	int ground = (int)((float)im->h * synth_between(r, 0.6F, 0.85F));
	struct synth_colour pave = tame(grey(r, 90, 170));

	fade(s, 0, ground, tame(grey(r, 170, 230)), synth_rgb(0xe8e6e0), 0.08F);
	for (int x = -(int)rng_below(r, (uint32_t)im->w / 4); x < im->w;) {
		int w = im->w / 4 + (int)rng_below(r, (uint32_t)im->w / 2);

		house(s, x, w, (int)rng_below(r, (uint32_t)im->h / 3), ground);
		x += w + (int)rng_below(r, (uint32_t)im->w / 8 + 1);
	}
	fade(s, ground, im->h, pave, synth_mix(pave, synth_rgb(0), 0.25F),
		0.25F);
	if (rng_uniform(r) < 0.4F) /* a post in the way */
		img_fill_rect(im, (int)rng_below(r, (uint32_t)im->w), 0,
			im->w / 40 + 1, ground + im->h / 30,
			pack(tame(grey(r, 40, 90))));
}

static void park(struct synth_scene *s)
{
	struct rng *r = &s->rng;
	struct img *im = s->im;
	int ground = (int)((float)im->h * synth_between(r, 0.5F, 0.8F));
	struct synth_colour leaf = synth_mix(synth_rgb(0x3d6b35),
		synth_rgb(0xb08a3c), synth_between(r, 0, 0.8F));
	struct synth_colour grass = synth_mix(
		synth_rgb(0x6f8f4a), synth_rgb(0x9a8f6a), rng_uniform(r));
	float unit = (float)im->w;

	fade(s, 0, ground, synth_rgb(0xb8d2e6), synth_rgb(0xe4ece8), 0.1F);
	fade(s, ground, im->h, grass, synth_mix(grass, synth_rgb(0), 0.3F),
		0.4F);
	for (int i = 0; i < 14; i++) {
		struct img_path p = {0};
		struct synth_cloth c = synth_plain(
			synth_mix(leaf, synth_rgb(i % 2 ? 0 : 0xd8e0a0),
				synth_between(r, 0, 0.3F)),
			1);

		img_path_ellipse(&p, synth_between(r, 0, unit),
			(float)ground - synth_between(r, 0.02F, 0.5F) * unit,
			synth_between(r, 0.08F, 0.24F) * unit,
			synth_between(r, 0.08F, 0.2F) * unit);
		img_mask_add(&s->mask, &p);
		synth_paint(s, &c, 0);
	}
}

static void room(struct synth_scene *s)
{
	struct rng *r = &s->rng;
	struct img *im = s->im;
	int ground = (int)((float)im->h * synth_between(r, 0.7F, 0.9F));
	struct synth_colour wall =
		tame(synth_mix(grey(r, 150, 235), synth_dye(r), 0.25F));
	struct synth_colour wood = synth_mix(
		synth_rgb(0xa9764a), synth_rgb(0x5d4433), rng_uniform(r));
	int pictures = (int)rng_below(r, 4);

	fade(s, 0, ground, wall, synth_mix(wall, synth_rgb(0), 0.15F), 0.06F);
	fade(s, ground, im->h, wood, synth_mix(wood, synth_rgb(0), 0.3F), 0.2F);
	for (int x = 0; x < im->w; x += im->w / 8 + 1)
		img_fill_rect(im, x, ground, 1, im->h - ground,
			pack(synth_mix(wood, synth_rgb(0), 0.4F)));
	img_fill_rect(im, 0, ground - im->h / 40, im->w, im->h / 40 + 1,
		pack(synth_mix(wall, synth_rgb(0xffffff), 0.6F)));
	/* Pictures, doors and cupboards: coloured, but nobody wears them. */
	for (int i = 0; i < pictures; i++) {
		int w = im->w / 8 + (int)rng_below(r, (uint32_t)im->w / 4);
		int h = im->h / 10 + (int)rng_below(r, (uint32_t)im->h / 3);
		int x = (int)rng_below(r, (uint32_t)im->w) - w / 2;
		int y = (int)rng_below(r, (uint32_t)im->h / 2);

		img_fill_rect(im, x, y, w, h, pack(synth_dye(r)));
		img_frame(im, x, y, w, h, im->w / 60 + 1, pack(synth_dye(r)));
	}
}

static void bricks(struct synth_scene *s)
{
	struct rng *r = &s->rng;
	struct img *im = s->im;
	struct synth_colour brick = synth_mix(
		synth_rgb(0x9c5a44), tame(grey(r, 100, 220)), rng_uniform(r));
	struct synth_colour joint = synth_mix(brick, synth_rgb(0xffffff), 0.4F);
	int h = im->w / 28 + 2, w = h * 5 / 2;

	fade(s, 0, im->h, joint, synth_mix(joint, synth_rgb(0), 0.2F), 0.1F);
	for (int row = 0; row * h < im->h; row++)
		for (int x = row % 2 ? -w / 2 : 0; x < im->w; x += w)
			img_fill_rect(im, x, row * h, w - 1, h - 1,
				pack(synth_mix(brick, synth_rgb(0),
					synth_between(r, 0, 0.3F))));
}

void synth_draw_backdrop(struct synth_scene *s)
{
	static void (*const kinds[])(struct synth_scene *) = {
		studio, street, park, room, bricks, street, studio};

	kinds[rng_below(&s->rng, sizeof kinds / sizeof *kinds)](s);
}
