#include "data/synth_int.h"

enum cut { CUT_TOP, CUT_DRESS, CUT_SKIRT, CUT_TROUSERS, CUT_JUMPSUIT };
enum neck {
	NECK_NONE,
	NECK_CREW,
	NECK_VEE,
	NECK_SCOOP,
	NECK_STRAP,
	NECK_ROLL,
	NECK_COLLAR,
	NECK_HOOD,
	NECK_LAPEL
};
enum front { FRONT_PLAIN, FRONT_BUTTONS, FRONT_ZIP, FRONT_OPEN };

enum {
	PRINTS = 1 << SYNTH_PLAIN | 1 << SYNTH_STRIPED | 1 << SYNTH_DOTTED |
		 1 << SYNTH_CHECKED | 1 << SYNTH_FLORAL | 1 << SYNTH_OMBRE,
	PLAINS = 1 << SYNTH_PLAIN,
	SPORTS = PLAINS | 1 << SYNTH_STRIPED | 1 << SYNTH_BLOCK,
	DENIMS = 1 << SYNTH_DENIM,
	KNITS = 1 << SYNTH_KNIT | 1 << SYNTH_STRIPED | PLAINS,
	CHECKS = 1 << SYNTH_CHECKED
};

/*
 * A way of being made, with ranges that each piece is drawn from: sleeves as a
 * part of the arm, hems as a height or, of trousers, a part of the leg;
 * fit and flare are what is added to the body's half width.
 */
struct synth_style {
	uint8_t category; /* in DeepFashion's list */
	enum cut cut;
	enum neck neck;
	enum front front;
	float sleeve[2], hem[2], fit[2], flare[2];
	unsigned patterns;
};

static const struct synth_style uppers[] = {
	/* tee */
	{18, CUT_TOP, NECK_CREW, FRONT_PLAIN, {0.24F, 0.4F}, {0.43F, 0.51F},
		{0.004F, 0.02F}, {0, 0.012F}, SPORTS | PRINTS},
	/* tank */
	{17, CUT_TOP, NECK_STRAP, FRONT_PLAIN, {0, 0}, {0.40F, 0.50F},
		{0, 0.012F}, {0, 0.02F}, PRINTS},
	/* blouse */
	{3, CUT_TOP, NECK_VEE, FRONT_BUTTONS, {0.5F, 1}, {0.44F, 0.51F},
		{0.008F, 0.026F}, {0, 0.02F}, PRINTS},
	/* sweater */
	{16, CUT_TOP, NECK_CREW, FRONT_PLAIN, {0.95F, 1}, {0.45F, 0.52F},
		{0.014F, 0.034F}, {0, 0.008F}, KNITS},
	/* turtleneck */
	{20, CUT_TOP, NECK_ROLL, FRONT_PLAIN, {0.95F, 1}, {0.43F, 0.50F},
		{0.004F, 0.024F}, {0, 0.006F}, KNITS},
	/* button-down */
	{5, CUT_TOP, NECK_COLLAR, FRONT_BUTTONS, {0.9F, 1}, {0.47F, 0.53F},
		{0.006F, 0.022F}, {0, 0.01F}, PRINTS | DENIMS},
	/* flannel */
	{7, CUT_TOP, NECK_COLLAR, FRONT_BUTTONS, {0.7F, 1}, {0.47F, 0.54F},
		{0.012F, 0.026F}, {0, 0.01F}, CHECKS},
	/* hoodie */
	{10, CUT_TOP, NECK_HOOD, FRONT_ZIP, {0.95F, 1}, {0.47F, 0.53F},
		{0.016F, 0.034F}, {0, 0}, SPORTS},
	/* jacket */
	{11, CUT_TOP, NECK_COLLAR, FRONT_ZIP, {0.95F, 1}, {0.43F, 0.52F},
		{0.014F, 0.03F}, {0, 0.01F}, PLAINS | DENIMS},
	/* blazer */
	{2, CUT_TOP, NECK_LAPEL, FRONT_OPEN, {0.92F, 1}, {0.50F, 0.57F},
		{0.012F, 0.026F}, {0.004F, 0.016F}, PLAINS | CHECKS},
	/* cardigan */
	{6, CUT_TOP, NECK_VEE, FRONT_OPEN, {0.85F, 1}, {0.48F, 0.62F},
		{0.012F, 0.03F}, {0, 0.02F}, KNITS},
};

static const struct synth_style lowers[] = {
	/* jeans */
	{26, CUT_TROUSERS, NECK_NONE, FRONT_BUTTONS, {0, 0}, {0.93F, 1},
		{0.002F, 0.012F}, {0, 0.02F}, DENIMS},
	/* chinos */
	{22, CUT_TROUSERS, NECK_NONE, FRONT_BUTTONS, {0, 0}, {0.88F, 1},
		{0.004F, 0.014F}, {0, 0.01F}, PLAINS},
	/* leggings */
	{30, CUT_TROUSERS, NECK_NONE, FRONT_PLAIN, {0, 0}, {0.85F, 0.98F},
		{0, 0.003F}, {0, 0}, SPORTS | 1 << SYNTH_FLORAL},
	/* culottes */
	{23, CUT_TROUSERS, NECK_NONE, FRONT_PLAIN, {0, 0}, {0.6F, 0.8F},
		{0.008F, 0.014F}, {0.03F, 0.05F}, PRINTS},
	/* shorts */
	{32, CUT_TROUSERS, NECK_NONE, FRONT_BUTTONS, {0, 0}, {0.2F, 0.46F},
		{0.004F, 0.016F}, {0.006F, 0.024F}, PRINTS | DENIMS},
	/* skirt */
	{33, CUT_SKIRT, NECK_NONE, FRONT_PLAIN, {0, 0}, {0.56F, 0.76F},
		{0.004F, 0.02F}, {0, 0.09F}, PRINTS | DENIMS},
	/* long skirt */
	{33, CUT_SKIRT, NECK_NONE, FRONT_PLAIN, {0, 0}, {0.78F, 0.93F},
		{0.006F, 0.02F}, {0.02F, 0.11F}, PRINTS},
};

static const struct synth_style fulls[] = {
	/* dresses, of three kinds */
	{41, CUT_DRESS, NECK_STRAP, FRONT_PLAIN, {0, 0}, {0.60F, 0.78F},
		{0, 0.008F}, {0.03F, 0.11F}, PRINTS},
	{41, CUT_DRESS, NECK_SCOOP, FRONT_PLAIN, {0.2F, 0.5F}, {0.60F, 0.82F},
		{0.002F, 0.014F}, {0, 0.08F}, PRINTS},
	{41, CUT_DRESS, NECK_VEE, FRONT_PLAIN, {0.5F, 1}, {0.80F, 0.94F},
		{0.002F, 0.014F}, {0.04F, 0.11F}, PRINTS},
	/* coat */
	{39, CUT_DRESS, NECK_LAPEL, FRONT_BUTTONS, {0.95F, 1}, {0.66F, 0.84F},
		{0.018F, 0.034F}, {0.01F, 0.04F}, PLAINS | CHECKS},
	/* robe */
	{47, CUT_DRESS, NECK_LAPEL, FRONT_PLAIN, {0.8F, 1}, {0.62F, 0.88F},
		{0.016F, 0.03F}, {0.01F, 0.04F}, PRINTS},
	/* kaftan */
	{43, CUT_DRESS, NECK_VEE, FRONT_PLAIN, {0.6F, 0.9F}, {0.70F, 0.92F},
		{0.03F, 0.05F}, {0.04F, 0.09F}, PRINTS},
	/* jumpsuit */
	{42, CUT_JUMPSUIT, NECK_VEE, FRONT_PLAIN, {0, 0.9F}, {0.82F, 1},
		{0.004F, 0.014F}, {0, 0.04F}, PRINTS | DENIMS},
	/* romper */
	{48, CUT_JUMPSUIT, NECK_STRAP, FRONT_PLAIN, {0, 0}, {0.2F, 0.34F},
		{0.004F, 0.012F}, {0.006F, 0.026F}, PRINTS},
};

static float from_range(struct rng *r, const float range[2])
{
	return synth_between(r, range[0], range[1]);
}

void synth_choose(struct synth_wear *w, enum synth_type type, struct rng *r)
{
	static const struct {
		const struct synth_style *styles;
		uint32_t n;
	} rack[] = {
		[SYNTH_UPPER] = {uppers, sizeof uppers / sizeof *uppers},
		[SYNTH_LOWER] = {lowers, sizeof lowers / sizeof *lowers},
		[SYNTH_FULL] = {fulls, sizeof fulls / sizeof *fulls},
	};
	const struct synth_style *style =
		&rack[type].styles[rng_below(r, rack[type].n)];

	*w = (struct synth_wear){
		.style = style,
		.type = type,
		.category = style->category,
		.cloth = synth_weave(r, style->patterns),
		.sleeve = from_range(r, style->sleeve),
		.hem = from_range(r, style->hem),
		.fit = from_range(r, style->fit),
		.flare = from_range(r, style->flare),
	};
	/* Too short to be a sleeve is sleeveless. */
	if (w->sleeve < 0.12F)
		w->sleeve = 0;
	w->trim = synth_plain(
		synth_mix(w->cloth.a, synth_rgb(0), 0.45F), w->cloth.folds / 2);
	w->belt = style->cut != CUT_TOP && rng_uniform(r) < 0.4F;
}

/* The half outline of what covers the trunk, down to the hem. Returns how
 * many knots it has. */
static int trunk(struct synth_knot *k, const struct synth_figure *f,
	const struct synth_wear *w, float hem)
{
	enum neck neck = w->style->neck;
	float b = f->build, fit = w->fit;
	float deep = neck == NECK_VEE || neck == NECK_LAPEL     ? 0.225F
		     : neck == NECK_SCOOP || neck == NECK_STRAP ? 0.208F
								: 0.166F;
	int n = 0;

	if (neck == NECK_ROLL) {
		k[n++] = (struct synth_knot){0, 0.120F, 0};
		k[n++] = (struct synth_knot){0.031F * b, 0.120F, 0.2F};
		k[n++] = (struct synth_knot){0.033F * b, 0.152F, 0.4F};
	} else {
		bool sharp = neck == NECK_VEE || neck == NECK_LAPEL;

		k[n++] = (struct synth_knot){0, deep, 0};
		if (!sharp)
			k[n++] = (struct synth_knot){
				0.036F * b, deep - 0.004F, 0.8F};
		k[n++] = (struct synth_knot){0.042F * b, 0.154F, 0.1F};
	}
	if (neck == NECK_STRAP)
		k[n++] = (struct synth_knot){0.066F * b, 0.160F, 0.1F};
	else
		k[n++] = (struct synth_knot){0.098F * b + fit * 0.4F,
			SYNTH_SHOULDER, w->sleeve > 0 ? 0.7F : 0.2F};
	k[n++] = (struct synth_knot){
		0.092F * b + fit * 0.8F, SYNTH_ARMPIT, 0.4F};
	k[n++] = (struct synth_knot){
		0.066F * b + fit, SYNTH_WAIST, w->belt ? 0.2F : 0.9F};
	if (hem > SYNTH_HIP + 0.02F)
		k[n++] = (struct synth_knot){0.096F * b + fit, SYNTH_HIP, 0.8F};
	/* What ends above the hips is as wide as the body there. */
	float t = (hem < SYNTH_HIP ? hem : SYNTH_HIP) - SYNTH_WAIST;
	float wide = 0.066F + 0.030F * t / (SYNTH_HIP - SYNTH_WAIST);

	k[n++] = (struct synth_knot){wide * b + fit + w->flare, hem, 0.1F};
	k[n++] = (struct synth_knot){0, hem + 0.012F + w->flare * 0.1F, 0};
	return n;
}

/* From the waist to the hem. */
static void draw_skirt(struct synth_scene *s, const struct synth_figure *f,
	const struct synth_wear *w)
{
	float b = f->build;
	const struct synth_knot k[] = {
		{0, SYNTH_WAIST + 0.012F, 0},
		{0.066F * b, SYNTH_WAIST + 0.008F, 0},
		{0.096F * b + w->fit, SYNTH_HIP, 0.8F},
		{0.092F * b + w->fit + w->flare, w->hem, 0.1F},
		{0, w->hem + 0.012F + w->flare * 0.12F, 0},
	};

	synth_both(s, k, 5);
}

static void draw_trousers(struct synth_scene *s, const struct synth_figure *f,
	const struct synth_wear *w)
{
	float b = f->build;
	const struct synth_knot seat[] = {
		{0, SYNTH_WAIST + 0.012F, 0},
		{0.067F * b, SYNTH_WAIST + 0.008F, 0},
		{0.095F * b + w->fit, SYNTH_HIP + 0.01F, 0.9F},
		{0.096F * b + w->fit, 0.530F, 0.3F},
		{0.020F, SYNTH_CROTCH + 0.020F, 0.2F},
		{0, SYNTH_CROTCH + 0.010F, 0},
	};

	synth_both(s, seat, 6);
	for (int i = 0; i < 2; i++) {
		struct synth_limb leg = f->leg[i];

		leg.thick[0] += w->fit;
		leg.thick[1] += w->fit + w->flare * 0.5F;
		leg.thick[2] += w->fit + w->flare;
		synth_limb(s, &leg, w->hem);
	}
}

/* Buttons, zip, opening: down the middle from y to the hem. */
static void draw_front(
	struct synth_scene *s, const struct synth_wear *w, float y, float hem)
{
	switch (w->style->front) {
	case FRONT_PLAIN:
		return;
	case FRONT_BUTTONS:
		for (; y < hem - 0.01F; y += 0.042F)
			synth_ellipse(s, 0.004F, y, 0.005F, 0.005F);
		break;
	case FRONT_ZIP:
		synth_stroke(s, 0, y, 0, hem, 0.005F);
		break;
	case FRONT_OPEN:
		synth_outline(s,
			(struct synth_knot[]){{-0.012F, 0.150F, 0},
				{0.012F, 0.150F, 0}, {0.018F, hem + 0.004F, 0},
				{-0.026F, hem + 0.004F, 0}},
			4);
		break;
	}
	synth_paint(s, &w->trim, w->owner);
}

static void draw_collar(struct synth_scene *s, const struct synth_figure *f,
	const struct synth_wear *w)
{
	float b = f->build;
	bool lapel = w->style->neck == NECK_LAPEL;
	const struct synth_knot flap[] = {
		{0.020F * b, 0.146F, 0.2F},
		{0.046F * b, 0.150F, 0.3F},
		{lapel ? 0.062F * b : 0.052F * b, lapel ? 0.215F : 0.182F, 0},
		{lapel ? 0.008F : 0.012F, lapel ? 0.290F : 0.186F, 0},
	};
	const struct synth_knot hood[] = {
		{0, 0.196F, 0},
		{0.052F * b, 0.188F, 1},
		{0.060F * b, 0.140F, 0.8F},
		{0.034F * b, 0.140F, 0.5F},
		{0, 0.176F, 0},
	};

	switch (w->style->neck) {
	case NECK_COLLAR:
	case NECK_LAPEL:
		synth_pair(s, flap, 4);
		break;
	case NECK_HOOD:
		synth_both(s, hood, 5);
		break;
	default:
		return;
	}
	struct synth_cloth c = w->cloth;

	c.a = synth_mix(c.a, w->trim.a, 0.35F);
	c.b = synth_mix(c.b, w->trim.a, 0.35F);
	synth_paint(s, &c, w->owner);
}

void synth_draw_wear(struct synth_scene *s, const struct synth_figure *f,
	const struct synth_wear *w)
{
	struct synth_knot half[16];
	enum cut cut = w->style->cut;
	bool legs = cut == CUT_TROUSERS || cut == CUT_JUMPSUIT;
	float hem = cut == CUT_JUMPSUIT ? 0.50F : w->hem;

	if (legs)
		draw_trousers(s, f, w);
	if (cut == CUT_SKIRT)
		draw_skirt(s, f, w);
	else if (cut != CUT_TROUSERS)
		synth_both(s, half, trunk(half, f, w, hem));
	synth_paint(s, &w->cloth, w->owner);
	if (w->belt) {
		synth_stroke(s, -0.067F * f->build - w->fit,
			SYNTH_WAIST + 0.012F, 0.067F * f->build + w->fit,
			SYNTH_WAIST + 0.012F, 0.016F);
		synth_paint(s, &w->trim, w->owner);
	}
	if (legs) { /* the seam between the legs, and the fly */
		synth_stroke(s, 0,
			w->style->front != FRONT_PLAIN ? SYNTH_WAIST + 0.012F
						       : 0.47F,
			0, SYNTH_CROTCH + 0.012F, 0.004F);
		synth_paint(s, &w->trim, w->owner);
		return;
	}
	if (cut != CUT_SKIRT) {
		draw_front(s, w, 0.200F, hem);
		draw_collar(s, f, w);
	}
}

void synth_draw_sleeves(struct synth_scene *s, const struct synth_figure *f,
	const struct synth_wear *w)
{
	if (w->sleeve <= 0)
		return;
	for (int i = 0; i < 2; i++) {
		struct synth_limb arm = f->arm[i];

		arm.thick[0] += 0.004F + w->fit * 0.3F;
		arm.thick[1] += 0.006F + w->fit * 0.6F;
		arm.thick[2] += 0.006F + w->fit * 0.6F;
		synth_limb(s, &arm, w->sleeve);
	}
	synth_paint(s, &w->cloth, w->owner);
}
