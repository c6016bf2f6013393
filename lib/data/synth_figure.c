#include "data/synth_int.h"

#include <math.h>

#define DEGREE 0.0174533F

enum hairdo { HAIR_SHORT, HAIR_BOB, HAIR_LONG, HAIR_BUN, HAIR_CROP, HAIRDOS };

/* A limb from a joint by two angles from straight down, away from the body on
 * the side that `side` (-1 left, 1 right) tells. */
static struct synth_limb limb(float x, float y, float side, float upper,
	float lower, float upper_len, float lower_len)
{
	struct synth_limb l = {.joint[0] = {side * x, y}};

	l.joint[1].x = l.joint[0].x + side * upper_len * sinf(upper * DEGREE);
	l.joint[1].y = l.joint[0].y + upper_len * cosf(upper * DEGREE);
	l.joint[2].x = l.joint[1].x + side * lower_len * sinf(lower * DEGREE);
	l.joint[2].y = l.joint[1].y + lower_len * cosf(lower * DEGREE);
	return l;
}

/* Ways to hold an arm, and how many in a hundred do. */
static const struct {
	float upper[2], lower[2];
	int share;
} holds[] = {
	{{4, 16}, {-4, 12}, 58},     /* hanging */
	{{36, 48}, {-58, -44}, 20},  /* hand on the hip */
	{{14, 24}, {-30, -16}, 14},  /* before the lap */
	{{100, 140}, {150, 185}, 8}, /* raised */
};

static struct synth_limb pose_arm(float side, float build, struct rng *r)
{
	int draw = (int)rng_below(r, 100), i = 0;

	while (draw >= holds[i].share)
		draw -= holds[i++].share;
	float upper = synth_between(r, holds[i].upper[0], holds[i].upper[1]);
	float lower = synth_between(r, holds[i].lower[0], holds[i].lower[1]);
	struct synth_limb l = limb(
		0.088F * build, 0.192F, side, upper, lower, 0.160F, 0.150F);

	l.thick[0] = 0.026F * build;
	l.thick[1] = 0.019F * build;
	l.thick[2] = 0.013F * build;
	return l;
}

static struct synth_limb pose_leg(float side, float build, struct rng *r)
{
	float upper = synth_between(r, -3, 9);
	struct synth_limb l = limb(0.046F * build, 0.495F, side, upper,
		upper + synth_between(r, -9, 3), 0.235F, 0.215F);

	l.thick[0] = 0.050F * build;
	l.thick[1] = 0.030F * build;
	l.thick[2] = 0.019F * build;
	return l;
}

void synth_pose(struct synth_figure *f, struct rng *r)
{
	static const uint32_t skins[] = {
		0xf3d3bd, 0xe8b894, 0xd49a73, 0xb0764f, 0x85563a, 0x5a3826};
	static const uint32_t hairs[] = {0x1b1614, 0x3a261c, 0x6b4428, 0xa5753f,
		0xd8b66c, 0x8c3b22, 0x9a9a9c};
	static const uint32_t shoes[] = {
		0x18181a, 0xf4f4f2, 0x7a4a2a, 0xb23a3a, 0xcbb292};

	*f = (struct synth_figure){.build = synth_between(r, 0.92F, 1.16F)};
	for (int i = 0; i < 2; i++) {
		float side = i ? 1 : -1;

		f->arm[i] = pose_arm(side, f->build, r);
		f->leg[i] = pose_leg(side, f->build, r);
	}
	f->skin = synth_plain(synth_rgb(skins[rng_below(r, 6)]), 0.15F);
	f->hair = synth_plain(synth_rgb(hairs[rng_below(r, 7)]), 0.9F);
	f->shoe = synth_plain(synth_rgb(shoes[rng_below(r, 5)]), 0.2F);
	f->hairdo = (int)rng_below(r, HAIRDOS);
}

static void draw_shoe(struct synth_scene *s, const struct synth_limb *leg)
{
	struct img_point ankle = leg->joint[2];
	float side = ankle.x < 0 ? -1 : 1;
	const struct synth_knot shoe[] = {
		{ankle.x - side * 0.022F, ankle.y - 0.008F, 0.3F},
		{ankle.x + side * 0.020F, ankle.y - 0.008F, 0.3F},
		{ankle.x + side * 0.034F, ankle.y + 0.034F, 0.8F},
		{ankle.x - side * 0.022F, ankle.y + 0.036F, 0.5F},
	};

	synth_outline(s, shoe, 4);
}

void synth_draw_body(struct synth_scene *s, const struct synth_figure *f)
{
	float b = f->build;
	const struct synth_knot torso[] = {
		{0, 0.130F, 0},
		{0.026F * b, 0.130F, 0},
		{0.028F * b, 0.158F, 0.6F},
		{0.094F * b, 0.176F, 0.7F},
		{0.094F * b, 0.250F, 0.6F},
		{0.064F * b, SYNTH_WAIST, 1},
		{0.090F * b, 0.480F, 0.8F},
		{0.060F * b, 0.550F, 0.5F},
		{0, 0.560F, 0},
	};

	for (int i = 0; i < 2; i++)
		synth_limb(s, &f->leg[i], 1);
	synth_paint(s, &f->skin, 0);
	for (int i = 0; i < 2; i++)
		draw_shoe(s, &f->leg[i]);
	synth_paint(s, &f->shoe, 0);
	synth_both(s, torso, 9);
	synth_paint(s, &f->skin, 0);
}

void synth_draw_arms(struct synth_scene *s, const struct synth_figure *f)
{
	for (int i = 0; i < 2; i++) {
		const struct img_point *j = f->arm[i].joint;
		float dx = j[2].x - j[1].x, dy = j[2].y - j[1].y;

		synth_limb(s, &f->arm[i], 1);
		synth_ellipse(s, j[2].x + dx * 0.12F, j[2].y + dy * 0.12F,
			0.017F, 0.021F);
	}
	synth_paint(s, &f->skin, 0);
}

void synth_draw_hair_behind(struct synth_scene *s, const struct synth_figure *f)
{
	const struct synth_knot hang[] = {
		{0, 0.010F, 0},
		{0.056F, 0.012F, 1},
		{0.064F, 0.100F, 0.8F},
		{0.070F, f->hairdo == HAIR_LONG ? 0.270F : 0.140F, 0.8F},
		{0, f->hairdo == HAIR_LONG ? 0.285F : 0.150F, 0},
	};

	if (f->hairdo != HAIR_LONG && f->hairdo != HAIR_BOB)
		return;
	synth_both(s, hang, 5);
	synth_paint(s, &f->hair, 0);
}

static void draw_face(struct synth_scene *s)
{
	struct synth_cloth dark = synth_plain(synth_rgb(0x2a1d1a), 0);
	struct synth_cloth lips = synth_plain(synth_rgb(0xa8443f), 0);

	for (int side = -1; side <= 1; side += 2) {
		float x = (float)side * 0.019F;

		synth_ellipse(s, x, 0.066F, 0.0060F, 0.0036F);
		synth_stroke(s, x - 0.009F, 0.054F, x + 0.009F, 0.054F, 0.003F);
	}
	synth_paint(s, &dark, 0);
	synth_ellipse(s, 0, 0.101F, 0.0115F, 0.0038F);
	synth_paint(s, &lips, 0);
}

void synth_draw_head(struct synth_scene *s, const struct synth_figure *f)
{
	const struct synth_knot face[] = {
		{0, 0.006F, 0},
		{0.050F, 0.006F, 1},
		{0.046F, 0.085F, 0.8F},
		{0.022F, SYNTH_CHIN, 0.9F},
		{0, 0.128F, 0},
	};
	/* From the parting to the temple, above the brow. */
	const struct synth_knot top[] = {
		{0, -0.008F, 0},
		{0.058F, -0.010F, 1},
		{0.056F, f->hairdo == HAIR_SHORT ? 0.085F : 0.062F, 0.3F},
		{0.044F, 0.062F, 0.5F},
		{0.036F, 0.026F, 0.9F},
		{0, 0.030F, 0},
	};
	const struct synth_knot side[] = {
		{0.030F, 0.004F, 0.5F},
		{0.060F, 0.020F, 0.9F},
		{0.068F, 0.150F, 0.6F},
		{0.050F, f->hairdo == HAIR_LONG ? 0.235F : 0.142F, 0.8F},
		{0.043F, 0.090F, 0.4F},
	};

	synth_both(s, face, 5);
	synth_paint(s, &f->skin, 0);
	draw_face(s);
	synth_both(s, top, 6);
	if (f->hairdo == HAIR_BUN)
		synth_ellipse(s, 0, -0.020F, 0.026F, 0.024F);
	if (f->hairdo == HAIR_LONG || f->hairdo == HAIR_BOB)
		synth_pair(s, side, 5);
	synth_paint(s, &f->hair, 0);
}
