#include "base/mem.h"
#include "data/df_int.h"
#include "data/df_sizes.h"

#include <math.h>
#include <string.h>

enum { PORTION = 4096 }; /* pictures between two words of progress */

/* The category of an image; 0: none is known. */
static int category_of(const struct df_join *j, const struct df_facts *f)
{
	if (!j->ncategories)
		return f->type;
	return j->o->classes == DF_TYPES ? j->type[f->label] : f->label;
}

static int check_facts(struct df_join *j, const struct df_table *t,
	const char *image, const struct df_facts *f, enum df_defect *d,
	struct err *e)
{
	*d = !df_path_ok(image) ? DF_PATH : f->boxed ? DF_TWICE : DF_DEFECTS;
	if (*d == DF_DEFECTS && !category_of(j, f))
		*d = DF_NO_CATEGORY;
	if (*d != DF_DEFECTS)
		return df_report_at(j, *d, t->path, t->line, image, NULL, e);
	if (j->ncategories && f->type && f->type != j->type[f->label])
		return df_report_at(
			j, DF_TYPE, t->path, t->line, image, NULL, e);
	return 0;
}

int df_take_box(struct df_join *j, const struct df_table *t, const char *image,
	const char *const value[4], struct err *e)
{
	struct df_row row = {.image = df_image(j, image), .line = t->line};
	struct df_facts *f = &j->facts[row.image];
	int more = j->o->inclusive;
	enum df_defect d;
	struct err why;
	int64_t v[4];

	if (j->o->partition != DF_ALL && f->partition != j->o->partition)
		return f->partition ? 0
				    : df_report_at(j, DF_NO_PARTITION, t->path,
					      t->line, image, NULL, e);
	if (check_facts(j, t, image, f, &d, e))
		return -1;
	f->boxed = true;
	if (d != DF_DEFECTS)
		return 0;
	for (int i = 0; i < 4; i++)
		if (df_table_int(t, value[i], -DF_FAR, DF_FAR, &v[i], &why))
			return df_report(j, DF_ROW, why.msg, image, e);
	for (int i = 0; i < 2; i++) {
		row.box[i] = (double)v[i];
		row.box[i + 2] = (double)(v[i + 2] - v[i] + more);
	}
	/* A box that is none needs no picture. */
	d = df_box_defect(row.box, 0, 0);
	if (d != DF_DEFECTS)
		return df_report_at(j, d, t->path, t->line, image, NULL, e);
	if ((j->nrows & (j->nrows - 1)) == 0)
		j->row = mem_grow(j->row, j->nrows ? (size_t)j->nrows * 2 : 1,
			sizeof row);
	j->row[j->nrows++] = row;
	return 0;
}

/* The columns of the boxes' corners, and of the type or -1. */
static int find_columns(
	const struct df_table *t, int column[4], int *type, struct err *e)
{
	static const char *const names[] = {"x_1", "y_1", "x_2", "y_2"};

	if (df_table_column(t, "image_name", e) != 0)
		return err_set(e, ERR_DATA,
			"%s:2: 'image_name' is not the first column", t->path);
	for (int i = 0; i < 4; i++) {
		column[i] = df_table_column(t, names[i], e);
		if (column[i] < 0)
			return -1;
	}
	*type = df_table_column(t, "clothes_type", NULL);
	return 0;
}

static int read_row(struct df_join *j, const struct df_table *t,
	const char *const field[DF_COLUMNS_MAX], const int column[4], int type,
	struct err *e)
{
	const char *value[4];
	struct err why;
	int64_t v;

	for (int i = 0; i < 4; i++)
		value[i] = field[column[i]];
	if (type >= 0) {
		int i = df_image(j, field[0]);

		if (df_table_int(t, field[type], 1, DF_TYPES, &v, &why)) {
			j->facts[i].boxed = true;
			return df_report(j, DF_ROW, why.msg, field[0], e);
		}
		if (!j->facts[i].type)
			j->facts[i].type = (uint8_t)v;
	}
	return df_take_box(j, t, field[0], value, e);
}

/* Images of the partition that have a category, but no box. */
static int report_boxless(struct df_join *j, struct err *e)
{
	for (int i = 0; i < j->names.n; i++) {
		const struct df_facts *f = &j->facts[i];
		const char *image = j->names.name[i];
		struct err why;

		if (f->boxed || !category_of(j, f) ||
			f->partition != j->o->partition)
			continue;
		err_set(&why, ERR_DATA, "%s: %s: %s", j->boxes, image,
			df_defect_words(DF_NO_BOX));
		if (df_report(j, DF_NO_BOX, why.msg, image, e))
			return -1;
	}
	return 0;
}

int df_read_boxes(struct df_join *j, struct err *e)
{
	static const char *const names[] = {"list_bbox.txt",
		"list_bbox_inshop.txt", "list_bbox_consumer2shop.txt"};
	struct arena text = {0};
	struct df_table t = {0};
	const char *field[DF_COLUMNS_MAX];
	int column[4], type = -1, got, bad;
	struct err why;

	for (int i = 0; i < 3 && !j->boxes; i++)
		j->boxes = df_find(j, names[i]);
	if (!j->boxes)
		return err_set(e, ERR_NOINPUT,
			"no list_bbox.txt in Anno, Anno_coarse or Anno_fine of "
			"'%s'",
			j->o->dir);
	bad = df_table_open(&t, j->boxes, &text, e) ||
	      find_columns(&t, column, &type, e);
	j->next = 0;
	while (!bad && (got = df_table_next(&t, field, &why)) != 0)
		bad = got < 0 ? df_bad_row(j, &why, e)
			      : read_row(j, &t, field, column, type, e);
	bad = bad || report_boxless(j, e);
	if (!bad && t.rows != t.count)
		bad = df_report_at(j, DF_COUNT, t.path, 1, "", NULL, e);
	df_table_close(&t);
	arena_release(&text);
	return bad ? -1 : 0;
}

/* ==== Pictures ==== */

static int add_image(struct df_join *j, const struct df_row *row,
	const struct df_want *size, struct err *e)
{
	struct coco_image im = {.id = j->b.nimages + 1,
		.width = size->w,
		.height = size->h,
		.file = size->name};
	struct coco_ann ann = {.id = j->b.nanns + 1, .image_id = im.id};
	enum df_defect d;

	if (!size->w)
		return df_report_at(j, DF_PICTURE, j->boxes, row->line,
			size->name, size->why, e);
	d = df_box_defect(row->box, im.width, im.height);
	if (d != DF_DEFECTS &&
		df_report_at(j, d, j->boxes, row->line, size->name, NULL, e))
		return -1;
	if (d != DF_DEFECTS && df_defect_drops(d))
		return 0;
	memcpy(ann.box, row->box, sizeof ann.box);
	coco_box_clip(ann.box, im.width, im.height);
	ann.area = ann.box[2] * ann.box[3];
	ann.category_id = category_of(j, &j->facts[row->image]);
	coco_add_image(&j->b, &im);
	coco_add_ann(&j->b, &ann);
	return 0;
}

/* The sizes of a portion: of the pictures, or what their boxes need. */
static void find_sizes(const struct df_join *j, struct df_sizes *s,
	struct df_want *want, const struct df_row *row, int n)
{
	for (int i = 0; i < n; i++) {
		const double *b = row[i].box;

		want[i] = (struct df_want){.name = j->names.name[row[i].image]};
		if (!j->o->no_images)
			continue;
		want[i].w = (int64_t)fmax(1, b[0] + b[2]);
		want[i].h = (int64_t)fmax(1, b[1] + b[3]);
	}
	if (!j->o->no_images)
		df_sizes_get(s, want, n, j->o->threads);
}

int df_end_boxes(struct df_join *j, struct err *e)
{
	struct df_want *want;
	struct df_sizes s;
	int bad = df_sizes_open(&s, j->root, j->o->sizes, e);

	want = mem_alloc(PORTION, sizeof *want);
	for (int from = 0; from < j->nrows && !bad; from += PORTION) {
		int left = j->nrows - from, n = left < PORTION ? left : PORTION;

		find_sizes(j, &s, want, j->row + from, n);
		for (int i = 0; i < n && !bad; i++)
			bad = add_image(j, &j->row[from + i], &want[i], e);
		if (j->o->progress)
			j->o->progress(j->o->arg, from + n, j->nrows);
	}
	mem_free(want);
	/* What was found is worth keeping whatever happened. */
	return df_sizes_close(&s, bad ? NULL : e) || bad ? -1 : 0;
}
