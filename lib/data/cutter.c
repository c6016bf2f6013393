#include "data/cutter.h"

#include <math.h>
#include <string.h>

enum { JPG_QUALITY = 95, FINER = 2 };

/* A photograph in work. */
struct work {
	const struct cutter *k;
	const struct record *photo;
	const char *file;
	int w, h;              /* of the whole photograph */
	struct img_part *part; /* a box; w 0: none */
	bool whole_blocks;     /* cut without decoding */
	/* Decoded to be encoded as it was; or else as pixels. */
	struct img_planes planes;
	struct img_window win;
};

/* The size that a part is scaled to. */
static void scaled(
	const struct cutter *k, const struct img_part *part, int *w, int *h)
{
	*w = k->w ? k->w : part->w;
	*h = k->w ? k->h : part->h;
	if ((int64_t)part->w * *h > (int64_t)*w * part->h)
		*h = (int)((int64_t)part->h * *w / part->w);
	else
		*w = (int)((int64_t)part->w * *h / part->h);
	*w = *w ? *w : 1;
	*h = *h ? *h : 1;
}

/* Decoded smaller, but so large that scaling the rest of the way averages
 * over FINER pixels or more: eyes then see no difference. */
static int shrink_for(const struct cutter *k, const struct img_part *part)
{
	int w, h, shrink = 8;

	scaled(k, part, &w, &h);
	while (shrink > 1 &&
		(part->w / shrink < FINER * w || part->h / shrink < FINER * h))
		shrink /= 2;
	return shrink;
}

/* What to decode: the smallest part that has all parts in it. */
static struct img_ask ask_for(const struct work *j, int n)
{
	struct img_ask ask = {.shrink = 8};
	int x0 = j->w, y0 = j->h, x1 = 0, y1 = 0;

	for (int i = 0; i < n; i++) {
		const struct img_part *p = &j->part[i];
		int shrink;

		if (!p->w)
			continue;
		shrink = shrink_for(j->k, p);
		ask.shrink = shrink < ask.shrink ? shrink : ask.shrink;
		x0 = p->x < x0 ? p->x : x0;
		y0 = p->y < y0 ? p->y : y0;
		x1 = p->x + p->w > x1 ? p->x + p->w : x1;
		y1 = p->y + p->h > y1 ? p->y + p->h : y1;
	}
	ask.part = (struct img_part){x0, y0, x1 - x0, y1 - y0};
	return ask;
}

/* The photograph's size, from its header, and whether it is a JPEG. */
static int look_at(struct work *j, struct err *e)
{
	const struct record *r = j->photo;
	enum img_format format;

	if (img_size(j->file, &j->w, &j->h, e))
		return -1;
	if (j->k->lossless) {
		if (img_format(j->file, &format, e))
			return -1;
		j->whole_blocks = format == IMG_JPG;
	}
	/* Boxes of a photograph of another size would cut the wrong pixels. */
	if (r->width && r->height && (r->width != j->w || r->height != j->h))
		return err_set(e, ERR_DATA,
			"'%s' has %d by %d pixels, not %lld by %lld", j->file,
			j->w, j->h, (long long)r->width, (long long)r->height);
	return 0;
}

static int no_pixel(
	const struct record_box *box, const char *file, struct err *e)
{
	return err_set(e, ERR_DATA, "box %g,%g,%g,%g covers no pixel of '%s'",
		box->x, box->y, box->w, box->h, file);
}

/* Encode one crop; part becomes the pixels that it shows. */
static int encode(struct work *j, struct img_part *part, const char *path,
	int *w, int *h, struct err *e)
{
	struct img crop, framed;
	int bad;

	if (j->whole_blocks) {
		bad = img_cut_jpg(j->file, part, path, e);
		*w = part->w;
		*h = part->h;
		return bad;
	}
	scaled(j->k, part, w, h);
	if (j->planes.light)
		return img_planes_save(&j->planes, part, path, JPG_QUALITY, e);
	img_window_cut(&crop, &j->win, part, *w, *h);
	if (j->k->w && (crop.w < j->k->w || crop.h < j->k->h)) {
		*w = j->k->w;
		*h = j->k->h;
		img_init(&framed, *w, *h);
		img_fill_rect(&framed, 0, 0, *w, *h, 0xffffff);
		img_blit(&framed, (*w - crop.w) / 2, (*h - crop.h) / 2, &crop);
		img_release(&crop);
		crop = framed;
	}
	bad = img_save(&crop, path, JPG_QUALITY, e);
	img_release(&crop);
	return bad;
}

static int cut_box(struct work *j, const struct record_box *box,
	struct img_part *part, struct derived_names *names, struct record *crop,
	struct err *e)
{
	struct arena *a = j->photo->arena;
	int w, h;

	if (!part->w)
		return no_pixel(box, j->file, e);
	record_new(crop,
		derived_next(names, j->whole_blocks ? "jpg" : j->k->ext, a), a);
	if (encode(j, part, crop->path, &w, &h, e))
		return -1;
	record_set_size(crop, w, h);
	crop_describe(crop, j->photo, box, part);
	return 0;
}

/* What the boxes need of the photograph. */
static int decode(struct work *j, int n, struct err *e)
{
	struct img_ask ask = ask_for(j, n);
	int got = 0;

	if (ask.part.w <= 0 || j->whole_blocks)
		return 0;
	if (!j->k->w && !strcmp(j->k->ext, "jpg"))
		got = img_planes_load(&j->planes, j->file, &ask.part, e);
	return got ? (got < 0 ? -1 : 0)
		   : img_load_window(&j->win, j->file, &ask, e);
}

int cutter_photo(const struct cutter *k, const struct record *photo,
	const char *file, const struct record_box *const *box, int n,
	struct derived_names *names, struct cutter_crop *crop, struct err *e)
{
	struct work j = {.k = k, .photo = photo, .file = file};

	if (look_at(&j, e))
		return -1;
	j.part = arena_zero(photo->arena, (size_t)n, sizeof *j.part);
	for (int i = 0; i < n; i++)
		if (!crop_pixels(&k->rule, box[i], j.w, j.h, &j.part[i]))
			j.part[i].w = 0;
	if (decode(&j, n, e))
		return -1;
	for (int i = 0; i < n; i++)
		crop[i].bad = cut_box(&j, box[i], &j.part[i], names,
			&crop[i].record, &crop[i].why);
	img_release(&j.win.im);
	img_planes_release(&j.planes);
	return 0;
}

/* Edges as Pillow rounds them: half to even. */
static bool round_box(const struct record_box *box, struct img_part *p)
{
	const double most = IMG_SIDE_MAX;
	double x0 = nearbyint(box->x), x1 = nearbyint(box->x + box->w);
	double y0 = nearbyint(box->y), y1 = nearbyint(box->y + box->h);

	if (fabs(x0) > most || fabs(y0) > most || x1 - x0 < 1 || y1 - y0 < 1 ||
		(x1 - x0) * (y1 - y0) > IMG_PIXELS_MAX)
		return false;
	*p = (struct img_part){
		(int)x0, (int)y0, (int)(x1 - x0), (int)(y1 - y0)};
	return true;
}

int cutter_legacy(const struct record *photo, const char *file,
	const struct record_box *box, const char *path,
	struct cutter_crop *crop, struct err *e)
{
	struct img_window win;
	struct img_part part;
	struct img out;

	if (img_load_window(
		    &win, file, &(struct img_ask){.as_stored = true}, e))
		return -1;
	crop->bad = !round_box(box, &part);
	if (crop->bad) {
		img_release(&win.im);
		no_pixel(box, file, &crop->why);
		return 0;
	}
	img_init(&out, part.w, part.h);
	img_blit(&out, -part.x, -part.y, &win.im);
	img_release(&win.im);
	crop->bad = img_save(&out, path, 0, &crop->why);
	img_release(&out);
	record_new(&crop->record, path, photo->arena);
	record_set_size(&crop->record, part.w, part.h);
	crop_describe(&crop->record, photo, box, &part);
	return 0;
}
