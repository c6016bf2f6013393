#include "data/deepfashion2.h"
#include "base/file.h"
#include "base/mem.h"
#include "data/df_sizes.h"
#include "json/json.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PORTION = 4096 };

static const char *const names[DF2_CLASSES] = {"short sleeve top",
	"long sleeve top", "short sleeve outwear", "long sleeve outwear",
	"vest", "sling", "shorts", "trousers", "skirt", "short sleeve dress",
	"long sleeve dress", "vest dress", "sling dress"};
static const char *const types[] = {"upper", "lower", "full"};

/* 0 upper, 1 lower, 2 full. */
static int type_of(int64_t category)
{
	return category <= 6 ? 0 : category <= 9 ? 1 : 2;
}

struct reading {
	const struct df_options *o;
	struct arena *arena;
	struct coco_builder found; /* boxes as they are, sizes not known */
	struct coco_builder b;     /* what is left of that */
};

static int report(const struct reading *r, enum df_defect d, const char *file,
	const char *item, const char *why, struct err *e)
{
	struct err m;

	err_set(&m, ERR_DATA, "%s/annos/%s: %s%s%s", r->o->dir, file, item,
		*item ? ": " : "", why ? why : df_defect_words(d));
	return r->o->defect(r->o->arg, d, file, m.msg, e);
}

static bool get_box(const struct json *item, double more, double box[4])
{
	double v[4];
	int n = 0;

	json_each (x, json_get(item, "bounding_box"))
		if (n == 4 || !json_to_num(x, &v[n++]))
			return false;
	if (n != 4)
		return false;
	for (int i = 0; i < 2; i++) {
		box[i] = v[i];
		box[i + 2] = v[i + 2] - v[i] + more;
	}
	return isfinite(box[2] * box[3]);
}

/* COCO's readers want polygons of three corners and more: an item's are kept
 * as they are written, or none of them. */
static const char *get_polygons(
	const struct reading *r, const struct json *item)
{
	const struct json *list = json_get(item, "segmentation");
	const char *text = NULL;
	struct buf b;
	double v;

	if (json_kind(list) != JSON_ARRAY || !json_first(list))
		return NULL;
	json_each (polygon, list) {
		int n = 0;

		if (json_kind(polygon) != JSON_ARRAY)
			return NULL;
		json_each (x, polygon) {
			if (!json_to_num(x, &v))
				return NULL;
			n++;
		}
		if (n < 6 || n % 2)
			return NULL;
	}
	buf_init(&b, JSON_MAX);
	if (json_print_buf(list, &b))
		text = arena_dupn(r->arena, b.p, b.n);
	buf_release(&b);
	return text;
}

static int read_item(struct reading *r, const char *file,
	const struct json *item, struct err *e)
{
	struct coco_ann ann = {.image_id = r->found.nimages};
	const char *key = json_key(item);
	int64_t category;
	enum df_defect d;

	if (!json_get_int(item, "category_id", &category) || category < 1 ||
		category > DF2_CLASSES)
		return report(r, DF_NO_CATEGORY, file, key, NULL, e);
	if (!get_box(item, r->o->inclusive, ann.box))
		return report(r, DF_ROW, file, key,
			"\"bounding_box\" is not four numbers", e);
	d = df_box_defect(ann.box, 0, 0);
	if (d != DF_DEFECTS)
		return report(r, d, file, key, NULL, e);
	ann.category_id =
		r->o->classes == DF2_CLASSES ? category : type_of(category) + 1;
	ann.segmentation = get_polygons(r, item);
	if (!ann.segmentation && json_get(item, "segmentation") &&
		report(r, DF_POLYGON, file, key, NULL, e))
		return -1;
	coco_add_ann(&r->found, &ann);
	return 0;
}

/* One picture's file, whose name ends in .json. */
static int read_picture(struct reading *r, const char *file, struct err *e)
{
	struct arena a = {0};
	struct err why;
	size_t n;
	char *text = file_read(arena_printf(&a, "%s/annos/%s", r->o->dir, file),
		JSON_MAX, &a, &n, &why);
	struct json *j = text ? json_parse(text, n, &a, &why) : NULL;
	int bad = 0;

	if (j && json_kind(j) != JSON_OBJECT)
		err_set(&why, ERR_DATA, "an object expected");
	if (!j || json_kind(j) != JSON_OBJECT) {
		bad = report(r, DF_ROW, file, "", why.msg, e);
		arena_release(&a);
		return bad;
	}
	coco_add_image(&r->found,
		&(struct coco_image){.id = r->found.nimages + 1,
			.file = arena_printf(r->arena, "image/%.*s.jpg",
				(int)(strlen(file) - strlen(".json")), file)});
	json_each (item, j)
		if (!bad && !strncmp(json_key(item), "item", 4))
			bad = read_item(r, file, item, e);
	arena_release(&a);
	return bad;
}

/* ==== Sizes ==== */

static int keep_box(struct reading *r, const struct coco_image *im,
	struct coco_ann ann, struct err *e)
{
	enum df_defect d = df_box_defect(ann.box, im->width, im->height);

	if (d != DF_DEFECTS && report(r, d, file_base(im->file), "", NULL, e))
		return -1;
	if (d != DF_DEFECTS && df_defect_drops(d))
		return 0;
	coco_box_clip(ann.box, im->width, im->height);
	ann.area = ann.box[2] * ann.box[3];
	ann.id = r->b.nanns + 1;
	ann.image_id = im->id;
	coco_add_ann(&r->b, &ann);
	return 0;
}

/* The boxes first..end-1 are those of the image. */
static int keep_image(struct reading *r, const struct df_want *size, int first,
	int end, struct err *e)
{
	struct coco_image im = {.id = r->b.nimages + 1,
		.width = size->w,
		.height = size->h,
		.file = size->name};

	if (r->o->no_images) {
		im.width = im.height = 1;
		for (int i = first; i < end; i++) {
			const double *b = r->found.anns[i].box;

			im.width = (int64_t)fmax(
				(double)im.width, ceil(fmin(b[0] + b[2], 1e9)));
			im.height = (int64_t)fmax((double)im.height,
				ceil(fmin(b[1] + b[3], 1e9)));
		}
	} else if (!size->w) {
		return report(r, DF_PICTURE, size->name, "", size->why, e);
	}
	coco_add_image(&r->b, &im);
	for (int i = first; i < end; i++)
		if (keep_box(r, &im, r->found.anns[i], e))
			return -1;
	return 0;
}

static int keep_all(struct reading *r, struct df_sizes *s, struct err *e)
{
	struct df_want *want = mem_alloc(PORTION, sizeof *want);
	int bad = 0, ann = 0;

	for (int from = 0; from < r->found.nimages && !bad; from += PORTION) {
		int left = r->found.nimages - from;
		int n = left < PORTION ? left : PORTION;

		for (int i = 0; i < n; i++)
			want[i] = (struct df_want){
				.name = r->found.images[from + i].file};
		if (!r->o->no_images)
			df_sizes_get(s, want, n, r->o->threads);
		for (int i = 0; i < n && !bad; i++) {
			int first = ann;

			while (ann < r->found.nanns &&
				r->found.anns[ann].image_id == from + i + 1)
				ann++;
			bad = keep_image(r, &want[i], first, ann, e);
		}
		if (r->o->progress)
			r->o->progress(r->o->arg, from + n, r->found.nimages);
	}
	mem_free(want);
	return bad;
}

/* ==== The whole ==== */

static int is_json(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 5 && !strcmp(d->d_name + n - 5, ".json");
}

static int by_name(const struct dirent **x, const struct dirent **y)
{
	return strcmp((*x)->d_name, (*y)->d_name);
}

static int read_all(struct reading *r, struct err *e)
{
	const char *dir = arena_printf(r->arena, "%s/annos", r->o->dir);
	struct dirent **entry = NULL;
	int n = scandir(dir, &entry, is_json, by_name), bad = 0;

	if (n < 0)
		return err_set(e, ERR_NOINPUT, "cannot open '%s': %s", dir,
			strerror(errno));
	for (int i = 0; i < n; i++) {
		if (!bad)
			bad = read_picture(r, entry[i]->d_name, e);
		free(entry[i]);
	}
	free(entry);
	return bad;
}

static void add_categories(struct reading *r)
{
	for (int i = 0; i < DF2_CLASSES && r->o->classes == DF2_CLASSES; i++)
		coco_add_category(
			&r->b, &(struct coco_category){
				       i + 1, names[i], types[type_of(i + 1)]});
	for (int i = 0; i < 3 && r->o->classes == 3; i++)
		coco_add_category(&r->b,
			&(struct coco_category){i + 1, types[i], "clothing"});
}

int df2_read(struct coco *c, const struct df_options *o, struct arena *a,
	struct err *e)
{
	struct reading r = {.o = o, .arena = a};
	struct df_sizes s;
	int bad = read_all(&r, e);

	if (!bad) {
		bad = df_sizes_open(
			      &s, o->root ? o->root : o->dir, o->sizes, e) ||
		      keep_all(&r, &s, e);
		bad = df_sizes_close(&s, bad ? NULL : e) || bad;
	}
	add_categories(&r);
	if (!bad && r.b.nimages == 0)
		bad = err_set(e, ERR_DATA, "no image of '%s' is left", o->dir);
	if (!bad)
		bad = coco_build(c, &r.b, o->dir, a, e);
	coco_builder_release(&r.b);
	coco_builder_release(&r.found);
	return bad ? -1 : 0;
}
