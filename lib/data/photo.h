/*
 * A photograph as a network wants to see it: scaled, in floats, the mean of
 * each channel taken off.
 *
 *	struct photo_fit fit = photo_fit(&look, 800, im.w, im.h);
 *	int w = photo_padded(&look, fit.w), h = photo_padded(&look, fit.h);
 *	// the padding is 0
 *	float *x = mem_alloc((size_t)w * h * 3, sizeof *x);
 *
 *	photo_fill(x, w, &look, &fit, &im, false);
 */
#ifndef DATA_PHOTO_H
#define DATA_PHOTO_H

#include <stdbool.h>
#include "img/img.h"

/*
 * How it is scaled, by whose example. The first two have centres of pixels at
 * half-integers, two taps an axis however small the result (no antialiasing),
 * and beyond the border the border's pixel.
 */
enum photo_resize {
	PHOTO_OPENCV, /* Detectron: INTER_LINEAR by a factor; sides rounded half
		       * to even */
	PHOTO_TORCH,  /* torchvision: each axis by its own factor, the ratio of
		       * sides; sides rounded down */
	PHOTO_PIL /* Detectron2: Pillow's bilinear filter, with antialiasing,
		   * to whole numbers; sides rounded half up */
};

struct photo_look {
	int max_size;   /* the longer side is never scaled beyond this */
	int stride;     /* sides are padded to a multiple; 0 for 1 */
	bool rgb;       /* order of the channels; else B, G, R */
	double mean[3]; /* of each channel, in that order, on 0..255 */
	double std[3];  /* what is left is divided by this; 0 for 1 */
	enum photo_resize resize;
	/* A JPEG may be decoded at 1/2, 1/4 or 1/8 of its size where that is
	 * still as large as it is wanted: quicker, of other pixels. */
	bool shrink;
};

struct photo_fit {
	double scale; /* from photograph to network */
	int w, h;     /* scaled, without padding */
	/* The photograph that is given: of this size when it is whole, and at
	 * 1/shrink of it. 0: whole, and of the size that it has. */
	int photo_w, photo_h, shrink;
	/* Each axis is scaled by its own factor, the ratio of sides, whoever's
	 * the example. */
	bool sides;
};

/*
 * How a w by h photograph is scaled: its shorter side to `size`, less when
 * the longer one would exceed max_size. fit.shrink says at which part of its
 * size it may be given, 1 unless the look allows more.
 */
struct photo_fit photo_fit(
	const struct photo_look *look, int size, int w, int h);
/* A side with its padding. */
int photo_padded(const struct photo_look *look, int side);

/*
 * Write fit->h rows of fit->w pixels, 3 floats each, to a place where a row
 * is `wide` pixels; what is beyond them is not touched. flip mirrors the
 * photograph before it is scaled.
 */
void photo_fill(float *to, int wide, const struct photo_look *look,
	const struct photo_fit *fit, const struct img *im, bool flip);

/* What becomes of a channel: (value - mean) * gain. */
struct photo_channel {
	int from; /* in the RGB photograph */
	float mean, gain;
};
void photo_channels(const struct photo_look *look, struct photo_channel c[3]);

/* The two source pixels that an output pixel lies between, and how far it is
 * from the first to the second. */
struct photo_tap {
	int a, b;
	float t;
};

/* What photo_fill takes its pixels from, and how: by rows first, by columns
 * then. It lives no longer than the photograph that it was made of. */
struct photo_source {
	struct img
		im; /* that photograph, or what Pillow's filter makes of it */
	bool own;   /* the second */
	int w, h;   /* scaled */
	struct photo_tap *x, *y; /* [w] columns and [h] rows of im */
};
void photo_source_init(struct photo_source *s, const struct photo_look *look,
	const struct photo_fit *fit, const struct img *im, bool flip);
void photo_source_release(struct photo_source *s);

/* Decode a photograph, at the part of its size that the fit, made for what it
 * says it is, allows: fit.shrink is then what it was. */
int photo_load(struct img_window *win, const char *path, struct photo_fit *fit,
	struct err *e);

#endif
