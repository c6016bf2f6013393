#include "data/coco.h"
#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Room for one more behind n items: the array doubles at powers of two. */
static void *one_more(void *p, int n, size_t size)
{
	if ((n & (n - 1)) == 0)
		p = mem_grow(p, n ? (size_t)n * 2 : 1, size);
	return p;
}

void coco_add_image(struct coco_builder *b, const struct coco_image *im)
{
	b->images = one_more(b->images, b->nimages, sizeof *im);
	b->images[b->nimages++] = *im;
}

void coco_add_ann(struct coco_builder *b, const struct coco_ann *ann)
{
	b->anns = one_more(b->anns, b->nanns, sizeof *ann);
	b->anns[b->nanns++] = *ann;
}

void coco_add_category(
	struct coco_builder *b, const struct coco_category *category)
{
	b->categories =
		one_more(b->categories, b->ncategories, sizeof *category);
	b->categories[b->ncategories++] = *category;
}

void coco_builder_release(struct coco_builder *b)
{
	mem_free(b->images);
	mem_free(b->anns);
	mem_free(b->categories);
	*b = (struct coco_builder){0};
}

static int by_id(const void *x, const void *y)
{
	const struct coco_place *a = x, *b = y;

	return a->id < b->id ? -1 : a->id > b->id;
}

static int by_id_and_place(const void *x, const void *y)
{
	const struct coco_place *a = x, *b = y;
	int order = by_id(x, y);

	return order ? order : a->at < b->at ? -1 : a->at > b->at;
}

static int by_category_id(const void *x, const void *y)
{
	const struct coco_category *a = x, *b = y;

	return a->id < b->id ? -1 : a->id > b->id;
}

static int twice(
	const struct coco *c, const char *what, int64_t id, struct err *e)
{
	return err_set(e, ERR_DATA, "%s: %s %lld is there twice", c->path, what,
		(long long)id);
}

/* An error, or, where somebody wants to know them all, one to be told. */
static int fault(const struct coco_builder *b, enum coco_fault kind,
	const struct err *why, struct err *e)
{
	if (b->faults) {
		b->faults->tell(b->faults->arg, kind, why->msg);
		return 0;
	}
	if (e)
		*e = *why;
	return -1;
}

/* Sort; an id that is there twice is a fault, and the later of them is gone,
 * as gone[its place] says. */
static int sort_places(struct coco_place *p, int n, const char *what,
	const struct coco *c, const struct coco_builder *b, bool *gone,
	struct err *e)
{
	bool sorted = true;

	for (int i = 1; i < n && sorted; i++)
		sorted = p[i - 1].id <= p[i].id;
	if (!sorted)
		qsort(p, (size_t)n, sizeof *p, by_id_and_place);
	for (int i = 1; i < n; i++) {
		struct err why;

		if (p[i].id != p[i - 1].id)
			continue;
		gone[p[i].at] = true;
		twice(c, what, p[i].id, &why);
		if (fault(b, COCO_FAULT_TWICE, &why, e))
			return -1;
	}
	return 0;
}

static int build_categories(struct coco *c, const struct coco_builder *b,
	struct arena *a, struct err *e)
{
	size_t n = (size_t)b->ncategories;
	struct coco_category *p = arena_alloc(a, n * sizeof *p);

	if (n)
		memcpy(p, b->categories, n * sizeof *p);
	qsort(p, n, sizeof *p, by_category_id);
	c->categories = p;
	c->ncategories = b->ncategories;
	for (int i = 1; i < c->ncategories; i++)
		if (p[i].id == p[i - 1].id)
			return twice(c, "category", p[i].id, e);
	return 0;
}

static void index_images(struct coco *c)
{
	for (int i = 0; i < c->nimages; i++)
		c->image_ids[i] = (struct coco_place){c->images[i].id, i};
}

static int build_images(struct coco *c, const struct coco_builder *b,
	struct arena *a, struct err *e)
{
	size_t n = (size_t)b->nimages;
	bool *gone = mem_alloc(n, sizeof *gone);
	int bad;

	c->nimages = b->nimages;
	c->images = arena_alloc(a, n * sizeof *c->images);
	c->image_ids = arena_zero(a, n, sizeof *c->image_ids);
	if (n)
		memcpy(c->images, b->images, n * sizeof *c->images);
	index_images(c);
	bad = sort_places(c->image_ids, c->nimages, "image", c, b, gone, e);
	c->nimages = 0;
	for (int i = 0; i < b->nimages; i++)
		if (!gone[i])
			c->images[c->nimages++] = b->images[i];
	if (c->nimages < b->nimages) {
		index_images(c);
		qsort(c->image_ids, (size_t)c->nimages, sizeof *c->image_ids,
			by_id);
	}
	mem_free(gone);
	return bad;
}

/* Find the image and the category of an annotation. */
static int resolve_one(
	const struct coco *c, struct coco_ann *ann, struct err *e)
{
	bool image;

	ann->image = coco_image_at(c, ann->image_id);
	ann->category = coco_category_at(c, ann->category_id);
	image = ann->image < 0;
	if (!image && ann->category >= 0)
		return 0;
	return err_set(e, ERR_DATA, "%s: annotation %lld: %s %lld is not there",
		c->path, (long long)ann->id, image ? "image" : "category",
		(long long)(image ? ann->image_id : ann->category_id));
}

/* Find what each annotation belongs to, and that no id is there twice. */
static int resolve(const struct coco *c, struct coco_builder *b, struct err *e)
{
	struct coco_place *p = mem_alloc((size_t)b->nanns, sizeof *p);
	bool *gone = mem_alloc((size_t)b->nanns, sizeof *gone);
	int bad = 0, n = b->nanns;

	for (int i = 0; i < n && !bad; i++) {
		struct err why;

		p[i] = (struct coco_place){b->anns[i].id, i};
		gone[i] = resolve_one(c, &b->anns[i], &why) != 0;
		if (gone[i])
			bad = fault(b, COCO_FAULT_LOST, &why, e);
	}
	if (!bad)
		bad = sort_places(p, n, "annotation", c, b, gone, e);
	b->nanns = 0;
	for (int i = 0; i < n && !bad; i++)
		if (!gone[i])
			b->anns[b->nanns++] = b->anns[i];
	mem_free(gone);
	mem_free(p);
	return bad;
}

/* A counting sort by image, which keeps the order inside of one. */
static void build_anns(
	struct coco *c, const struct coco_builder *b, struct arena *a)
{
	int *at = mem_alloc((size_t)c->nimages + 1, sizeof *at);

	c->nanns = b->nanns;
	c->anns = arena_alloc(a, (size_t)c->nanns * sizeof *c->anns);
	c->first = arena_zero(a, (size_t)c->nimages + 1, sizeof *c->first);
	for (int i = 0; i < b->nanns; i++)
		c->first[b->anns[i].image + 1]++;
	for (int i = 0; i < c->nimages; i++) {
		c->first[i + 1] += c->first[i];
		at[i] = c->first[i];
	}
	for (int i = 0; i < b->nanns; i++)
		c->anns[at[b->anns[i].image]++] = b->anns[i];
	mem_free(at);
}

int coco_build(struct coco *c, struct coco_builder *b, const char *path,
	struct arena *a, struct err *e)
{
	int bad;

	*c = (struct coco){.path = path};
	bad = build_categories(c, b, a, e) || build_images(c, b, a, e) ||
	      resolve(c, b, e);
	if (!bad)
		build_anns(c, b, a);
	coco_builder_release(b);
	return bad ? -1 : 0;
}

int coco_image_at(const struct coco *c, int64_t id)
{
	struct coco_place *p, key = {id, 0};

	p = bsearch(&key, c->image_ids, (size_t)c->nimages, sizeof key, by_id);
	return p ? p->at : -1;
}

int coco_category_at(const struct coco *c, int64_t id)
{
	struct coco_category *p, key = {.id = id};

	p = bsearch(&key, c->categories, (size_t)c->ncategories, sizeof key,
		by_category_id);
	return p ? (int)(p - c->categories) : -1;
}

int coco_category_named(const struct coco *c, const char *name)
{
	for (int i = 0; i < c->ncategories; i++)
		if (!strcmp(c->categories[i].name, name))
			return i;
	return -1;
}

int coco_check_size(const struct coco *c, const struct coco_image *im,
	const char *photo, int w, int h, struct err *e)
{
	if ((!im->width || im->width == w) && (!im->height || im->height == h))
		return 0;
	return err_set(e, ERR_DATA,
		"'%s' has %d by %d pixels, not %lld by %lld as in %s", photo, w,
		h, (long long)im->width, (long long)im->height, c->path);
}

enum coco_defect coco_box_defect(
	const double box[4], int64_t width, int64_t height)
{
	double x2 = box[0] + box[2], y2 = box[1] + box[3];

	if (!isfinite(box[0]) || !isfinite(box[1]) || !isfinite(x2) ||
		!isfinite(y2))
		return COCO_BOX_NOT_FINITE;
	if (box[2] < 0 || box[3] < 0)
		return COCO_BOX_NEGATIVE;
	if (box[2] == 0 || box[3] == 0)
		return COCO_BOX_EMPTY;
	if (width == 0 || height == 0)
		return COCO_BOX_GOOD;
	if (x2 <= 0 || y2 <= 0 || box[0] >= (double)width ||
		box[1] >= (double)height)
		return COCO_BOX_OUTSIDE;
	if (box[0] < 0 || box[1] < 0 || x2 > (double)width ||
		y2 > (double)height)
		return COCO_BOX_CROSSING;
	return COCO_BOX_GOOD;
}

const char *coco_defect_name(enum coco_defect d)
{
	static const char *const names[COCO_BOX_DEFECTS] = {"good",
		"not finite", "negative", "empty", "outside", "crossing"};

	return names[d];
}

static void clip_side(double *at, double *len, double limit)
{
	double from = *at < 0 ? 0 : *at > limit ? limit : *at;
	double end = *at + *len;
	double to = end < from ? from : end > limit ? limit : end;

	/* What is inside is left to the bit: at + len - at may not be len. */
	if (from == *at && to == end)
		return;
	*at = from;
	*len = to - from;
}

void coco_box_clip(double box[4], int64_t width, int64_t height)
{
	clip_side(&box[0], &box[2], (double)width);
	clip_side(&box[1], &box[3], (double)height);
}
