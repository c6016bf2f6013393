#include "data/photo.h"
#include "base/mem.h"

#include <math.h>

static struct photo_fit fit_opencv(int size, int most, double w, double h)
{
	struct photo_fit fit = {.scale = size / fmin(w, h)};

	if (nearbyint(fit.scale * fmax(w, h)) > most)
		fit.scale = most / fmax(w, h);
	fit.w = (int)nearbyint(w * fit.scale);
	fit.h = (int)nearbyint(h * fit.scale);
	return fit;
}

/* The scale is an f32 there, by way of a reciprocal, so that many of the sides
 * that should come out whole are a pixel less. */
static struct photo_fit fit_torch(int size, int most, float w, float h)
{
	float scale = fminf((float)size * (1 / fminf(w, h)),
		(float)most * (1 / fmaxf(w, h)));
	double s = (double)scale;

	return (struct photo_fit){.scale = s,
		.w = (int)floor((double)w * s),
		.h = (int)floor((double)h * s)};
}

static struct photo_fit fit_pil(int size, int most, double w, double h)
{
	double scale = fmin(size / fmin(w, h), most / fmax(w, h));

	return (struct photo_fit){.scale = scale,
		.w = (int)(w * scale + 0.5),
		.h = (int)(h * scale + 0.5)};
}

/* What may be left out before the linear taps are: as much as keeps both
 * sides at least as long as they will be. */
static int shrink(const struct photo_fit *fit, int w, int h)
{
	int n = 8;

	while (n > 1 && (w < n * fit->w || h < n * fit->h))
		n /= 2;
	return n;
}

struct photo_fit photo_fit(
	const struct photo_look *look, int size, int w, int h)
{
	int most = look->max_size;
	struct photo_fit fit;

	if (look->resize == PHOTO_TORCH)
		fit = fit_torch(size, most, (float)w, (float)h);
	else if (look->resize == PHOTO_PIL)
		fit = fit_pil(size, most, w, h);
	else
		fit = fit_opencv(size, most, w, h);
	/* A photograph of one row has to keep it. */
	fit.w = fit.w ? fit.w : 1;
	fit.h = fit.h ? fit.h : 1;
	fit.photo_w = w;
	fit.photo_h = h;
	fit.shrink = look->shrink ? shrink(&fit, w, h) : 1;
	return fit;
}

int photo_padded(const struct photo_look *look, int side)
{
	int stride = look->stride ? look->stride : 1;

	return (side + stride - 1) / stride * stride;
}

static struct photo_tap tap_at(int i, double scale, double skew, int n)
{
	float at = (float)((i + 0.5) / scale - 0.5 + skew);
	int a = (int)floorf(at);

	if (a < 0)
		return (struct photo_tap){0, 0, 0};
	if (a >= n - 1)
		return (struct photo_tap){n - 1, n - 1, 0};
	return (struct photo_tap){a, a + 1, at - (float)a};
}

/* A side of what is given, in its pixels, the last of which may be a part. */
static double whole(int photo, int small, int side)
{
	return photo && small ? (double)photo / small : side;
}

static void take_taps(struct photo_source *s, const struct photo_look *look,
	const struct photo_fit *fit, bool flip)
{
	bool own = fit->sides || look->resize != PHOTO_OPENCV;
	int w = s->im.w, h = s->im.h;
	double wide_as = whole(fit->photo_w, fit->shrink, w);
	double high_as = whole(fit->photo_h, fit->shrink, h);
	int small = fit->shrink ? fit->shrink : 1;
	double across = own ? fit->w / wide_as : fit->scale * small;
	double down = own ? fit->h / high_as : fit->scale * small;
	/* The last column of a smaller one may hold less than the others, and
	 * a mirror begins with it. */
	double skew = flip ? w - wide_as : 0;

	for (int i = 0; i < s->w; i++) {
		s->x[i] = tap_at(i, across, skew, w);
		/* Mirrored first, scaled then: of a size that was rounded, the
		 * other order would give other pixels. */
		if (flip) {
			s->x[i].a = w - 1 - s->x[i].a;
			s->x[i].b = w - 1 - s->x[i].b;
		}
	}
	for (int i = 0; i < s->h; i++)
		s->y[i] = tap_at(i, down, 0, h);
}

void photo_source_init(struct photo_source *s, const struct photo_look *look,
	const struct photo_fit *fit, const struct img *im, bool flip)
{
	const struct photo_fit same = {.scale = 1,
		.w = fit->w,
		.h = fit->h,
		.photo_w = fit->w,
		.photo_h = fit->h,
		.shrink = 1};

	*s = (struct photo_source){.im = *im,
		.own = look->resize == PHOTO_PIL,
		.w = fit->w,
		.h = fit->h};
	if (s->own)
		img_resize_area(&s->im, im,
			&(struct img_area){0, 0,
				whole(fit->photo_w, fit->shrink, im->w),
				whole(fit->photo_h, fit->shrink, im->h)},
			fit->w, fit->h);
	s->x = mem_alloc((size_t)fit->w, sizeof *s->x);
	s->y = mem_alloc((size_t)fit->h, sizeof *s->y);
	take_taps(s, look, s->own ? &same : fit, flip);
}

void photo_source_release(struct photo_source *s)
{
	if (s->own)
		img_release(&s->im);
	mem_free(s->x);
	mem_free(s->y);
	*s = (struct photo_source){0};
}

void photo_channels(const struct photo_look *look, struct photo_channel c[3])
{
	for (int k = 0; k < 3; k++)
		c[k] = (struct photo_channel){
			.from = look->rgb ? k : 2 - k,
			.mean = (float)look->mean[k],
			.gain = look->std[k] ? (float)(1 / look->std[k]) : 1,
		};
}

/* One output row, still as wide as the source: whole rows, which the compiler
 * does a vector at a time. */
static void mix_rows(float *acc, const struct img *im, struct photo_tap y)
{
	int n = im->w * 3;
	const uint8_t *a = im->px + (size_t)y.a * (size_t)n;
	const uint8_t *b = im->px + (size_t)y.b * (size_t)n;

	for (int i = 0; i < n; i++)
		acc[i] = (float)a[i] * (1 - y.t) + (float)b[i] * y.t;
}

static void mix_columns(float *to, const float *acc, const struct photo_tap *x,
	int n, const struct photo_channel c[3])
{
	for (int i = 0; i < n; i++, to += 3) {
		const float *a = acc + x[i].a * 3, *b = acc + x[i].b * 3;
		float t = x[i].t;

		for (int k = 0; k < 3; k++) {
			int from = c[k].from;

			to[k] = (a[from] * (1 - t) + b[from] * t - c[k].mean) *
				c[k].gain;
		}
	}
}

void photo_fill(float *to, int wide, const struct photo_look *look,
	const struct photo_fit *fit, const struct img *im, bool flip)
{
	struct photo_source s;
	struct photo_channel c[3];
	float *acc;

	photo_source_init(&s, look, fit, im, flip);
	photo_channels(look, c);
	acc = mem_alloc((size_t)s.im.w * 3, sizeof *acc);
	for (int y = 0; y < s.h; y++) {
		mix_rows(acc, &s.im, s.y[y]);
		mix_columns(
			to + (size_t)y * (size_t)wide * 3, acc, s.x, s.w, c);
	}
	mem_free(acc);
	photo_source_release(&s);
}

int photo_load(struct img_window *win, const char *path, struct photo_fit *fit,
	struct err *e)
{
	if (img_load_window(
		    win, path, &(struct img_ask){.shrink = fit->shrink}, e))
		return -1;
	if (win->scale == 1)
		fit->shrink = 1; /* a PNG, or none was asked for */
	return 0;
}
