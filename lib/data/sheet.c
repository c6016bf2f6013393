#include "data/sheet.h"

#include <string.h>

enum { GAP = 2, JPG_QUALITY = 95, WORDS = 0xc0c0c0 };

enum { LETTERS = 8 };

/* The place of a picture: wider than it where its caption needs that. */
static int place_w(const struct sheet *s)
{
	int text = s->caption ? LETTERS * IMG_TEXT_ADVANCE : 0;

	return s->w > text ? s->w : text;
}

static int place_h(const struct sheet *s)
{
	return s->h + (s->caption ? IMG_TEXT_HEIGHT + GAP : 0);
}

int sheet_size(const struct sheet *s, int *w, int *h, struct err *e)
{
	int64_t sw = (int64_t)s->columns * (place_w(s) + GAP) + GAP;
	int64_t sh = (int64_t)s->rows * (place_h(s) + GAP) + GAP;

	if (sw > IMG_SIDE_MAX || sh > IMG_SIDE_MAX || sw * sh > IMG_PIXELS_MAX)
		return err_set(e, ERR_USAGE,
			"a sheet of %dx%d is too large: %lld by %lld pixels",
			s->columns, s->rows, (long long)sw, (long long)sh);
	*w = (int)sw;
	*h = (int)sh;
	return 0;
}

/* In the middle below the picture of the place at x,y. */
static void write_caption(
	struct img *whole, const struct sheet *s, int x, int y, int i, void *to)
{
	char text[SHEET_CAPTION];
	int room = place_w(s) / IMG_TEXT_ADVANCE, n;

	s->caption(to, i, text);
	n = (int)strlen(text);
	if (n > room)
		text[n = room] = 0;
	img_text(whole, x + (place_w(s) - n * IMG_TEXT_ADVANCE) / 2,
		y + s->h + GAP, 1, text, WORDS);
}

int sheet_save(const struct sheet *s,
	void (*draw)(void *to, int i, uint8_t *px), void *to, const char *path,
	struct err *e)
{
	struct img whole, one;
	int w = 0, h = 0, bad;

	if (sheet_size(s, &w, &h, e))
		return -1;
	img_init(&whole, w, h);
	img_init(&one, s->w, s->h);
	for (int i = 0; i < s->columns * s->rows; i++) {
		int x = GAP + i % s->columns * (place_w(s) + GAP);
		int y = GAP + i / s->columns * (place_h(s) + GAP);

		draw(to, i, one.px);
		img_blit(&whole, x + (place_w(s) - s->w) / 2, y, &one);
		if (s->caption)
			write_caption(&whole, s, x, y, i, to);
	}
	bad = img_save(&whole, path, JPG_QUALITY, e);
	img_release(&one);
	img_release(&whole);
	return bad;
}
