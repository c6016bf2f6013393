/*
 * A sheet: pictures of one size in rows and columns, two black pixels around
 * each (torchvision's make_grid), to look at many at once.
 *
 *	struct sheet s = {.columns = 8, .rows = 8, .w = 64, .h = 64};
 *	bad = sheet_save(&s, draw, &model, "sheet.png", e);
 */
#ifndef DATA_SHEET_H
#define DATA_SHEET_H

#include "img/img.h"

enum { SHEET_CAPTION = 48 };

struct sheet {
	int columns, rows;
	int w, h; /* of a picture */
	/* What to write under picture i, in a place that is wide enough for
	 * eight letters at least, and cut there; NULL: nothing. `to` is
	 * sheet_save's. */
	void (*caption)(void *to, int i, char text[SHEET_CAPTION]);
};

/* The size of the whole; ERR_USAGE when no picture file can be so large. */
int sheet_size(const struct sheet *s, int *w, int *h, struct err *e);
/* Draw picture after picture, along the rows, and write the sheet: draw puts
 * picture i into px, [h][w][3]. */
int sheet_save(const struct sheet *s,
	void (*draw)(void *to, int i, uint8_t *px), void *to, const char *path,
	struct err *e);

#endif
