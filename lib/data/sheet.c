#include "data/sheet.h"

enum { GAP = 2, JPG_QUALITY = 95 };

int sheet_size(const struct sheet *s, int *w, int *h, struct err *e)
{
	int64_t sw = (int64_t)s->columns * (s->w + GAP) + GAP;
	int64_t sh = (int64_t)s->rows * (s->h + GAP) + GAP;

	if (sw > IMG_SIDE_MAX || sh > IMG_SIDE_MAX || sw * sh > IMG_PIXELS_MAX)
		return err_set(e, ERR_USAGE,
			"a sheet of %dx%d is too large: %lld by %lld pixels",
			s->columns, s->rows, (long long)sw, (long long)sh);
	*w = (int)sw;
	*h = (int)sh;
	return 0;
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
		draw(to, i, one.px);
		img_blit(&whole, GAP + i % s->columns * (s->w + GAP),
			GAP + i / s->columns * (s->h + GAP), &one);
	}
	bad = img_save(&whole, path, JPG_QUALITY, e);
	img_release(&one);
	img_release(&whole);
	return bad;
}
