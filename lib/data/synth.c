#include "data/synth_int.h"
#include "base/mem.h"

#include <math.h>
#include <string.h>

/* Where the figure stands and how near: most from head to foot, some cut off
 * by the frame as photographs do. */
static void place_figure(struct synth_scene *s)
{
	struct rng *r = &s->rng;
	float w = (float)s->im->w, h = (float)s->im->h;
	float tall = fminf(h, 1.6F * w);
	bool near = rng_uniform(r) < 0.25F;
	float turn = synth_between(r, -0.07F, 0.07F);

	s->s = tall * (near ? synth_between(r, 1.1F, 1.5F)
			    : synth_between(r, 0.62F, 0.97F));
	s->x = w * synth_between(r, near ? 0.4F : 0.3F, near ? 0.6F : 0.7F);
	/* The hips: near the middle, or so that both ends are inside. */
	float up = SYNTH_HIP * s->s + 0.03F * h, down = h - 0.55F * s->s;

	s->y = near ? h * synth_between(r, 0.55F, 0.75F)
		    : up + fmaxf(down - up, 0) * rng_uniform(r);
	s->cos = cosf(turn);
	s->sin = sinf(turn);
	s->lean = synth_between(r, -0.12F, 0.12F);
}

static void ground_shadow(struct synth_scene *s, const struct synth_figure *f)
{
	struct synth_cloth dark = synth_plain(synth_rgb(0x30302e), 0);
	struct img_point a = f->leg[0].joint[2], b = f->leg[1].joint[2];

	synth_ellipse(s, (a.x + b.x) / 2 + 0.02F, fmaxf(a.y, b.y) + 0.028F,
		(b.x - a.x) / 2 + 0.06F, 0.012F);
	synth_paint(s, &dark, 0);
}

/* A bag hangs from the right hand, now and then before what is worn. */
static void draw_bag(struct synth_scene *s, const struct synth_figure *f)
{
	struct img_point hand = f->arm[1].joint[2];
	struct synth_cloth c = synth_plain(synth_dye(&s->rng), 0.3F);
	float w = synth_between(&s->rng, 0.03F, 0.05F);
	const struct synth_knot bag[] = {
		{hand.x - w, hand.y + 0.055F, 0.3F},
		{hand.x + w, hand.y + 0.055F, 0.3F},
		{hand.x + w * 1.15F, hand.y + 0.055F + w * 1.5F, 0.3F},
		{hand.x - w * 1.15F, hand.y + 0.055F + w * 1.5F, 0.3F},
	};

	if (hand.y < SYNTH_WAIST || rng_uniform(&s->rng) > 0.25F)
		return;
	synth_outline(s, bag, 4);
	synth_stroke(s, hand.x, hand.y + 0.01F, hand.x - w * 0.7F,
		hand.y + 0.06F, 0.006F);
	synth_stroke(s, hand.x, hand.y + 0.01F, hand.x + w * 0.7F,
		hand.y + 0.06F, 0.006F);
	synth_paint(s, &c, 0);
}

/* Light of the whole picture, and the grain of a small sensor. */
static void expose(struct synth_scene *s)
{
	struct rng *r = &s->rng;
	float gain = synth_between(r, 0.85F, 1.12F);
	float grain = synth_between(r, 2, 9);
	size_t n = (size_t)s->im->w * (size_t)s->im->h;

	for (size_t i = 0; i < n; i++) {
		uint32_t bits = rng_u32(r);
		uint8_t *px = s->im->px + i * 3;

		for (int k = 0; k < 3; k++, bits >>= 10) {
			float noise =
				(float)(bits & 31) - (float)(bits >> 5 & 31);
			float v = (float)px[k] * gain + noise * grain / 31;

			px[k] = (uint8_t)synth_clamp(v + 0.5F, 0, 255);
		}
	}
}

/* The garment's box, if enough of it is to be seen. */
static void measure(struct synth_photo *p, const struct synth_scene *s,
	const struct synth_wear *w)
{
	int x0 = s->im->w, y0 = s->im->h, x1 = 0, y1 = 0;
	const uint8_t *owner = s->owner;

	for (int y = 0; y < s->im->h; y++)
		for (int x = 0; x < s->im->w; x++)
			if (*owner++ == w->owner) {
				x0 = x < x0 ? x : x0;
				x1 = x >= x1 ? x + 1 : x1;
				y0 = y < y0 ? y : y0;
				y1 = y + 1;
			}
	int least = (s->im->w < s->im->h ? s->im->w : s->im->h) / 25;

	if (x1 - x0 < least || y1 - y0 < least)
		return;
	p->garments[p->n++] = (struct synth_garment){.type = w->type,
		.category = w->category,
		.pattern = synth_pattern_name(w->cloth.pattern),
		.x = x0,
		.y = y0,
		.w = x1 - x0,
		.h = y1 - y0};
}

static void dress_and_draw(struct synth_scene *s, struct synth_photo *p)
{
	struct synth_figure f;
	struct synth_wear wear[SYNTH_GARMENTS_MAX];
	bool full = rng_uniform(&s->rng) < 0.4F;
	bool tucked = rng_uniform(&s->rng) < 0.3F;
	int n = full ? 1 : 2;

	synth_pose(&f, &s->rng);
	if (full) {
		synth_choose(&wear[0], SYNTH_FULL, &s->rng);
	} else {
		/* In the order of drawing: what is tucked in comes first. */
		synth_choose(&wear[tucked], SYNTH_LOWER, &s->rng);
		synth_choose(&wear[!tucked], SYNTH_UPPER, &s->rng);
	}
	synth_draw_backdrop(s);
	ground_shadow(s, &f);
	synth_draw_hair_behind(s, &f);
	synth_draw_body(s, &f);
	for (int i = 0; i < n; i++) {
		wear[i].owner = i + 1;
		synth_draw_wear(s, &f, &wear[i]);
	}
	synth_draw_arms(s, &f);
	for (int i = 0; i < n; i++)
		synth_draw_sleeves(s, &f, &wear[i]);
	synth_draw_head(s, &f);
	draw_bag(s, &f);
	expose(s);
	for (int i = 0; i < n; i++)
		measure(p, s, &wear[i]);
}

void synth_draw(
	struct synth_photo *p, uint64_t seed, uint64_t index, int w, int h)
{
	struct synth_scene s = {.im = &p->im};

	BUG_ON(w < SYNTH_SIDE_MIN || h < SYNTH_SIDE_MIN || w > SYNTH_SIDE_MAX ||
		h > SYNTH_SIDE_MAX);
	*p = (struct synth_photo){0};
	img_init(&p->im, w, h);
	s.owner = mem_alloc((size_t)w, (size_t)h);
	img_mask_init(&s.mask, w, h);
	img_mask_init(&s.blur, w, h);
	s.rng = rng_item(seed, RNG_DRAW, index);
	s.salt = rng_u32(&s.rng);
	do { /* until some of what is worn is to be seen */
		memset(s.owner, 0, (size_t)w * (size_t)h);
		place_figure(&s);
		dress_and_draw(&s, p);
	} while (!p->n);
	if (p->n == 2 && p->garments[1].w * p->garments[1].h >
				 p->garments[0].w * p->garments[0].h) {
		struct synth_garment t = p->garments[0];

		p->garments[0] = p->garments[1];
		p->garments[1] = t;
	}
	img_mask_release(&s.blur);
	img_mask_release(&s.mask);
	mem_free(s.owner);
}

void synth_release(struct synth_photo *p)
{
	img_release(&p->im);
	*p = (struct synth_photo){0};
}
