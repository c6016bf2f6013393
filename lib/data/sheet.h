/*
 * A sheet: pictures of one size in rows and columns, two black pixels around
 * each (torchvision's make_grid), to look at many at once.
 *
 *	struct sheet s;
 *	sheet_init(&s, 8, 8, 64, 64);
 *	for (int i = 0; i < 64; i++)
 *		sheet_put(&s, i, pixels[i]);
 *	bad = img_save(&s.im, "sheet.png", 0, e);
 *	sheet_release(&s);
 */
#ifndef DATA_SHEET_H
#define DATA_SHEET_H

#include "img/img.h"

struct sheet {
	struct img im;
	int columns, rows;
	int w, h; /* of a picture */
};

/* ERR_USAGE when the sheet would be too large for a picture file. */
int sheet_init(struct sheet *s, int columns, int rows, int w, int h,
	struct err *e);
void sheet_release(struct sheet *s);
/* Picture i, counted along the rows; px is [h][w][3]. */
void sheet_put(struct sheet *s, int i, uint8_t *px);

#endif
