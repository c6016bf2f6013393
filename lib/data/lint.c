#include "data/lint.h"
#include "base/file.h"
#include "base/mem.h"
#include "img/img.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *name, *words;
	enum lint_fate fix, drop; /* by these policies */
} kinds[LINT_KINDS] = {
	[LINT_ITEM] = {"item", "is not whole", LINT_FATAL, LINT_DROPPED},
	[LINT_TWICE] = {"twice", "has an id that is there already", LINT_FATAL,
		LINT_DROPPED},
	[LINT_LOST] = {"lost", "belongs to nothing that is there", LINT_FATAL,
		LINT_DROPPED},
	[LINT_NEGATIVE] = {"negative", "has a negative side", LINT_DROPPED,
		LINT_DROPPED},
	[LINT_FLAT] = {"flat", "has a side of 0", LINT_DROPPED, LINT_DROPPED},
	[LINT_OUTSIDE] = {"outside", "lies outside of its picture",
		LINT_DROPPED, LINT_DROPPED},
	[LINT_THIN] = {"thin", "is not two pixels wide and high in its picture",
		LINT_DROPPED, LINT_DROPPED},
	[LINT_SMALL] = {"small", "has too small an area", LINT_DROPPED,
		LINT_DROPPED},
	[LINT_CROSSING] = {"crossing", "reaches beyond its picture",
		LINT_CLIPPED, LINT_DROPPED},
	[LINT_REPEATED] = {"repeated", "is there already", LINT_KEPT,
		LINT_KEPT},
	[LINT_GONE] = {"gone", "is not there", LINT_DROPPED, LINT_DROPPED},
	[LINT_UNREADABLE] = {"unreadable", "cannot be read", LINT_DROPPED,
		LINT_DROPPED},
	[LINT_OTHER_SIZE] = {"size", "is of another size than annotated",
		LINT_DROPPED, LINT_DROPPED},
	[LINT_CROWD] = {"crowd", "is a crowd, neither object nor background",
		LINT_KEPT, LINT_KEPT},
	[LINT_IGNORED] = {"ignored", "is marked to be ignored", LINT_DROPPED,
		LINT_DROPPED},
	[LINT_NO_OBJECT] = {"empty", "has no object to learn", LINT_DROPPED,
		LINT_DROPPED},
};

const char *lint_words(enum lint_kind k)
{
	return kinds[k].words;
}

const char *lint_name(enum lint_kind k)
{
	return kinds[k].name;
}

const char *lint_fate_words(enum lint_fate f)
{
	static const char *const words[] = {
		"kept", "clipped", "left out", "refused"};

	return words[f];
}

enum lint_fate lint_fate(const struct lint *l, enum lint_kind k)
{
	if (k == LINT_NO_OBJECT && l->keep_empty)
		return LINT_KEPT;
	if (l->policy == LINT_FAIL && lint_wrong(k))
		return LINT_FATAL;
	return l->policy == LINT_DROP ? kinds[k].drop : kinds[k].fix;
}

static void found(struct lint *l, enum lint_kind k, const struct coco_image *im,
	const struct coco_ann *ann, const char *msg)
{
	struct lint_find f = {k, lint_fate(l, k), im, ann, msg};

	l->count[k]++;
	if (f.fate == LINT_FATAL && !l->fatal++)
		err_set(&l->first, ERR_DATA, "%s", msg);
	if (l->tell)
		l->tell(l->arg, &f);
}

void lint_begin(struct lint *l, const struct loader_set *set)
{
	l->set = set;
}

void lint_fault(void *arg, enum coco_fault kind, const char *msg)
{
	static const enum lint_kind as[] = {[COCO_FAULT_ITEM] = LINT_ITEM,
		[COCO_FAULT_TWICE] = LINT_TWICE,
		[COCO_FAULT_LOST] = LINT_LOST};

	found(arg, as[kind], NULL, NULL, msg);
}

/* ---- annotations ---- */

static void found_box(struct lint *l, enum lint_kind k,
	const struct coco_image *im, const struct coco_ann *ann)
{
	struct err why;

	err_set(&why, ERR_DATA, "%s: annotation %lld: box %g,%g,%g,%g %s, '%s'",
		l->set->coco->path, (long long)ann->id, ann->box[0],
		ann->box[1], ann->box[2], ann->box[3], kinds[k].words,
		im->file);
	found(l, k, im, ann, why.msg);
}

/* The worst of a box; LINT_KINDS when it is good. */
static enum lint_kind box_kind(const struct lint *l,
	const struct coco_image *im, const struct coco_ann *ann)
{
	float box[4];

	if (ann->ignore)
		return LINT_IGNORED;
	switch (coco_box_defect(ann->box, im->width, im->height)) {
	case COCO_BOX_NOT_FINITE:
	case COCO_BOX_NEGATIVE:
		return LINT_NEGATIVE;
	case COCO_BOX_EMPTY:
		return LINT_FLAT;
	case COCO_BOX_OUTSIDE:
		return LINT_OUTSIDE;
	default:
		break;
	}
	switch (truth_box(
		box, ann, l->min_area, im->width, im->height, l->pixel)) {
	case TRUTH_SMALL:
		return LINT_SMALL;
	case TRUTH_THIN:
		return LINT_THIN;
	case TRUTH_CROSSING:
		return LINT_CROSSING;
	default:
		return ann->crowd ? LINT_CROWD : LINT_KINDS;
	}
}

/* Of two that are the same, the one that is listed first comes first. */
static int by_box(const void *p, const void *q)
{
	const struct coco_ann *a = *(const struct coco_ann *const *)p;
	const struct coco_ann *b = *(const struct coco_ann *const *)q;
	int way = memcmp(a->box, b->box, sizeof a->box);

	if (a->category != b->category)
		return a->category < b->category ? -1 : 1;
	return way ? way : a < b ? -1 : a > b;
}

/* Which of n annotations of a picture have the box of one before; to be freed.
 * Sorted, for nobody says that there are few. */
static bool *find_repeated(const struct coco_ann *ann, int n)
{
	bool *is = mem_alloc((size_t)n, sizeof *is);
	const struct coco_ann **order = mem_alloc((size_t)n, sizeof(void *));

	for (int i = 0; i < n; i++)
		order[i] = ann + i;
	qsort(order, (size_t)n, sizeof(void *), by_box);
	for (int i = 1; i < n; i++) {
		const struct coco_ann *x = order[i - 1], *y = order[i];

		is[y - ann] = x->category == y->category &&
			      !memcmp(x->box, y->box, sizeof x->box);
	}
	mem_free(order);
	return is;
}

static void lint_image(struct lint *l, int image)
{
	const struct coco *c = l->set->coco;
	const struct coco_image *im = &c->images[image];
	int first = c->first[image], objects = 0;
	bool *repeated =
		find_repeated(c->anns + first, c->first[image + 1] - first);
	struct err why;

	for (int i = first; i < c->first[image + 1]; i++) {
		const struct coco_ann *ann = &c->anns[i];
		enum lint_kind k = box_kind(l, im, ann);
		enum lint_fate fate =
			k < LINT_KINDS ? lint_fate(l, k) : LINT_KEPT;

		objects += !ann->crowd && fate <= LINT_CLIPPED;
		if (k < LINT_KINDS)
			found_box(l, k, im, ann);
		else if (repeated[i - first])
			found_box(l, LINT_REPEATED, im, ann);
	}
	mem_free(repeated);
	if (objects)
		return;
	err_set(&why, ERR_DATA, "%s: image %lld %s, '%s'", c->path,
		(long long)im->id, kinds[LINT_NO_OBJECT].words, im->file);
	found(l, LINT_NO_OBJECT, im, NULL, why.msg);
}

void lint_boxes(struct lint *l)
{
	for (int i = 0; i < l->set->coco->nimages; i++)
		lint_image(l, i);
}

/* ---- photographs ---- */

/* What came of a look at one; kind LINT_KINDS when it is good. */
struct looked {
	enum lint_kind kind;
	struct err why;
};

static struct looked look(const char *path, const struct coco_image *im,
	const char *coco, enum lint_depth depth)
{
	struct looked got = {.kind = LINT_KINDS};
	struct img pixels = {0};
	int w, h, bad;

	if (depth == LINT_PIXELS)
		bad = img_load(&pixels, path, 0, &got.why);
	else
		bad = img_size(path, &w, &h, &got.why);
	if (depth == LINT_PIXELS) {
		w = pixels.w;
		h = pixels.h;
		img_release(&pixels);
	}
	if (bad) {
		got.kind = got.why.code == ERR_NOINPUT ? LINT_GONE
						       : LINT_UNREADABLE;
		err_wrap(&got.why, "%s: image %lld", coco, (long long)im->id);
	} else if (w != im->width || h != im->height) {
		got.kind = LINT_OTHER_SIZE;
		err_set(&got.why, ERR_DATA,
			"%s: image %lld: '%s' has %d by %d pixels, not %lld by "
			"%lld",
			coco, (long long)im->id, path, w, h,
			(long long)im->width, (long long)im->height);
	}
	return got;
}

void lint_photos(
	struct lint *l, int from, int to, enum lint_depth depth, int threads)
{
	const struct coco *c = l->set->coco;
	const char *root = l->set->root;
	struct looked *got;
	int n;

	if (threads < 1)
		threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
	to = to > c->nimages ? c->nimages : to;
	n = to > from ? to - from : 0;
	got = mem_alloc((size_t)n, sizeof *got);
#pragma omp parallel for num_threads(threads) schedule(dynamic, 16)
	for (int i = 0; i < n; i++) {
		const struct coco_image *im = &c->images[from + i];
		struct arena a = {0};

		got[i] =
			look(file_join(&a, root, im->file), im, c->path, depth);
		arena_release(&a);
	}
	for (int i = 0; i < n; i++)
		if (got[i].kind < LINT_KINDS)
			found(l, got[i].kind, &c->images[from + i], NULL,
				got[i].why.msg);
	mem_free(got);
}
