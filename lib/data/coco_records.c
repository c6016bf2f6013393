#include "data/coco_records.h"

#include <stdlib.h>
#include <string.h>

static void add_keys(
	struct arena *a, const struct record_box *b, const struct coco_ann *ann)
{
	json_put(a, b->json, "id", json_int(a, ann->id));
	if (ann->area != b->w * b->h)
		json_put(a, b->json, "area", json_num(a, ann->area));
	if (ann->crowd)
		json_put(a, b->json, "iscrowd", json_int(a, 1));
	if (ann->ignore)
		json_put(a, b->json, "ignore", json_int(a, 1));
}

void coco_to_record(
	struct record *r, const struct coco *c, int i, struct arena *a)
{
	const struct coco_image *im = &c->images[i];
	const struct coco_ann *ann = c->anns + c->first[i];
	int n = c->first[i + 1] - c->first[i];
	struct record_box *b = arena_zero(a, (size_t)n, sizeof *b);

	for (int j = 0; j < n; j++)
		b[j] = (struct record_box){.x = ann[j].box[0],
			.y = ann[j].box[1],
			.w = ann[j].box[2],
			.h = ann[j].box[3],
			.category = c->categories[ann[j].category].name,
			.category_id = ann[j].category_id};
	record_new(r, im->file, a);
	if (im->width && im->height)
		record_set_size(r, im->width, im->height);
	record_set_boxes(r, b, n);
	for (int j = 0; j < n; j++)
		add_keys(a, &r->boxes[j], &ann[j]);
	record_set_integer(r, "image_id", im->id);
}

int coco_gather_init(struct coco_gather *g, const struct coco *truth,
	struct arena *a, struct err *e)
{
	*g = (struct coco_gather){.arena = a, .truth = truth};
	g->paths.arena = a;
	if (!truth)
		return 0;
	g->given = arena_zero(a, (size_t)truth->nimages, sizeof *g->given);
	for (int i = 0; i < truth->nimages; i++)
		if (names_add(&g->paths, truth->images[i].file) != i)
			return err_set(e, ERR_DATA,
				"%s: file_name '%s' is there twice",
				truth->path, truth->images[i].file);
	for (int i = 0; i < truth->ncategories; i++)
		coco_add_category(&g->b, &truth->categories[i]);
	return 0;
}

/* The place of a record's image in the truth, -1 when it can't be one. */
static int find_image(
	struct coco_gather *g, const struct record *r, struct err *e)
{
	int i = names_find(&g->paths, r->path);

	if (i < 0)
		return err_set(e, ERR_DATA, "path '%s' is not in %s", r->path,
			g->truth->path);
	if (g->given[i])
		return err_set(e, ERR_DATA, "path '%s' came before", r->path);
	return i;
}

static int truth_category(
	const struct coco *truth, const struct record_box *b, struct err *e)
{
	int k = b->category ? coco_category_named(truth, b->category)
			    : coco_category_at(truth, b->category_id);

	if (k >= 0)
		return k;
	if (b->category)
		return err_set(e, ERR_DATA, "category '%s' is not in %s",
			b->category, truth->path);
	return err_set(e, ERR_DATA, "category %lld is not in %s",
		(long long)b->category_id, truth->path);
}

static int category_conflict(const struct coco_category *known,
	const struct record_box *b, const char *name, struct err *e)
{
	if (strcmp(known->name, name))
		return err_set(e, ERR_DATA,
			"category '%s' has the id %lld of '%s'", name,
			(long long)b->category_id, known->name);
	return err_set(e, ERR_DATA, "category '%s' has the ids %lld and %lld",
		name, (long long)known->id, (long long)b->category_id);
}

/* The place of a box's category among those that came so far, or the next. */
static int new_category(
	struct coco_gather *g, const struct record_box *b, struct err *e)
{
	const char *name = b->category;
	int found = -1;

	if (!name && !b->category_id)
		return err_set(e, ERR_DATA, "no category");
	if (!name)
		name = arena_printf(
			g->arena, "%lld", (long long)b->category_id);
	for (int k = 0; k < g->b.ncategories; k++) {
		const struct coco_category *known = &g->b.categories[k];
		bool same = !strcmp(known->name, name);

		if (b->category_id && known->id &&
			same != (known->id == b->category_id))
			return category_conflict(known, b, name, e);
		if (same)
			found = k;
	}
	if (found < 0) {
		coco_add_category(
			&g->b, &(struct coco_category){
				       .name = arena_dup(g->arena, name)});
		found = g->b.ncategories - 1;
	}
	if (b->category_id)
		g->b.categories[found].id = b->category_id;
	return found;
}

/* The categories of all boxes, in r's arena; NULL, and none is new, when one
 * does not fit. */
static int *find_categories(
	struct coco_gather *g, const struct record *r, struct err *e)
{
	int *k = arena_zero(r->arena, (size_t)r->nboxes, sizeof *k);
	int n = g->b.ncategories, i;
	struct coco_category *before =
		arena_zero(r->arena, (size_t)n, sizeof *before);

	if (n)
		memcpy(before, g->b.categories, (size_t)n * sizeof *before);
	for (i = 0; i < r->nboxes; i++) {
		k[i] = g->truth ? truth_category(g->truth, &r->boxes[i], e)
				: new_category(g, &r->boxes[i], e);
		if (k[i] < 0)
			break;
	}
	if (i == r->nboxes)
		return k;
	g->b.ncategories = n;
	if (n)
		memcpy(g->b.categories, before, (size_t)n * sizeof *before);
	err_wrap(e, "box %d", i + 1);
	return NULL;
}

static bool is_set(const struct json *box, const char *key)
{
	int64_t n = 0;
	bool v = false;

	json_get_bool(box, key, &v);
	json_get_int(box, key, &n);
	return v || n;
}

static void add_box(struct coco_gather *g, const struct record_box *b,
	int image, int category)
{
	struct coco_ann ann = {.image_id = image,
		.category_id = category,
		.box = {b->x, b->y, b->w, b->h},
		.area = b->w * b->h,
		.crowd = is_set(b->json, "iscrowd"),
		.ignore = is_set(b->json, "ignore")};

	json_get_num(b->json, "area", &ann.area);
	g->ann_ids += json_get_int(b->json, "id", &ann.id);
	coco_add_ann(&g->b, &ann);
}

int coco_gather_add(
	struct coco_gather *g, const struct record *r, struct err *e)
{
	struct coco_image im = {.width = r->width, .height = r->height};
	int *category, at = 0;

	if (g->truth) {
		at = find_image(g, r, e);
		if (at < 0)
			return -1;
	} else if (names_find(&g->paths, r->path) >= 0) {
		return err_set(e, ERR_DATA, "path '%s' came before", r->path);
	}
	category = find_categories(g, r, e);
	if (!category)
		return -1;
	if (g->truth) {
		im = g->truth->images[at];
		g->given[at] = true;
		g->image_ids++;
	} else {
		im.file = arena_dup(g->arena, r->path);
		names_add(&g->paths, im.file);
		g->image_ids += json_get_int(r->json, "image_id", &im.id);
	}
	for (int i = 0; i < r->nboxes; i++)
		add_box(g, &r->boxes[i], g->b.nimages, category[i]);
	coco_add_image(&g->b, &im);
	return 0;
}

static int by_value(const void *x, const void *y)
{
	const int64_t *a = x, *b = y;

	return *a < *b ? -1 : *a > *b;
}

/* Ids for the categories that have none: the smallest that are free. */
static void number_categories(struct coco_gather *g)
{
	int n = g->b.ncategories, used = 0, at = 0;
	int64_t *ids = arena_zero(g->arena, (size_t)n, sizeof *ids), next = 1;

	for (int i = 0; i < n; i++)
		if (g->b.categories[i].id)
			ids[used++] = g->b.categories[i].id;
	qsort(ids, (size_t)used, sizeof *ids, by_value);
	for (int i = 0; i < n; i++) {
		if (g->b.categories[i].id)
			continue;
		while (at < used && ids[at] <= next)
			next = ids[at++] == next ? next + 1 : next;
		g->b.categories[i].id = next++;
	}
}

int coco_gather_end(struct coco_gather *g, struct coco *c, struct err *e)
{
	struct coco_builder *b = &g->b;

	if (!g->truth)
		number_categories(g);
	for (int i = 0; i < b->nimages && g->image_ids < b->nimages; i++)
		b->images[i].id = i + 1;
	for (int i = 0; i < b->nanns; i++) {
		struct coco_ann *ann = &b->anns[i];

		if (g->ann_ids < b->nanns)
			ann->id = i + 1;
		ann->image_id = b->images[ann->image_id].id;
		ann->category_id = b->categories[ann->category_id].id;
	}
	return coco_build(c, b, "records", g->arena, e);
}

int coco_gather_results(struct coco_gather *g, const struct record *r,
	struct coco_results *out, struct err *e)
{
	int image = find_image(g, r, e), *category;

	if (image < 0)
		return -1;
	category = find_categories(g, r, e);
	if (!category)
		return -1;
	for (int i = 0; i < r->nboxes; i++)
		if (!r->boxes[i].has_score)
			return err_set(
				e, ERR_DATA, "box %d: no \"score\"", i + 1);
	g->given[image] = true;
	for (int i = 0; i < r->nboxes; i++) {
		const struct record_box *b = &r->boxes[i];
		const double box[4] = {b->x, b->y, b->w, b->h};

		coco_results_add(out, g->truth->images[image].id,
			g->truth->categories[category[i]].id, box, b->score);
	}
	return 0;
}
