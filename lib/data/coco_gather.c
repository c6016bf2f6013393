#include "data/coco_gather.h"
#include "base/mem.h"
#include "data/coco_keys.h"
#include "data/coco_records.h"

#include <errno.h>
#include <string.h>

/* Room for one more behind n items: the array doubles at powers of two. */
static void *one_more(void *p, int n, size_t size)
{
	if ((n & (n - 1)) == 0)
		p = mem_grow(p, n ? (size_t)n * 2 : 1, size);
	return p;
}

static void add_category(struct coco_gather *g, struct coco_category category)
{
	g->categories =
		one_more(g->categories, g->ncategories, sizeof *g->categories);
	g->categories[g->ncategories++] = category;
}

int coco_gather_init(struct coco_gather *g, const struct coco *truth,
	struct arena *a, struct err *e)
{
	*g = (struct coco_gather){.arena = a, .truth = truth};
	g->paths.arena = a;
	buf_init(&g->line, JSON_MAX);
	g->images = tmpfile();
	g->anns = tmpfile();
	if (!g->images || !g->anns)
		return err_set(e, ERR_CREATE,
			"cannot create a temporary file: %s", strerror(errno));
	if (!truth)
		return 0;
	g->rest = truth->rest;
	g->given = arena_zero(a, (size_t)truth->nimages, sizeof *g->given);
	for (int i = 0; i < truth->nimages; i++)
		if (names_add(&g->paths, truth->images[i].file) != i)
			return err_set(e, ERR_DATA,
				"%s: file_name '%s' is there twice",
				truth->path, truth->images[i].file);
	for (int i = 0; i < truth->ncategories; i++)
		add_category(g, truth->categories[i]);
	return 0;
}

void coco_gather_release(struct coco_gather *g)
{
	if (g->images)
		fclose(g->images);
	if (g->anns)
		fclose(g->anns);
	buf_release(&g->line);
	mem_free(g->categories);
	mem_free(g->image);
	mem_free(g->ann);
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
	for (int k = 0; k < g->ncategories; k++) {
		const struct coco_category *known = &g->categories[k];
		bool same = !strcmp(known->name, name);

		if (b->category_id && known->id &&
			same != (known->id == b->category_id))
			return category_conflict(known, b, name, e);
		if (same)
			found = k;
	}
	if (found < 0) {
		add_category(g, (struct coco_category){
					.name = arena_dup(g->arena, name)});
		found = g->ncategories - 1;
	}
	if (b->category_id)
		g->categories[found].id = b->category_id;
	return found;
}

/* The categories of all boxes, in r's arena; NULL, and none is new, when one
 * does not fit. */
static int *find_categories(
	struct coco_gather *g, const struct record *r, struct err *e)
{
	int *k = arena_zero(r->arena, (size_t)r->nboxes, sizeof *k);
	int n = g->ncategories, i;
	struct coco_category *before =
		arena_zero(r->arena, (size_t)n, sizeof *before);

	if (n)
		memcpy(before, g->categories, (size_t)n * sizeof *before);
	for (i = 0; i < r->nboxes; i++) {
		k[i] = g->truth ? truth_category(g->truth, &r->boxes[i], e)
				: new_category(g, &r->boxes[i], e);
		if (k[i] < 0)
			break;
	}
	if (i == r->nboxes)
		return k;
	g->ncategories = n;
	if (n)
		memcpy(g->categories, before, (size_t)n * sizeof *before);
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

static void put_numbers(struct buf *b, const double *v, int n)
{
	char text[JSON_NUMBER_SIZE];

	for (int i = 0; i < n; i++)
		buf_printf(b, "%s%s", i ? "," : "", json_format(v[i], text));
}

/* The line so far, into a file where it waits; -1 with ERR_IO. */
static int put_line(struct coco_gather *g, FILE *f, struct err *e)
{
	buf_str(&g->line, "}\n");
	if (g->line.overflow)
		return err_set(
			e, ERR_DATA, "more than %d bytes of COCO", JSON_MAX);
	if (fwrite(g->line.p, 1, g->line.n, f) != g->line.n)
		return err_set(e, ERR_IO, "cannot write a temporary file: %s",
			strerror(errno));
	return 0;
}

static int add_box(struct coco_gather *g, const struct record_box *b, int image,
	int category, struct err *e)
{
	struct coco_gather_ann ann = {.image = image, .category = category};
	const double box[4] = {b->x, b->y, b->w, b->h};
	const struct json *segmentation = json_get(b->json, "segmentation");
	double area = b->w * b->h, corners[8];

	g->ann_ids += json_get_int(b->json, "id", &ann.id);
	buf_clear(&g->line);
	coco_put_key(&g->line, "bbox", json_get(b->json, "bbox"));
	if (json_get_num(b->json, "area", &area)) {
		coco_put_key(&g->line, "area", json_get(b->json, "area"));
	} else {
		buf_str(&g->line, ",\"area\":");
		put_numbers(&g->line, &area, 1);
	}
	buf_printf(&g->line, ",\"iscrowd\":%d", is_set(b->json, "iscrowd"));
	if (json_kind(segmentation) != JSON_NULL) {
		coco_put_key(&g->line, "segmentation", segmentation);
	} else {
		coco_rectangle(box, corners);
		buf_str(&g->line, ",\"segmentation\":[[");
		put_numbers(&g->line, corners, 8);
		buf_str(&g->line, "]]");
	}
	coco_put_keys(&g->line, b->json, COCO_BOX_TO_ANN);
	if (put_line(g, g->anns, e))
		return -1;
	g->ann = one_more(g->ann, g->nanns, sizeof ann);
	g->ann[g->nanns++] = ann;
	return 0;
}

static int add_image(struct coco_gather *g, const struct record *r,
	const struct coco_image *im, struct err *e)
{
	buf_clear(&g->line);
	if (im->width)
		buf_printf(&g->line, ",\"width\":%lld", (long long)im->width);
	if (im->height)
		buf_printf(&g->line, ",\"height\":%lld", (long long)im->height);
	buf_str(&g->line, ",\"file_name\":");
	json_quote(&g->line, r->path);
	if (!g->rest && !json_get(r->json, "license"))
		buf_str(&g->line, ",\"license\":1");
	coco_put_keys(&g->line, r->json, COCO_RECORD_TO_IMAGE);
	if (put_line(g, g->images, e))
		return -1;
	g->image = one_more(g->image, g->nimages, sizeof *g->image);
	g->image[g->nimages++] = im->id;
	return 0;
}

int coco_gather_add(
	struct coco_gather *g, const struct record *r, struct err *e)
{
	struct coco_image im = {.width = r->width, .height = r->height};
	struct json *rest = json_get(r->json, "coco_file");
	int *category, at = 0, image = g->nimages;

	if (g->truth) {
		at = find_image(g, r, e);
		if (at < 0)
			return -1;
		im.id = g->truth->images[at].id;
		if (!im.width || !im.height) {
			im.width = g->truth->images[at].width;
			im.height = g->truth->images[at].height;
		}
	} else if (names_find(&g->paths, r->path) >= 0) {
		return err_set(e, ERR_DATA, "path '%s' came before", r->path);
	}
	category = find_categories(g, r, e);
	if (!category)
		return -1;
	if (!g->rest && json_kind(rest) == JSON_OBJECT)
		g->rest = json_copy(g->arena, rest);
	if (add_image(g, r, &im, e))
		return -1;
	if (g->truth) {
		g->given[at] = true;
		g->image_ids++;
	} else {
		names_add(&g->paths, arena_dup(g->arena, r->path));
		g->image_ids +=
			json_get_int(r->json, "image_id", &g->image[image]);
	}
	for (int i = 0; i < r->nboxes; i++)
		if (add_box(g, &r->boxes[i], image, category[i], e))
			return -1;
	return 0;
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
