#include "data/synth_int.h"

#include <math.h>

enum { KNOTS_MAX = 16 };

/* The upper body leans about the hips; then the whole figure is turned. */
struct img_point synth_place(const struct synth_scene *s, float x, float y)
{
	if (y < SYNTH_HIP)
		x += s->lean * (SYNTH_HIP - y);
	y -= SYNTH_HIP;
	return (struct img_point){s->x + s->s * (x * s->cos - y * s->sin),
		s->y + s->s * (x * s->sin + y * s->cos)};
}

static struct img_point towards(struct img_point a, struct img_point b, float t)
{
	return (struct img_point){a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t};
}

void synth_outline(struct synth_scene *s, const struct synth_knot *k, int n)
{
	struct img_path path = {0};

	for (int i = 0; i < n; i++) {
		const struct synth_knot *l = &k[(i + n - 1) % n];
		const struct synth_knot *r = &k[(i + 1) % n];
		struct img_point p = synth_place(s, k[i].x, k[i].y);
		struct img_point from =
			towards(p, synth_place(s, l->x, l->y), k[i].round / 2);
		struct img_point to =
			towards(p, synth_place(s, r->x, r->y), k[i].round / 2);

		img_path_line(&path, from.x, from.y);
		if (k[i].round > 0)
			img_path_curve(&path, p.x, p.y, to.x, to.y);
	}
	img_mask_add(&s->mask, &path);
}

static struct synth_knot mirror(struct synth_knot k)
{
	return (struct synth_knot){-k.x, k.y, k.round};
}

void synth_pair(struct synth_scene *s, const struct synth_knot *k, int n)
{
	struct synth_knot other[KNOTS_MAX];

	BUG_ON(n > KNOTS_MAX);
	for (int i = 0; i < n; i++)
		other[i] = mirror(k[i]);
	synth_outline(s, k, n);
	synth_outline(s, other, n);
}

void synth_both(struct synth_scene *s, const struct synth_knot *half, int n)
{
	struct synth_knot all[2 * KNOTS_MAX];

	BUG_ON(n > KNOTS_MAX);
	for (int i = 0; i < n; i++) {
		all[i] = half[i];
		all[2 * n - 1 - i] = mirror(half[i]);
	}
	synth_outline(s, all, 2 * n);
}

void synth_ellipse(struct synth_scene *s, float x, float y, float rx, float ry)
{
	struct img_point p = synth_place(s, x, y);
	struct img_path path = {0};

	img_path_ellipse(&path, p.x, p.y, rx * s->s, ry * s->s);
	img_mask_add(&s->mask, &path);
}

/* A bar that is thick at the two ends as told. */
static void bar(struct synth_scene *s, struct img_point a, struct img_point b,
	float thick_a, float thick_b)
{
	float dx = b.x - a.x, dy = b.y - a.y, len = hypotf(dx, dy);

	if (len <= 0)
		return;
	dx /= len;
	dy /= len;
	const struct synth_knot k[4] = {
		{a.x - dy * thick_a, a.y + dx * thick_a, 0},
		{b.x - dy * thick_b, b.y + dx * thick_b, 0},
		{b.x + dy * thick_b, b.y - dx * thick_b, 0},
		{a.x + dy * thick_a, a.y - dx * thick_a, 0},
	};
	synth_outline(s, k, 4);
}

void synth_stroke(struct synth_scene *s, float x0, float y0, float x1, float y1,
	float width)
{
	bar(s, (struct img_point){x0, y0}, (struct img_point){x1, y1},
		width / 2, width / 2);
}

void synth_limb(struct synth_scene *s, const struct synth_limb *l, float part)
{
	float done = 0, whole = 0;
	float len[2];

	for (int i = 0; i < 2; i++) {
		len[i] = hypotf(l->joint[i + 1].x - l->joint[i].x,
			l->joint[i + 1].y - l->joint[i].y);
		whole += len[i];
	}
	for (int i = 0; i < 2 && done < part * whole; i++) {
		float t = fminf((part * whole - done) / len[i], 1);
		struct img_point end = towards(l->joint[i], l->joint[i + 1], t);
		float thick = l->thick[i] + (l->thick[i + 1] - l->thick[i]) * t;

		synth_ellipse(s, l->joint[i].x, l->joint[i].y, l->thick[i],
			l->thick[i]);
		bar(s, l->joint[i], end, l->thick[i], thick);
		done += len[i];
	}
}
