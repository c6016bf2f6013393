/*
 * Pictures: decoded from JPEG and PNG, cut, scaled, drawn on, encoded. The
 * only room that knows libjpeg and libpng.
 *
 *	struct img im;
 *	if (img_load(&im, "photo.jpg", 0, e))
 *		return -1;
 *	img_frame(&im, 10, 20, 100, 200, 2, 0xff0000);
 *	bad = img_save(&im, "framed.png", 0, e);
 *	img_release(&im);
 *
 * A picture is always RGB, eight bits a channel, as it is to be looked at:
 * EXIF orientation is applied, grey and CMYK are converted, what shows
 * through an alpha channel is white. Pixel 0,0 is top left. Functions that
 * draw clip to the picture, so any coordinates will do. A colour is 0xRRGGBB.
 */
#ifndef IMG_IMG_H
#define IMG_IMG_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"

enum {
	IMG_PIXELS_MAX = 100000000, /* larger pictures are refused unread */
	IMG_SIDE_MAX = 65500        /* what JPEG can hold */
};

struct img {
	int w, h, c; /* c is 3 */
	uint8_t *px; /* rows top to bottom, no padding; from mem_alloc */
};

/* A black picture; w and h are at least 1 and bounded by IMG_PIXELS_MAX. */
void img_init(struct img *im, int w, int h);
void img_release(struct img *im);

/*
 * Decode a file, JPEG or PNG by what is in it, whatever its name. min_side
 * lets a JPEG be decoded at n/8 of its size, as small as its shorter side
 * stays at least min_side pixels; 0 asks for the full size. A damaged or
 * truncated file is ERR_DATA, a missing one ERR_NOINPUT; im is then empty.
 */
int img_load(struct img *im, const char *path, int min_side, struct err *e);

/* Some of a picture's pixels. */
struct img_part {
	int x, y, w, h;
};

/* The same, when only some of it is needed. */
struct img_ask {
	struct img_part part; /* must lie inside; w 0 asks for all */
	int min_side;         /* as for img_load */
	int shrink; /* a JPEG may come at 1/2, 1/4, 1/8 of its size: 2, 4, 8 */
	bool as_stored; /* not turned by the EXIF orientation */
};

/*
 * What img_load_window gave: at least the part that was asked for, and of a
 * JPEG only the blocks that it takes, so that damage elsewhere is not seen.
 * Pixel i,j of im shows what begins at x + i/scale, y + j/scale.
 */
struct img_window {
	struct img im;
	double x, y, scale;
	int w, h; /* of the whole, at its full size */
};

int img_load_window(struct img_window *win, const char *path,
	const struct img_ask *ask, struct err *e);
/* A new picture of w by h out of a part of the whole, of which win must have
 * all the pixels; antialiased where it gets smaller, as by img_resize. */
void img_window_cut(struct img *out, const struct img_window *win,
	const struct img_part *part, int w, int h);

/*
 * A part of a JPEG as most of them store it, which becomes JPEGs again: the
 * brightness of pixels, their two colours at half the resolution. No colour is
 * converted, nor brought to another resolution and back, so less is lost, and
 * less computed, than by img_load_window and img_save.
 */
struct img_planes {
	int x, y, w, h;     /* what it shows of the whole; x and y are even */
	int across, down;   /* samples of a colour */
	uint8_t *light;     /* [h][w] */
	uint8_t *colour[2]; /* [down][across] */
};

/* 1; 0 for what is stored in another way or is to be turned, and p is empty
 * then; -1. The part must lie inside. */
int img_planes_load(struct img_planes *p, const char *path,
	const struct img_part *part, struct err *e);
void img_planes_release(struct img_planes *p);
/* Encode a part of the whole, all of which p shows, as img_save does. */
int img_planes_save(const struct img_planes *p, const struct img_part *part,
	const char *path, int quality, struct err *e);

/* What a file holds, by its first bytes. */
enum img_format { IMG_JPG, IMG_PNG };
int img_format(const char *path, enum img_format *format, struct err *e);

/* Width and height as img_load would give them, from the headers only. */
int img_size(const char *path, int *w, int *h, struct err *e);

/*
 * The same of a file that is in memory; the messages name none.
 */
struct img_about {
	enum img_format format;
	int w, h;
};
int img_format_bytes(
	const void *p, size_t n, enum img_format *format, struct err *e);
int img_about_bytes(
	struct img_about *about, const void *p, size_t n, struct err *e);
int img_load_bytes(
	struct img *im, const void *p, size_t n, int min_side, struct err *e);

/*
 * Encode to memory: appended to out, ERR_OS when that reaches its limit. The
 * same picture always gives the same bytes. quality is 1..100, 0 for 90.
 */
int img_write_png(const struct img *im, struct buf *out, struct err *e);
int img_write_jpg(
	const struct img *im, int quality, struct buf *out, struct err *e);

/*
 * Encode to a file, PNG or JPEG by the end of its name (.png, .jpg, .jpeg).
 * It appears whole or not at all; missing folders are made.
 */
int img_save(
	const struct img *im, const char *path, int quality, struct err *e);

/* A new picture out of a part, which must lie inside, w and h at least 1. */
void img_crop(
	struct img *out, const struct img *im, const struct img_part *part);

/*
 * The same from file to file, JPEG only, without decoding: the pixels stay
 * exactly what they were. JPEG can be cut only between its blocks, so the left
 * and upper edge move outwards by up to 15 pixels (31 in rare files), and part
 * becomes what was cut. In a photo that EXIF turns, it is the edges that are
 * left and upper in the file that move; the cut is turned by EXIF too. A colour
 * profile is kept.
 */
int img_cut_jpg(
	const char *path, struct img_part *part, const char *to, struct err *e);

/*
 * A new picture of another size. Bilinear, and antialiased when shrinking:
 * the triangle is widened to cover every source pixel (Pillow's BILINEAR).
 */
void img_resize(struct img *out, const struct img *im, int w, int h);

/* The same out of a part, whose edges may lie between pixels. */
struct img_area {
	double x, y, w, h;
};
void img_resize_area(struct img *out, const struct img *im,
	const struct img_area *from, int w, int h);

/* Mirror left and right, in place. */
void img_flip(struct img *im);

/* Copy a picture onto another, its top left pixel at x,y. */
void img_blit(struct img *im, int x, int y, const struct img *from);
void img_fill_rect(struct img *im, int x, int y, int w, int h, uint32_t rgb);
/* The border of a rectangle, drawn inside it, `thick` pixels wide. */
void img_frame(
	struct img *im, int x, int y, int w, int h, int thick, uint32_t rgb);

/*
 * Text in a built-in font of 5 by 8 dots, each scale pixels large, the lowest
 * row for what hangs below the line; a letter advances 6 dots. ASCII; other
 * bytes show as a small box.
 */
enum { IMG_TEXT_ADVANCE = 6, IMG_TEXT_HEIGHT = 8 };
void img_text(struct img *im, int x, int y, int scale, const char *text,
	uint32_t rgb);

#endif
