#include "data/sheet.h"

enum { GAP = 2 };

int sheet_init(struct sheet *s, int columns, int rows, int w, int h,
	struct err *e)
{
	int64_t sw = (int64_t)columns * (w + GAP) + GAP;
	int64_t sh = (int64_t)rows * (h + GAP) + GAP;

	if (sw > IMG_SIDE_MAX || sh > IMG_SIDE_MAX || sw * sh > IMG_PIXELS_MAX)
		return err_set(e, ERR_USAGE,
			"a sheet of %dx%d is too large: %lld by %lld pixels",
			columns, rows, (long long)sw, (long long)sh);
	*s = (struct sheet){
		.columns = columns, .rows = rows, .w = w, .h = h};
	img_init(&s->im, (int)sw, (int)sh);
	return 0;
}

void sheet_release(struct sheet *s)
{
	img_release(&s->im);
}

void sheet_put(struct sheet *s, int i, uint8_t *px)
{
	const struct img one = {s->w, s->h, 3, px};

	BUG_ON(i < 0 || i >= s->columns * s->rows);
	img_blit(&s->im, GAP + i % s->columns * (s->w + GAP),
		GAP + i / s->columns * (s->h + GAP), &one);
}
