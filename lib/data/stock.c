#include "data/loader_int.h"
#include "base/mem.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* The sets while they are gone through. */
struct gathering {
	struct stock *st;
	const struct loader_options *o;
	const struct coco *coco;
	const struct coco_image *im;
};

/* Count a defect and tell it: of an annotation, or of the picture where ann is
 * NULL. */
static void tell(
	struct gathering *g, enum truth_defect d, const struct coco_ann *ann)
{
	struct err why;

	g->st->defects[d]++;
	if (!g->o->note)
		return;
	if (ann)
		err_set(&why, ERR_DATA,
			"%s: annotation %lld: box %g,%g,%g,%g %s, '%s'",
			g->coco->path, (long long)ann->id, ann->box[0],
			ann->box[1], ann->box[2], ann->box[3], truth_words(d),
			g->im->file);
	else
		err_set(&why, ERR_DATA, "%s: image %lld %s, '%s'",
			g->coco->path, (long long)g->im->id, truth_words(d),
			g->im->file);
	g->o->note(g->o->arg, d, why.msg);
}

static void gather_image(struct gathering *g, int set, int image)
{
	struct stock *st = g->st;
	const struct coco *c = g->coco;
	int first = st->nboxes, objects = 0;

	g->im = &c->images[image];
	for (int i = c->first[image]; i < c->first[image + 1]; i++) {
		const struct coco_ann *ann = &c->anns[i];
		enum truth_defect d =
			truth_box(st->box[st->nboxes], ann, g->o->min_area,
				g->im->width, g->im->height, !g->o->edges);

		if (d != TRUTH_GOOD)
			tell(g, d, ann);
		if (truth_drops(d) || (d == TRUTH_CROSSING && g->o->inside))
			continue;
		st->classes[st->nboxes] = ann->category + 1;
		st->crowd[st->nboxes] = ann->crowd;
		st->nboxes++;
		objects += !ann->crowd;
	}
	if (!objects)
		tell(g, TRUTH_EMPTY, NULL);
	if (!objects && !g->o->keep_empty) {
		st->nboxes = first;
		return;
	}
	st->entry[st->n++] =
		(struct stock_entry){set, image, first, st->nboxes - first};
}

static int check_images(const struct coco *c, struct err *e)
{
	for (int i = 0; i < c->nimages; i++) {
		const struct coco_image *im = &c->images[i];
		bool size = im->width > 0 && im->height > 0;

		if (!size || !im->file)
			return err_set(e, ERR_DATA, "%s: image %lld has no %s",
				c->path, (long long)im->id,
				size ? "file name" : "size");
	}
	return 0;
}

/* Classes are places of categories: they must mean the same everywhere. */
static int check_categories(
	const struct coco *a, const struct coco *b, struct err *e)
{
	bool same = a->ncategories == b->ncategories;

	for (int i = 0; i < a->ncategories && same; i++)
		same = a->categories[i].id == b->categories[i].id &&
		       !strcmp(a->categories[i].name, b->categories[i].name);
	if (same)
		return 0;
	return err_set(e, ERR_DATA, "%s and %s have different categories",
		a->path, b->path);
}

static int check_set(const struct loader_set *s, const struct loader_set *first,
	struct err *e)
{
	struct stat st;

	if (s->root && *s->root) {
		if (stat(s->root, &st))
			return err_set(e, ERR_NOINPUT, "cannot open '%s': %s",
				s->root, strerror(errno));
		if (!S_ISDIR(st.st_mode))
			return err_set(
				e, ERR_NOINPUT, "'%s' is no folder", s->root);
	}
	if (check_images(s->coco, e))
		return -1;
	return check_categories(first->coco, s->coco, e);
}

int stock_fill(struct stock *st, const struct loader_options *o, struct err *e)
{
	struct gathering g = {.st = st, .o = o};
	size_t images = 0, anns = 0;

	for (int i = 0; i < o->nsets; i++) {
		if (check_set(&o->sets[i], &o->sets[0], e))
			return -1;
		images += (size_t)o->sets[i].coco->nimages;
		anns += (size_t)o->sets[i].coco->nanns;
	}
	if (images > INT32_MAX / 2 || anns > INT32_MAX)
		return err_set(e, ERR_DATA, "the data sets are too large");
	st->entry = mem_alloc(images, sizeof *st->entry);
	/* One more than there are: where a box to be dropped is put. */
	st->box = mem_alloc(anns + 1, sizeof *st->box);
	st->classes = mem_alloc(anns, sizeof *st->classes);
	st->crowd = mem_alloc(anns, sizeof *st->crowd);
	for (int i = 0; i < o->nsets; i++) {
		g.coco = o->sets[i].coco;
		for (int j = 0; j < g.coco->nimages; j++)
			gather_image(&g, i, j);
	}
	if (!st->n)
		return err_set(e, ERR_DATA, "%s: no picture to learn from",
			o->sets[0].coco->path);
	return 0;
}

void stock_release(struct stock *st)
{
	mem_free(st->entry);
	mem_free(st->box);
	mem_free(st->classes);
	mem_free(st->crowd);
	*st = (struct stock){0};
}
