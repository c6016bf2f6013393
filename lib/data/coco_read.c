#include "data/coco.h"
#include "base/mem.h"
#include "img/img.h"
#include "json/json.h"
#include "json/json_stream.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

/* One file while it is being read. */
struct reading {
	struct json_stream s;
	struct coco_builder b;
	struct arena *arena; /* of the result */
	struct arena item;   /* of the item at hand */
	unsigned need;
	struct json *rest;
	bool images, anns, categories; /* these keys were there */
};

/* "file:line: image 17: no "file_name"", for an item whose id is known. */
static int missing(const struct reading *r, const char *what, int64_t id,
	const char *key, const char *kind, struct err *e)
{
	return err_set(e, ERR_DATA,
		"%s:%ld: %s %lld: \"%s\" is missing or not %s", r->s.name,
		r->s.line, what, (long long)id, key, kind);
}

static struct coco_span span(const struct json_stream *s)
{
	return (struct coco_span){s->offset, (int64_t)s->n};
}

static int get_id(const struct reading *r, const struct json *j,
	const char *what, int64_t *id, struct err *e)
{
	if (json_get_int(j, "id", id))
		return 0;
	return err_set(e, ERR_DATA,
		"%s:%ld: %s without an \"id\" that is a whole number",
		r->s.name, r->s.line, what);
}

/* false when it is there and not a size, or needed and not there. */
static bool get_size(const struct reading *r, const struct json *j,
	const char *key, int64_t *v)
{
	if (!json_get(j, key))
		return !(r->need & COCO_NEED_SIZES);
	/* A side of more pixels than a picture may have is none. */
	return json_get_int(j, key, v) && *v > 0 && *v <= IMG_PIXELS_MAX;
}

static int read_image(struct reading *r, const struct json *j, struct err *e)
{
	struct coco_image im = {0};
	const char *file = json_get_str(j, "file_name");

	if (get_id(r, j, "image", &im.id, e))
		return -1;
	if (!get_size(r, j, "width", &im.width))
		return missing(r, "image", im.id, "width", "a size", e);
	if (!get_size(r, j, "height", &im.height))
		return missing(r, "image", im.id, "height", "a size", e);
	if (file && *file)
		im.file = arena_dup(r->arena, file);
	else if (r->need & COCO_NEED_FILES)
		return missing(r, "image", im.id, "file_name", "a name", e);
	im.span = span(&r->s);
	coco_add_image(&r->b, &im);
	return 0;
}

/* Corner and area must be finite too: JSON has no word for others. */
static bool get_box(const struct json *j, double box[4])
{
	int n = 0;

	json_each (item, json_get(j, "bbox")) {
		if (n == 4 || !json_to_num(item, &box[n]))
			return false;
		n++;
	}
	return n == 4 && isfinite(box[0] + box[2]) &&
	       isfinite(box[1] + box[3]) && isfinite(box[2] * box[3]);
}

/* COCO has 0 and 1, some writers have booleans. */
static bool get_flag(const struct json *j, const char *key)
{
	int64_t n = 0;
	bool v = false;

	return json_get_bool(j, key, &v) ? v
					 : json_get_int(j, key, &n) && n != 0;
}

static int read_ann(struct reading *r, const struct json *j, struct err *e)
{
	struct coco_ann ann = {0};

	if (get_id(r, j, "annotation", &ann.id, e))
		return -1;
	if (!json_get_int(j, "image_id", &ann.image_id))
		return missing(r, "annotation", ann.id, "image_id",
			"a whole number", e);
	if (!json_get_int(j, "category_id", &ann.category_id))
		return missing(r, "annotation", ann.id, "category_id",
			"a whole number", e);
	if (!get_box(j, ann.box))
		return missing(r, "annotation", ann.id, "bbox",
			"four numbers of a finite box", e);
	ann.area = ann.box[2] * ann.box[3];
	if (json_get(j, "area") && !json_get_num(j, "area", &ann.area))
		return missing(r, "annotation", ann.id, "area", "a number", e);
	ann.crowd = get_flag(j, "iscrowd");
	ann.ignore = get_flag(j, "ignore");
	ann.span = span(&r->s);
	coco_add_ann(&r->b, &ann);
	return 0;
}

static int read_category(struct reading *r, const struct json *j, struct err *e)
{
	struct coco_category category = {0};
	const char *name = json_get_str(j, "name");
	const char *super = json_get_str(j, "supercategory");

	if (get_id(r, j, "category", &category.id, e))
		return -1;
	category.name =
		name ? arena_dup(r->arena, name)
		     : arena_printf(r->arena, "%lld", (long long)category.id);
	if (super)
		category.super = arena_dup(r->arena, super);
	coco_add_category(&r->b, &category);
	if (r->rest)
		json_add(json_get(r->rest, "categories"),
			json_copy(r->arena, j));
	return 0;
}

typedef int read_item(struct reading *r, const struct json *j, struct err *e);

/* One item; what is wrong with it may be no error, but told. */
static int read_one(
	struct reading *r, read_item *item, const struct json *j, struct err *e)
{
	const struct coco_faults *to = r->b.faults;
	struct err why;

	if (!to)
		return item(r, j, e);
	if (item(r, j, &why))
		to->tell(to->arg, COCO_FAULT_ITEM, why.msg);
	return 0;
}

static int read_list(
	struct reading *r, read_item *item, bool *seen, struct err *e)
{
	struct json *j;
	int got;

	if (*seen)
		return err_set(e, ERR_DATA, "%s:%ld: a list is there twice",
			r->s.name, r->s.line);
	*seen = true;
	if (json_stream_array(&r->s, e))
		return -1;
	do {
		arena_reset(&r->item);
		got = json_stream_item(&r->s, &j, &r->item, e);
	} while (got > 0 && !read_one(r, item, j, e));
	return got ? -1 : 0;
}

/* A member that is no list of ours. */
static int read_other(struct reading *r, const char *raw, struct err *e)
{
	struct json *key, *value;

	if (!r->rest)
		return json_stream_skip(&r->s, e);
	arena_reset(&r->item);
	/* The stream's keys still have their escapes. */
	raw = arena_printf(&r->item, "\"%s\"", raw);
	key = json_parse(raw, strlen(raw), &r->item, e);
	if (!key)
		return err_wrap(e, "%s:%ld", r->s.name, r->s.line);
	if (json_stream_value(&r->s, &value, r->arena, e))
		return -1;
	json_put(r->arena, r->rest, json_to_str(key), value);
	return 0;
}

static int read_file(struct reading *r, struct err *e)
{
	const char *key, *lost;
	int got;

	if (json_stream_object(&r->s, e))
		return -1;
	while ((got = json_stream_key(&r->s, &key, e)) > 0) {
		int bad;

		if (!strcmp(key, "images"))
			bad = read_list(r, read_image, &r->images, e);
		else if (!strcmp(key, "annotations"))
			bad = read_list(r, read_ann, &r->anns, e);
		else if (!strcmp(key, "categories"))
			bad = read_list(r, read_category, &r->categories, e);
		else
			bad = read_other(r, key, e);
		if (bad)
			return -1;
	}
	if (got < 0 || json_stream_end(&r->s, e))
		return -1;
	lost = !r->images       ? "images"
	       : !r->anns       ? "annotations"
	       : !r->categories ? "categories"
				: NULL;
	if (lost)
		return err_set(e, ERR_DATA, "%s: no \"%s\"", r->s.name, lost);
	return 0;
}

/* From r->s, which is closed in the end. */
static int read_all(struct reading *r, struct coco *c, struct err *e)
{
	struct arena *a = r->arena;
	int bad;

	if (r->need & COCO_KEEP_REST) {
		r->rest = json_object(a);
		json_put(a, r->rest, "categories", json_array(a));
	}
	bad = read_file(r, e);
	if (!bad)
		bad = coco_build(c, &r->b, arena_dup(a, r->s.name), a, e);
	c->rest = r->rest;
	coco_builder_release(&r->b);
	json_stream_close(&r->s);
	arena_release(&r->item);
	return bad ? -1 : 0;
}

int coco_read(struct coco *c, const char *path, unsigned need, struct arena *a,
	struct err *e)
{
	struct reading r = {.arena = a, .need = need};

	*c = (struct coco){0};
	return json_stream_open(&r.s, path, e) ? -1 : read_all(&r, c, e);
}

int coco_read_faulty(struct coco *c, const char *path, unsigned need,
	const struct coco_faults *faults, struct arena *a, struct err *e)
{
	struct reading r = {.arena = a, .need = need, .b = {.faults = faults}};

	*c = (struct coco){0};
	return json_stream_open(&r.s, path, e) ? -1 : read_all(&r, c, e);
}

int coco_read_from(struct coco *c, FILE *f, const char *name, unsigned need,
	struct arena *a, struct err *e)
{
	struct reading r = {.arena = a, .need = need};

	*c = (struct coco){0};
	json_stream_begin(&r.s, f, name);
	return read_all(&r, c, e);
}

struct json *coco_item(
	FILE *f, struct coco_span at, struct arena *a, struct err *e)
{
	char *text = arena_alloc(a, (size_t)at.n);
	ssize_t n = pread(fileno(f), text, (size_t)at.n, (off_t)at.at);

	if (n == at.n)
		return json_parse(text, (size_t)n, a, e);
	err_set(e, ERR_IO, "cannot read a file again: %s",
		n < 0 ? strerror(errno) : "it has changed");
	return NULL;
}

/* Detections: a growing array until their number is known. */
struct det_list {
	struct coco_det *p;
	int n, unknown;
};

static int read_det(struct det_list *list, const struct coco *truth,
	const struct json *j, struct err *e)
{
	struct coco_det d = {0};
	int64_t image, category;

	if (!json_get_int(j, "image_id", &image))
		return err_set(e, ERR_DATA, "no \"image_id\"");
	if (!json_get_int(j, "category_id", &category))
		return err_set(e, ERR_DATA, "no \"category_id\"");
	if (!get_box(j, d.box))
		return err_set(e, ERR_DATA,
			"\"bbox\" is not four numbers of a finite box");
	if (!json_get_num(j, "score", &d.score))
		return err_set(e, ERR_DATA, "no \"score\"");
	d.image = coco_image_at(truth, image);
	d.category = coco_category_at(truth, category);
	if (d.image < 0)
		return err_set(e, ERR_DATA, "image %lld is not in %s",
			(long long)image, truth->path);
	if (d.category < 0) {
		list->unknown++;
		return 0;
	}
	if ((list->n & (list->n - 1)) == 0)
		list->p = mem_grow(
			list->p, list->n ? (size_t)list->n * 2 : 1, sizeof d);
	list->p[list->n++] = d;
	return 0;
}

int coco_read_dets(struct coco_dets *d, const struct coco *truth,
	const char *path, struct arena *a, struct err *e)
{
	struct json_stream s;
	struct det_list list = {0};
	struct arena item = {0};
	struct json *j;
	int got = -1;
	long at = 0;

	*d = (struct coco_dets){0};
	if (json_stream_open(&s, path, e) || json_stream_array(&s, e))
		goto out;
	while ((got = json_stream_item(&s, &j, &item, e)) > 0) {
		at++;
		if (read_det(&list, truth, j, e)) {
			got = err_wrap(
				e, "%s:%ld: detection %ld", s.name, s.line, at);
			break;
		}
		arena_reset(&item);
	}
	if (got == 0)
		got = json_stream_end(&s, e);
	if (got == 0) {
		d->n = list.n;
		d->unknown = list.unknown;
		d->det = arena_zero(a, (size_t)list.n, sizeof *d->det);
		if (list.n)
			memcpy(d->det, list.p, (size_t)list.n * sizeof *d->det);
	}
out:
	json_stream_close(&s);
	mem_free(list.p);
	arena_release(&item);
	return got;
}
