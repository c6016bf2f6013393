#include "data/deepfashion.h"
#include "base/file.h"
#include "base/mem.h"
#include "data/df_table.h"
#include "data/names.h"
#include "img/img.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

/* Coordinates are pixels of pictures that img_size accepts, give or take. */
enum { FAR = 1000000, CATEGORIES_MAX = 250, TYPES = 3 };

static const char *const type_names[TYPES] = {"upper", "lower", "full"};

/* What the files say about an image. */
struct facts {
	uint8_t partition; /* enum df_partition, DF_ALL: not listed */
	uint8_t label;     /* 0: not listed */
	bool boxed;
};

struct join {
	const struct df_options *o;
	struct arena *arena;
	struct names names;  /* of images */
	struct facts *facts; /* [names.cap] */
	int cap;
	int ncategories;
	uint8_t type[CATEGORIES_MAX + 1]; /* by label */
	const char *root;
	struct coco_builder b;
};

/* Report one; 0 to go on. msg is complete. */
static int defect(const struct join *j, enum df_defect d, const char *msg,
	const char *image, struct err *e)
{
	return j->o->defect(j->o->arg, d, image, msg, e);
}

/* The same for the row at hand; why may be NULL. */
static int defect_at(const struct join *j, enum df_defect d,
	const struct df_table *t, const char *image, const char *why,
	struct err *e)
{
	struct err m;

	err_set(&m, ERR_DATA, "%s:%ld: %s%s%s", t->path, t->line, image,
		*image ? ": " : "", why ? why : df_defect_words(d));
	return defect(j, d, m.msg, image, e);
}

static struct facts *facts_of(struct join *j, const char *image)
{
	int i = names_add(&j->names, image);

	if (j->names.cap > j->cap) {
		j->facts = mem_grow(
			j->facts, (size_t)j->names.cap, sizeof *j->facts);
		memset(j->facts + j->cap, 0,
			(size_t)(j->names.cap - j->cap) * sizeof *j->facts);
		j->cap = j->names.cap;
	}
	return &j->facts[i];
}

static bool exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

/* The first folder of dir that has the file; NULL with ERR_NOINPUT. */
static const char *find_file(
	const struct join *j, const char *name, struct err *e)
{
	static const char *const folders[] = {
		"Anno", "Anno_coarse", "Anno_fine", "Eval"};

	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		const char *path = arena_printf(
			j->arena, "%s/%s/%s", j->o->dir, folders[i], name);

		if (exists(path))
			return path;
	}
	err_set(e, ERR_NOINPUT,
		"no %s in Anno, Anno_coarse, Anno_fine or Eval of '%s'", name,
		j->o->dir);
	return NULL;
}

/* Open a file whose first column is first, and find its column `second`. */
static int open_table(const struct join *j, struct df_table *t,
	const char *name, const char *first, const char *second, int *column,
	struct err *e)
{
	const char *path = find_file(j, name, e);
	int at;

	if (!path || df_table_open(t, path, j->arena, e))
		return -1;
	at = df_table_column(t, first, e);
	*column = df_table_column(t, second, e);
	if (at < 0 || *column < 0)
		return -1;
	if (at != 0)
		return err_set(e, ERR_DATA,
			"%s:2: '%s' is not the first column", t->path, first);
	return 0;
}

static int check_count(
	const struct join *j, const struct df_table *t, struct err *e)
{
	struct df_table first = *t;

	first.line = 1;
	return t->rows == t->count
		       ? 0
		       : defect_at(j, DF_COUNT, &first, "", NULL, e);
}

/* The table of categories has to be right: labels are its row numbers. */
static int read_categories(struct join *j, struct err *e)
{
	struct df_table t;
	const char *field[DF_COLUMNS_MAX];
	int column, got;
	int64_t type;

	if (open_table(j, &t, "list_category_cloth.txt", "category_name",
		    "category_type", &column, e))
		return -1;
	while ((got = df_table_next(&t, field, e)) > 0) {
		struct coco_category c = {.name = field[0]};

		if (df_table_int(&t, field[column], 1, TYPES, &type, e))
			return -1;
		if (j->ncategories == CATEGORIES_MAX)
			return err_set(e, ERR_DATA,
				"%s:%ld: more than %d categories", t.path,
				t.line, CATEGORIES_MAX);
		j->type[++j->ncategories] = (uint8_t)type;
		c.id = j->ncategories;
		c.super = type_names[type - 1];
		if (j->o->fifty)
			coco_add_category(&j->b, &c);
	}
	for (int i = 0; i < TYPES && !j->o->fifty; i++)
		coco_add_category(&j->b, &(struct coco_category){i + 1,
						 type_names[i], "clothing"});
	return got < 0 ? -1 : check_count(j, &t, e);
}

/* What a row of a file says about an image; 0, or -1 to end. */
typedef int take_row(struct join *j, const struct df_table *t,
	const char *image, const char *value, struct err *e);

static int take_label(struct join *j, const struct df_table *t,
	const char *image, const char *value, struct err *e)
{
	struct facts *f;
	struct err why;
	int64_t label;

	if (df_table_int(t, value, 1, j->ncategories, &label, &why))
		return defect(j, DF_ROW, why.msg, image, e);
	f = facts_of(j, image);
	if (f->label)
		return defect_at(j, DF_TWICE, t, image, NULL, e);
	f->label = (uint8_t)label;
	return 0;
}

static int take_partition(struct join *j, const struct df_table *t,
	const char *image, const char *value, struct err *e)
{
	struct facts *f = facts_of(j, image);
	int partition = df_partition_named(value);

	if (partition <= DF_ALL)
		return defect_at(
			j, DF_ROW, t, image, "neither train, val nor test", e);
	if (f->partition)
		return defect_at(j, DF_TWICE, t, image, NULL, e);
	f->partition = (uint8_t)partition;
	return 0;
}

/* All rows of a file that has one value an image. */
static int read_values(struct join *j, const char *name, const char *value,
	take_row *take, struct err *e)
{
	struct df_table t;
	const char *field[DF_COLUMNS_MAX];
	int column, got, bad = 0;
	struct err why;

	if (open_table(j, &t, name, "image_name", value, &column, e))
		return -1;
	while (!bad && (got = df_table_next(&t, field, &why)) != 0)
		bad = got < 0 ? defect(j, DF_ROW, why.msg, "", e)
			      : take(j, &t, field[0], field[column], e);
	return bad ? -1 : check_count(j, &t, e);
}

/* Width and height of a picture; -1 with the reason. */
static int find_size(const struct join *j, const char *image,
	const double box[4], int64_t size[2], struct err *e)
{
	struct arena_mark mark = arena_mark(j->arena);
	int w, h, bad;

	if (j->o->no_images) {
		for (int i = 0; i < 2; i++)
			size[i] = (int64_t)fmax(1, box[i] + box[i + 2]);
		return 0;
	}
	bad = img_size(file_join(j->arena, j->root, image), &w, &h, e);
	arena_back(j->arena, mark);
	if (bad)
		return -1;
	size[0] = w;
	size[1] = h;
	return 0;
}

/* The defect of a box, DF_DEFECTS for none. */
static enum df_defect box_defect(const double box[4], const int64_t size[2])
{
	switch (coco_box_defect(box, size[0], size[1])) {
	case COCO_BOX_NEGATIVE:
		return DF_NEGATIVE;
	case COCO_BOX_EMPTY:
		return DF_EMPTY;
	case COCO_BOX_OUTSIDE:
		return DF_OUTSIDE;
	case COCO_BOX_CROSSING:
		return DF_CROSSING;
	default:
		return DF_DEFECTS;
	}
}

/* One row of boxes that belongs to the partition. */
static int add_image(struct join *j, const struct df_table *t,
	const char *image, const struct facts *f, const double box[4],
	struct err *e)
{
	struct coco_image im = {.id = j->b.nimages + 1, .file = image};
	struct coco_ann ann = {.id = j->b.nanns + 1, .image_id = im.id};
	int64_t size[2] = {0};
	enum df_defect d = box_defect(box, size);
	struct err why;

	/* A box that is none needs no picture. */
	if (d != DF_DEFECTS)
		return defect_at(j, d, t, image, NULL, e);
	if (find_size(j, image, box, size, &why))
		return defect_at(j, DF_PICTURE, t, image, why.msg, e);
	d = box_defect(box, size);
	if (d != DF_DEFECTS && defect_at(j, d, t, image, NULL, e))
		return -1;
	if (d != DF_DEFECTS && df_defect_drops(d))
		return 0;
	im.width = size[0];
	im.height = size[1];
	memcpy(ann.box, box, sizeof ann.box);
	coco_box_clip(ann.box, im.width, im.height);
	ann.area = ann.box[2] * ann.box[3];
	ann.category_id = j->o->fifty ? f->label : j->type[f->label];
	coco_add_image(&j->b, &im);
	coco_add_ann(&j->b, &ann);
	return 0;
}

static int read_row(struct join *j, const struct df_table *t,
	const char *const field[DF_COLUMNS_MAX], const int column[4],
	struct err *e)
{
	struct facts *f = facts_of(j, field[0]);
	int64_t v[4];
	struct err why;
	double box[4];

	if (j->o->partition != DF_ALL && f->partition != j->o->partition)
		return f->partition ? 0
				    : defect_at(j, DF_NO_PARTITION, t, field[0],
					      NULL, e);
	if (f->boxed)
		return defect_at(j, DF_TWICE, t, field[0], NULL, e);
	f->boxed = true;
	for (int i = 0; i < 4; i++)
		if (df_table_int(t, field[column[i]], -FAR, FAR, &v[i], &why))
			return defect(j, DF_ROW, why.msg, field[0], e);
	if (!f->label)
		return defect_at(j, DF_NO_CATEGORY, t, field[0], NULL, e);
	for (int i = 0; i < 2; i++) {
		box[i] = (double)v[i];
		box[i + 2] = (double)(v[i + 2] - v[i]);
	}
	return add_image(j, t, field[0], f, box, e);
}

static int read_boxes(struct join *j, struct err *e)
{
	static const char *const names[] = {"x_1", "y_1", "x_2", "y_2"};
	struct df_table t;
	const char *field[DF_COLUMNS_MAX];
	int column[4], got, bad = 0;
	struct err why;

	if (open_table(
		    j, &t, "list_bbox.txt", "image_name", names[0], column, e))
		return -1;
	for (int i = 1; i < 4; i++) {
		column[i] = df_table_column(&t, names[i], e);
		if (column[i] < 0)
			return -1;
	}
	while (!bad && (got = df_table_next(&t, field, &why)) != 0) {
		if (j->o->progress)
			j->o->progress(j->o->arg, t.rows, t.count);
		bad = got < 0 ? defect(j, DF_ROW, why.msg, "", e)
			      : read_row(j, &t, field, column, e);
	}
	for (int i = 0; i < j->names.n && !bad; i++) {
		const struct facts *f = &j->facts[i];
		const char *image = j->names.name[i];

		if (f->boxed || !f->label || f->partition != j->o->partition)
			continue;
		err_set(&why, ERR_DATA, "%s: %s: %s", t.path, image,
			df_defect_words(DF_NO_BOX));
		bad = defect(j, DF_NO_BOX, why.msg, image, e);
	}
	return bad ? -1 : check_count(j, &t, e);
}

static int find_root(struct join *j, struct err *e)
{
	j->root = j->o->root;
	if (j->root || j->o->no_images)
		return 0;
	j->root = j->o->dir;
	if (exists(file_join(j->arena, j->root, "img")))
		return 0;
	j->root = file_join(j->arena, j->o->dir, "Img");
	if (exists(file_join(j->arena, j->root, "img")))
		return 0;
	return err_set(e, ERR_NOINPUT,
		"no pictures in img or Img/img of '%s' (--root says where "
		"they are, --no-images does without)",
		j->o->dir);
}

int df_read(struct coco *c, const struct df_options *o, struct arena *a,
	struct err *e)
{
	struct join j = {.o = o, .arena = a, .names.arena = a};
	int bad = read_categories(&j, e) || find_root(&j, e) ||
		  read_values(&j, "list_category_img.txt", "category_label",
			  take_label, e) ||
		  (o->partition != DF_ALL &&
			  read_values(&j, "list_eval_partition.txt",
				  "evaluation_status", take_partition, e)) ||
		  read_boxes(&j, e);

	if (!bad && j.b.nimages == 0)
		bad = err_set(e, ERR_DATA, "no image of '%s' is left", o->dir);
	if (!bad)
		bad = coco_build(c, &j.b, o->dir, a, e);
	coco_builder_release(&j.b);
	mem_free(j.facts);
	return bad ? -1 : 0;
}
