/*
 * What the painters of synth.h share. Figures are laid out in figure units:
 * x from the middle of the body, y from the crown of the head (0) to the
 * soles (about 1); a view places them in the picture.
 */
#ifndef DATA_SYNTH_INT_H
#define DATA_SYNTH_INT_H

#include <stdbool.h>
#include <stdint.h>
#include "base/rng.h"
#include "data/synth.h"
#include "img/path.h"

struct synth_colour {
	float r, g, b; /* 0 to 255 */
};

/* Heights on the body. */
#define SYNTH_CHIN 0.125F
#define SYNTH_NECK 0.150F
#define SYNTH_SHOULDER 0.172F
#define SYNTH_ARMPIT 0.245F
#define SYNTH_WAIST 0.375F
#define SYNTH_HIP 0.470F
#define SYNTH_CROTCH 0.535F

struct synth_scene {
	struct img *im;
	uint8_t *owner; /* [h][w] whose pixel it is: garment 1, 2, or 0 */
	struct img_mask mask, blur;
	struct rng rng;
	uint32_t salt; /* of this picture's textures */
	/* The view: a figure unit is s pixels, turned by an angle. */
	float x, y, s, cos, sin;
	float lean; /* how far the head is off the hips, a figure unit up */
};

/* ---- synth_cloth.c: colours, patterns, light ---- */

enum synth_pattern {
	SYNTH_PLAIN,
	SYNTH_STRIPED,
	SYNTH_DOTTED,
	SYNTH_CHECKED,
	SYNTH_FLORAL,
	SYNTH_OMBRE,
	SYNTH_BLOCK,
	SYNTH_DENIM,
	SYNTH_KNIT,
	SYNTH_PATTERNS
};

struct synth_cloth {
	enum synth_pattern pattern;
	struct synth_colour a, b;
	float size;     /* of the pattern, figure units */
	float cos, sin; /* its direction */
	float folds;    /* how strongly it folds, 0 to 1 */
};

struct synth_colour synth_rgb(uint32_t rgb);
struct synth_colour synth_mix(
	struct synth_colour a, struct synth_colour b, float t);
/* A colour that garments have. */
struct synth_colour synth_dye(struct rng *r);
/* One plain colour. */
struct synth_cloth synth_plain(struct synth_colour c, float folds);
/* A pattern of the set (bit 1 << pattern) with colours drawn by lot. */
struct synth_cloth synth_weave(struct rng *r, unsigned patterns);
const char *synth_pattern_name(enum synth_pattern p);

/* Smooth noise in 0..1 that is a function of place and salt. */
float synth_noise(uint32_t salt, float x, float y);

/* Paint what the mask covers, with light and a shadow on what lies below, in
 * the name of an owner, and clear the mask. */
void synth_paint(struct synth_scene *s, const struct synth_cloth *c, int owner);

/* ---- synth_pen.c: outlines in figure units, added to the mask ---- */

/* A corner of an outline; round 0 keeps it sharp, 1 makes it all curve. */
struct synth_knot {
	float x, y, round;
};

struct img_point synth_place(const struct synth_scene *s, float x, float y);
void synth_outline(struct synth_scene *s, const struct synth_knot *k, int n);
/* An outline and its mirror image. */
void synth_pair(struct synth_scene *s, const struct synth_knot *k, int n);
/* Half an outline, from the middle above to the middle below, and its mirror
 * image. */
void synth_both(struct synth_scene *s, const struct synth_knot *half, int n);
void synth_ellipse(struct synth_scene *s, float x, float y, float rx, float ry);
void synth_stroke(struct synth_scene *s, float x0, float y0, float x1, float y1,
	float width);

/* Two bones and how thick the flesh or cloth is at their three joints. */
struct synth_limb {
	struct img_point joint[3];
	float thick[3]; /* half of it */
};
/* The limb as far as `part` (0 to 1) of its length. */
void synth_limb(struct synth_scene *s, const struct synth_limb *l, float part);

/* ---- synth_figure.c: who wears it ---- */

struct synth_figure {
	float build;                      /* width against the norm */
	struct synth_limb arm[2], leg[2]; /* left in the picture, right */
	struct synth_cloth skin, hair, shoe;
	int hairdo;
};

void synth_pose(struct synth_figure *f, struct rng *r);
void synth_draw_body(struct synth_scene *s, const struct synth_figure *f);
void synth_draw_arms(struct synth_scene *s, const struct synth_figure *f);
void synth_draw_head(struct synth_scene *s, const struct synth_figure *f);
/* The part of long hair that hangs behind the neck: before the body. */
void synth_draw_hair_behind(
	struct synth_scene *s, const struct synth_figure *f);

/* ---- synth_wear.c: what is worn ---- */

struct synth_wear {
	const struct synth_style *style;
	enum synth_type type;
	int category, owner;
	struct synth_cloth cloth, trim;
	float sleeve, hem, fit, flare; /* drawn from the style's ranges */
	bool belt;
};

void synth_choose(struct synth_wear *w, enum synth_type type, struct rng *r);
void synth_draw_wear(struct synth_scene *s, const struct synth_figure *f,
	const struct synth_wear *w);
/* Sleeves lie over the arms, which lie over the rest. */
void synth_draw_sleeves(struct synth_scene *s, const struct synth_figure *f,
	const struct synth_wear *w);

/* ---- synth_backdrop.c ---- */

void synth_draw_backdrop(struct synth_scene *s);

/* fminf and fmaxf mind NaNs, which costs a call; here are none. */
static inline float synth_clamp(float v, float lo, float hi)
{
	return v < lo ? lo : v > hi ? hi : v;
}

/* Uniform between two bounds. */
static inline float synth_between(struct rng *r, float lo, float hi)
{
	return lo + (hi - lo) * rng_uniform(r);
}

#endif
