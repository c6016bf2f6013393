#include "data/loader_int.h"
#include "base/file.h"

#include <string.h>

static const struct coco_image *image_of(
	const struct loader_options *o, const struct stock *st, int i)
{
	const struct stock_entry *from = &st->entry[i];

	return &o->sets[from->set].coco->images[from->image];
}

bool batch_tall(
	const struct loader_options *o, const struct stock *st, int entry)
{
	const struct coco_image *im = image_of(o, st, entry);

	return im->width < im->height;
}

/* At one of the sizes. */
static struct photo_fit fit_of(
	const struct loader_options *o, int s, const struct coco_image *im)
{
	return photo_fit(
		&o->look, o->sizes[s], (int)im->width, (int)im->height);
}

static size_t x_bytes(const struct loader_batch *b)
{
	return (size_t)b->n * (size_t)b->h * (size_t)b->w * 3 * sizeof *b->x;
}

/* Begin with n pictures as large as the largest, all of it 0. */
static void blank(struct loader_batch *b, const struct photo_look *look, int n)
{
	int w = 0, h = 0;

	for (int i = 0; i < n; i++) {
		w = b->picture[i].w > w ? b->picture[i].w : w;
		h = b->picture[i].h > h ? b->picture[i].h : h;
	}
	b->n = n;
	b->w = photo_padded(look, w);
	b->h = photo_padded(look, h);
	BUG_ON((b->x ? x_bytes(b) : photo_pack_room(n, b->h, b->w)) > b->room);
	if (b->x)
		memset(b->x, 0, x_bytes(b));
	else
		photo_pack_begin(&b->pack, n, b->h, b->w);
}

static bool is_whole(const struct loader_picture *p)
{
	return p->part.w == p->photo_w && p->part.h == p->photo_h;
}

/* The photograph's size is known, and which part of it: it is scaled to what
 * the whole would be, whatever its shape. */
static struct photo_fit plan(
	struct loader_picture *p, const struct photo_look *look, int size)
{
	struct photo_fit fit = photo_fit(look, size, p->photo_w, p->photo_h);

	if (!is_whole(p)) {
		fit.scale *= (double)p->photo_w / p->part.w;
		fit.photo_w = p->part.w;
		fit.photo_h = p->part.h;
		fit.shrink = 1;
		fit.sides = true;
	}
	p->scale = fit.scale;
	p->w = fit.w;
	p->h = fit.h;
	return fit;
}

static void put(struct loader_batch *b, int i, const struct photo_look *look,
	const struct photo_fit *fit, const struct img *im)
{
	bool flip = b->picture[i].flipped;

	if (b->x)
		photo_fill(b->x + (size_t)i * (size_t)b->h * (size_t)b->w * 3,
			b->w, look, fit, im, flip);
	else
		photo_pack_add(&b->pack, i, look, fit, im, flip);
}

static void draw(struct loader_batch *b, int i, const struct photo_look *look,
	const struct photo_fit *fit, struct img *im, const struct variation *v)
{
	const struct loader_picture *p = &b->picture[i];
	struct img part;

	if (v->brightness != 1 || v->contrast != 1 || v->saturation != 1 ||
		v->hue != 0)
		vary_colours(im, v);
	if (is_whole(p)) {
		vary_cover(im, v);
		put(b, i, look, fit, im);
		return;
	}
	img_crop(&part, im, &p->part);
	vary_cover(&part, v);
	put(b, i, look, fit, &part);
	img_release(&part);
}

/* Of the part, unless that has no object: then of the whole. */
static void take_boxes(struct loader_batch *b, struct loader_picture *p,
	const struct stock *st, const struct stock_entry *from, int pixel)
{
	size_t n = (size_t)from->nboxes;
	float(*box)[4] = arena_alloc(&b->arena, n * sizeof *box);
	int32_t *classes = arena_alloc(&b->arena, n * sizeof *classes);
	uint8_t *crowd = arena_alloc(&b->arena, n);
	int objects = 0, left;

	for (int whole = 0; whole < 2 && !objects; whole++) {
		if (whole)
			p->part =
				(struct img_part){0, 0, p->photo_w, p->photo_h};
		memcpy(box, st->box + from->first, n * sizeof *box);
		memcpy(classes, st->classes + from->first, n * sizeof *classes);
		memcpy(crowd, st->crowd + from->first, n);
		left = vary_boxes(&p->part, box, classes, crowd, from->nboxes,
			pixel, &objects);
	}
	p->nboxes = left;
	p->box = (const float(*)[4])box;
	p->classes = classes;
	p->crowd = crowd;
}

static void describe(struct loader_batch *b, struct loader_picture *p,
	const struct loader_options *o, const struct stock *st,
	const struct batch_item *item, const struct variation *vary, int size)
{
	const struct stock_entry *from = &st->entry[item->entry];
	const struct coco_image *im = image_of(o, st, item->entry);
	struct photo_fit fit;
	float(*box)[4];
	float across, down;

	*p = (struct loader_picture){
		.set = from->set,
		.image = from->image,
		.flipped = item->flipped,
		.photo_w = (int)im->width,
		.photo_h = (int)im->height,
	};
	p->part = vary_part(vary, p->photo_w, p->photo_h);
	take_boxes(b, p, st, from, !o->edges);
	box = (float(*)[4])p->box;
	fit = plan(p, &o->look, size);
	across = down = (float)p->scale;
	if (fit.sides || o->look.resize != PHOTO_OPENCV) {
		across = (float)p->w / (float)p->part.w;
		down = (float)p->h / (float)p->part.h;
	}
	for (int i = 0; i < p->nboxes; i++) {
		if (item->flipped)
			truth_flip(box[i], (float)p->part.w, !o->edges);
		for (int k = 0; k < 4; k++)
			box[i][k] *= k % 2 ? down : across;
	}
}

static int read_photo(struct loader_batch *b, int i,
	const struct loader_options *o, const struct variation *vary, int size,
	struct err *e)
{
	struct loader_picture *p = &b->picture[i];
	struct photo_fit fit = plan(p, &o->look, size);
	const struct loader_set *set = &o->sets[p->set];
	const char *path = file_join(
		&b->arena, set->root, set->coco->images[p->image].file);
	struct img_window win;
	int bad;

	if (photo_load(&win, path, &fit, e))
		return -1;
	bad = coco_check_size(
		set->coco, &set->coco->images[p->image], path, win.w, win.h, e);
	if (!bad)
		draw(b, i, &o->look, &fit, &win.im, vary);
	img_release(&win.im);
	return bad;
}

int batch_fill(struct loader_batch *b, const struct loader_options *o,
	const struct stock *st, const struct batch_item *items,
	const struct variation *vary, int n, int size, int *bad, struct err *e)
{
	arena_reset(&b->arena);
	b->picture = arena_zero(&b->arena, (size_t)n, sizeof *b->picture);
	for (int i = 0; i < n; i++)
		describe(b, &b->picture[i], o, st, &items[i], &vary[i], size);
	blank(b, &o->look, n);
	for (int i = 0; i < n; i++)
		if (read_photo(b, i, o, &vary[i], size, e)) {
			*bad = i;
			return -1;
		}
	return 0;
}

void batch_largest(
	const struct loader_options *o, const struct stock *st, int *h, int *w)
{
	*h = *w = 0;
	for (int s = 0; s < o->nsizes; s++) {
		/* Of tall photographs, and of wide ones, which may be apart. */
		int most[2][2] = {{0, 0}, {0, 0}};

		for (int i = 0; i < st->n; i++) {
			struct photo_fit fit = fit_of(o, s, image_of(o, st, i));
			int *m = most[o->grouped && batch_tall(o, st, i)];

			m[0] = fit.h > m[0] ? fit.h : m[0];
			m[1] = fit.w > m[1] ? fit.w : m[1];
		}
		for (int g = 0; g < 2; g++) {
			int gh = photo_padded(&o->look, most[g][0]);
			int gw = photo_padded(&o->look, most[g][1]);

			if ((int64_t)gh * gw > (int64_t)*h * *w) {
				*h = gh;
				*w = gw;
			}
		}
	}
}

static size_t pack_bytes(const struct loader_options *o, const struct stock *st)
{
	size_t most = 0;
	int h = 0, w = 0;

	for (int s = 0; s < o->nsizes; s++)
		for (int i = 0; i < st->n; i++) {
			const struct coco_image *im = image_of(o, st, i);
			struct photo_fit fit = fit_of(o, s, im);
			size_t n = photo_pack_most(&o->look, &fit,
				(int)im->width, (int)im->height);

			most = n > most ? n : most;
			h = fit.h > h ? fit.h : h;
			w = fit.w > w ? fit.w : w;
		}
	return photo_pack_room(o->batch, photo_padded(&o->look, h),
		       photo_padded(&o->look, w)) +
	       (size_t)o->batch * most;
}

size_t batch_bytes(const struct loader_options *o, const struct stock *st)
{
	int h, w;

	if (o->bytes)
		return pack_bytes(o, st);
	batch_largest(o, st, &h, &w);
	return (size_t)o->batch * (size_t)h * (size_t)w * 3 * sizeof(float);
}

size_t batch_work_bytes(const struct loader_options *o, const struct stock *st)
{
	bool parts = o->vary.crop < 1 || o->vary.stretch > 0;
	int64_t most = 0;
	size_t photo;
	int h, w;

	for (int i = 0; i < st->n; i++) {
		const struct coco_image *im = image_of(o, st, i);
		int64_t n = im->width * im->height;

		most = n > most ? n : most;
	}
	photo = (size_t)(most > IMG_PIXELS_MAX ? IMG_PIXELS_MAX : most) * 3;
	if (parts)
		photo *= 2;
	if (o->look.resize != PHOTO_PIL)
		return photo;
	batch_largest(o, st, &h, &w);
	return photo + (size_t)h * (size_t)w * 3;
}
