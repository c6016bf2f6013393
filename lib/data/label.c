#include "data/label.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Told apart also by those who see no red or green (after Okabe and Ito,
 * "Color universal design", 2008); the first three for upper, lower, full. */
static uint32_t colour_of(const struct record_box *box)
{
	static const uint32_t colours[] = {0xd55e00, 0x0072b2, 0x009e73,
		0xcc79a7, 0xe69f00, 0x56b4e9, 0xf0e442, 0x332288};
	uint64_t v = (uint64_t)box->category_id - 1;

	if (box->category_id < 1) {
		v = 0;
		for (const char *s = box->category; s && *s; s++)
			v = v * 31 + (unsigned char)*s;
	}
	return colours[v % (sizeof colours / sizeof *colours)];
}

static bool is_light(uint32_t rgb)
{
	return (rgb >> 16) * 299 + (rgb >> 8 & 255) * 587 + (rgb & 255) * 114 >
	       150000;
}

/* An edge as a pixel; far outside it stays outside. */
static int edge(double v, int size)
{
	return (int)lrint(fmin(fmax(v, -16), size + 16));
}

static int between(int v, int lo, int hi)
{
	return v > hi ? hi : v < lo ? lo : v;
}

static void draw_frame(struct img *im, const struct record_box *box, int thick)
{
	int x = edge(box->x, im->w), y = edge(box->y, im->h);

	img_frame(im, x, y, edge(box->x + box->w, im->w) - x,
		edge(box->y + box->h, im->h) - y, thick, colour_of(box));
}

/* The places that have words on them: the last of very many. */
enum { PLACES = 256 };

struct places {
	struct img_part taken[PLACES];
	int n;
};

static bool is_free(const struct places *p, const struct img_part *at)
{
	for (int i = 0; i < p->n && i < PLACES; i++) {
		const struct img_part *q = &p->taken[i];

		if (at->x < q->x + q->w && q->x < at->x + at->w &&
			at->y < q->y + q->h && q->y < at->y + at->h)
			return false;
	}
	return true;
}

/* Above the box, inside its upper or lower edge, or below it: the first of
 * these that is in the picture and not over other words. */
static struct img_part find_place(struct places *p, const struct img *im,
	const struct record_box *box, int w, int h)
{
	int top = edge(box->y, im->h), bottom = edge(box->y + box->h, im->h);
	const int tries[] = {top - h, top, bottom - h, bottom};
	struct img_part at = {
		between(edge(box->x, im->w), 0, im->w - w), 0, w, h};

	for (int i = 0; i < 4; i++) {
		at.y = tries[i];
		if (at.y >= 0 && at.y <= im->h - h && is_free(p, &at))
			break;
		at.y = between(top >= h ? top - h : top, 0, im->h - h);
	}
	p->taken[p->n++ % PLACES] = at;
	return at;
}

static void draw_words(struct img *im, const struct record_box *box, int scale,
	struct places *p)
{
	uint32_t rgb = colour_of(box);
	char text[64], score[16] = "";
	struct img_part at;

	if (box->has_score)
		snprintf(score, sizeof score, "%.2f", box->score);
	snprintf(text, sizeof text, "%.40s%s%s",
		box->category ? box->category : "",
		box->category && *score ? " " : "", score);
	if (!*text)
		return;
	at = find_place(p, im, box,
		((int)strlen(text) * IMG_TEXT_ADVANCE + 3) * scale,
		(IMG_TEXT_HEIGHT + 3) * scale);
	img_fill_rect(im, at.x, at.y, at.w, at.h, rgb);
	img_text(im, at.x + 2 * scale, at.y + 2 * scale, scale, text,
		is_light(rgb) ? 0x000000 : 0xffffff);
}

void label_boxes(struct img *im, const struct record_box *const *box, int n)
{
	int side = im->w < im->h ? im->w : im->h;
	struct places p = {.n = 0};

	for (int i = 0; i < n; i++)
		draw_frame(im, box[i], side / 160 + 1);
	for (int i = 0; i < n; i++)
		draw_words(im, box[i], side < 480 ? 1 : side / 240, &p);
}
