/* What the files of the room share and nobody else sees. */
#ifndef IMG_IMG_INT_H
#define IMG_IMG_INT_H

#include <stddef.h>
#include <stdio.h>
#include "img/img.h"

/* Open a regular file and tell its format; the message names it. */
FILE *img_open(const char *path, enum img_format *format, struct err *e);

/*
 * The decoders: read from the start of f, refuse what is too large, and leave
 * the EXIF orientation (1..8) to the caller. Messages name no file.
 */
struct img_info {
	int w, h, turn; /* as stored, before the turn */
};

int img_jpg_info(FILE *f, struct img_info *info, struct err *e);
/* im is as it is stored; *at is where it lies in the whole, as stored. */
int img_jpg_read(FILE *f, const struct img_ask *ask, struct img *im,
	struct img_info *info, struct img_area *at, struct err *e);
int img_png_info(FILE *f, struct img_info *info, struct err *e);
int img_png_read(FILE *f, struct img *im, struct img_info *info, struct err *e);

/* ERR_DATA unless w*h is between 1 and IMG_PIXELS_MAX. */
int img_check_size(uint32_t w, uint32_t h, struct err *e);

/*
 * The orientation in an EXIF block that begins with its TIFF header: 1..8, 1
 * when there is none or it is damaged. 5 to 8 swap width and height.
 */
int img_exif_turn(const uint8_t *p, size_t n);
/* Turn a picture upright. */
void img_turn(struct img *im, int turn);
/* The same for an area of a picture that is stored as w by h; and back. */
struct img_area img_turn_area(struct img_area a, int turn, int w, int h);
struct img_area img_unturn_area(struct img_area a, int turn, int w, int h);

#endif
