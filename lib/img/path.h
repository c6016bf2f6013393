/*
 * Outlines filled with antialiasing. A path is one closed polygon in pixels,
 * its curves already flattened; a mask holds how much of each pixel is
 * covered, 0 to 1.
 *
 *	struct img_path p = {0};
 *	struct img_mask m;
 *
 *	img_path_line(&p, 10, 10);
 *	img_path_curve(&p, 50, 0, 90, 10);
 *	img_path_line(&p, 50, 80);
 *	img_mask_init(&m, im.w, im.h);
 *	img_mask_add(&m, &p);
 *	...
 *	img_mask_release(&m);
 */
#ifndef IMG_PATH_H
#define IMG_PATH_H

enum { IMG_PATH_MAX = 256 };

struct img_point {
	float x, y;
};

struct img_path {
	int n;
	struct img_point p[IMG_PATH_MAX]; /* more are left out */
};

void img_path_line(struct img_path *p, float x, float y);
/* A quadratic Bézier curve from the last point towards cx,cy to x,y. */
void img_path_curve(struct img_path *p, float cx, float cy, float x, float y);
void img_path_ellipse(
	struct img_path *p, float cx, float cy, float rx, float ry);

struct img_mask {
	int w, h;
	int x0, y0, x1, y1; /* the part that may be covered: x0 <= x < x1 */
	float *a;           /* [h][w] */
	float *row;         /* scratch */
};

void img_mask_init(struct img_mask *m, int w, int h);
void img_mask_release(struct img_mask *m);
void img_mask_clear(struct img_mask *m);

/* Unite the mask with the inside of a path: exact areas, whichever way round
 * the path runs. */
void img_mask_add(struct img_mask *m, const struct img_path *p);

/* dst becomes src averaged over a square of 2*radius+1 pixels, zero outside.
 * Same size, not the same mask. */
void img_mask_blur(
	struct img_mask *dst, const struct img_mask *src, int radius);

#endif
