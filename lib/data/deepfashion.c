#include "data/df_int.h"
#include "base/file.h"
#include "base/mem.h"

#include <string.h>
#include <sys/stat.h>

static const char *const type_names[DF_TYPES] = {"upper", "lower", "full"};

int df_report(const struct df_join *j, enum df_defect d, const char *msg,
	const char *image, struct err *e)
{
	return j->o->defect(j->o->arg, d, image, msg, e);
}

int df_report_at(const struct df_join *j, enum df_defect d, const char *path,
	long line, const char *image, const char *why, struct err *e)
{
	struct err m;

	err_set(&m, ERR_DATA, "%s:%ld: %s%s%s", path, line, image,
		*image ? ": " : "", why ? why : df_defect_words(d));
	return df_report(j, d, m.msg, image, e);
}

int df_bad_row(const struct df_join *j, const struct err *why, struct err *e)
{
	if (why->code == ERR_DATA)
		return df_report(j, DF_ROW, why->msg, "", e);
	return err_set(e, why->code, "%s", why->msg);
}

/* A copy of a name, many to an allocation. */
static const char *keep_name(struct df_join *j, const char *name)
{
	enum { POOL = 1 << 16 };
	size_t n = strlen(name) + 1;
	char *p;

	if (j->left < n) {
		j->left = n > POOL ? n : POOL;
		j->pool = arena_alloc(j->arena, j->left);
	}
	p = memcpy(j->pool, name, n);
	j->pool += n;
	j->left -= n;
	return p;
}

int df_image(struct df_join *j, const char *name)
{
	int i = j->next, known = j->names.n;

	/* The files are mostly of one order. */
	if (i >= known || strcmp(j->names.name[i], name)) {
		i = names_add(&j->names, name);
		if (i == known)
			j->names.name[i] = keep_name(j, name);
	}
	if (j->names.cap > j->cap) {
		j->facts = mem_grow(
			j->facts, (size_t)j->names.cap, sizeof *j->facts);
		memset(j->facts + j->cap, 0,
			(size_t)(j->names.cap - j->cap) * sizeof *j->facts);
		j->cap = j->names.cap;
	}
	j->next = i + 1;
	return i;
}

static bool exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

const char *df_find(const struct df_join *j, const char *name)
{
	static const char *const folders[] = {
		"Anno", "Anno_coarse", "Anno_fine", "Eval"};

	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		bool anno = strcmp(folders[i], "Eval") != 0;
		const char *path;

		if (anno && j->o->anno && strcmp(folders[i], j->o->anno))
			continue;
		path = arena_printf(
			j->arena, "%s/%s/%s", j->o->dir, folders[i], name);
		if (exists(path))
			return path;
	}
	return NULL;
}

/* Open a file that must be there. */
static int open_table(const struct df_join *j, struct df_table *t,
	const char *name, struct arena *a, struct err *e)
{
	const char *path = df_find(j, name);

	if (path)
		return df_table_open(t, path, a, e);
	return err_set(e, ERR_NOINPUT,
		"no %s in Anno, Anno_coarse, Anno_fine or Eval of '%s'", name,
		j->o->dir);
}

static int check_count(
	const struct df_join *j, const struct df_table *t, struct err *e)
{
	return t->rows == t->count
		       ? 0
		       : df_report_at(j, DF_COUNT, t->path, 1, "", NULL, e);
}

/* ==== Categories ==== */

static int add_category(struct df_join *j, const struct df_table *t,
	const char *name, const char *value, struct err *e)
{
	struct coco_category c = {.name = arena_dup(j->arena, name)};
	int64_t type;

	if (df_table_int(t, value, 1, DF_TYPES, &type, e))
		return -1;
	if (j->ncategories == DF_CATEGORIES_MAX)
		return err_set(e, ERR_DATA, "%s:%ld: more than %d categories",
			t->path, t->line, DF_CATEGORIES_MAX);
	j->type[++j->ncategories] = (uint8_t)type;
	c.id = j->ncategories;
	c.super = type_names[type - 1];
	if (j->o->classes > DF_TYPES)
		coco_add_category(&j->b, &c);
	return 0;
}

/* The table of categories has to be right: labels are its row numbers. */
static int read_categories(struct df_join *j, struct err *e)
{
	struct df_table t;
	const char *field[DF_COLUMNS_MAX];
	int column, got = 1, bad;

	if (open_table(j, &t, "list_category_cloth.txt", j->arena, e))
		return -1;
	column = df_table_column(&t, "category_type", e);
	bad = column < 0;
	if (!bad && df_table_column(&t, "category_name", e) != 0)
		bad = err_set(e, ERR_DATA,
			"%s:2: 'category_name' is not the first column",
			t.path);
	while (!bad && (got = df_table_next(&t, field, e)) > 0)
		bad = add_category(j, &t, field[0], field[column], e);
	bad = bad || got < 0 || check_count(j, &t, e);
	df_table_close(&t);
	return bad ? -1 : 0;
}

static void add_types(struct df_join *j)
{
	for (int i = 0; i < DF_TYPES; i++)
		coco_add_category(&j->b, &(struct coco_category){i + 1,
						 type_names[i], "clothing"});
}

/* ==== What files say of an image ==== */

int df_take(struct df_join *j, const char *path, long line, const char *image,
	uint8_t *fact, int value, struct err *e)
{
	if (*fact)
		return df_report_at(j, DF_TWICE, path, line, image, NULL, e);
	*fact = (uint8_t)value;
	return 0;
}

int df_take_label(struct df_join *j, const struct df_table *t,
	const char *image, const char *value, struct err *e)
{
	struct err why;
	int64_t label;
	int i;

	if (df_table_int(t, value, 1, j->ncategories, &label, &why))
		return df_report(j, DF_ROW, why.msg, image, e);
	i = df_image(j, image);
	return df_take(
		j, t->path, t->line, image, &j->facts[i].label, (int)label, e);
}

static int take_type(struct df_join *j, const struct df_table *t,
	const char *image, const char *value, struct err *e)
{
	struct err why;
	int64_t type;
	int i;

	if (df_table_int(t, value, 1, DF_TYPES, &type, &why))
		return df_report(j, DF_ROW, why.msg, image, e);
	i = df_image(j, image);
	return df_take(
		j, t->path, t->line, image, &j->facts[i].type, (int)type, e);
}

static int take_partition(struct df_join *j, const struct df_table *t,
	const char *image, const char *value, struct err *e)
{
	int partition = df_partition_named(value), i;

	if (partition <= DF_ALL)
		return df_report_at(j, DF_ROW, t->path, t->line, image,
			"neither train, val, test, query nor gallery", e);
	i = df_image(j, image);
	/* Where rows are pairs, an image is in many. */
	if (t->ncolumns > 3 && j->facts[i].partition == partition)
		return 0;
	return df_take(j, t->path, t->line, image, &j->facts[i].partition,
		partition, e);
}

typedef int take_row(struct df_join *j, const struct df_table *t,
	const char *image, const char *value, struct err *e);

/* All rows of a file that has one value an image. Rows of landmarks are of
 * different lengths: they are split from the front. */
static int read_values(struct df_join *j, const char *name, const char *value,
	bool ragged, take_row *take, struct err *e)
{
	struct arena text = {0};
	struct df_table t = {0};
	const char *field[DF_COLUMNS_MAX];
	int first = 0, second = -1, column = 0, got = 0;
	int bad = open_table(j, &t, name, &text, e);
	struct err why;

	if (!bad) {
		second = df_table_column(&t, "image_pair_name_2", NULL);
		first = df_table_column(
			&t, second < 0 ? "image_name" : "image_pair_name_1", e);
		column = df_table_column(&t, value, e);
		bad = first < 0 || column < 0;
	}
	j->next = 0;
	while (!bad &&
		(got = ragged ? df_table_front(&t, field, column + 1, &why)
			      : df_table_next(&t, field, &why)) != 0) {
		if (got < 0)
			bad = df_bad_row(j, &why, e);
		else
			bad = take(j, &t, field[first], field[column], e) ||
			      (second >= 0 && take(j, &t, field[second],
						      field[column], e));
	}
	bad = bad || check_count(j, &t, e);
	df_table_close(&t);
	arena_release(&text);
	return bad ? -1 : 0;
}

static int find_root(struct df_join *j, struct err *e)
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

/* The benchmarks without categories have types with their boxes. */
static int read_kinds(struct df_join *j, struct err *e)
{
	bool fine = df_has_fine(j);
	bool typed = !fine && !df_find(j, "list_category_img.txt") &&
		     (df_find(j, "list_bbox_inshop.txt") ||
			     df_find(j, "list_bbox_consumer2shop.txt") ||
			     df_find(j, "list_landmarks.txt"));

	if (typed && j->o->classes != DF_TYPES)
		return err_set(e, ERR_DATA,
			"'%s' has types, but no categories: --classes 3",
			j->o->dir);
	if (j->o->classes == DF_TYPES)
		add_types(j);
	if (typed)
		return 0;
	if (read_categories(j, e))
		return -1;
	return fine ? 0
		    : read_values(j, "list_category_img.txt", "category_label",
			      false, df_take_label, e);
}

static int read_all(struct df_join *j, struct err *e)
{
	if (read_kinds(j, e) || find_root(j, e))
		return -1;
	if (df_has_fine(j))
		return df_read_fine(j, e) || df_end_boxes(j, e) ? -1 : 0;
	if (j->o->partition != DF_ALL &&
		read_values(j, "list_eval_partition.txt", "evaluation_status",
			false, take_partition, e))
		return -1;
	if (df_find(j, "list_landmarks.txt") &&
		read_values(j, "list_landmarks.txt", "clothes_type", true,
			take_type, e))
		return -1;
	return df_read_boxes(j, e) || df_end_boxes(j, e) ? -1 : 0;
}

int df_read(struct coco *c, const struct df_options *o, struct arena *a,
	struct err *e)
{
	struct df_join j = {.o = o, .arena = a, .names.arena = a};
	int bad = read_all(&j, e);

	if (!bad && j.b.nimages == 0)
		bad = err_set(e, ERR_DATA, "no image of '%s' is left", o->dir);
	if (!bad)
		bad = coco_build(c, &j.b, o->dir, a, e);
	coco_builder_release(&j.b);
	mem_free(j.facts);
	mem_free(j.row);
	return bad ? -1 : 0;
}
