#include "app/validate.h"
#include "app/survey.h"
#include "base/file.h"
#include "base/mem.h"

struct dets {
	struct coco_det *p;
	size_t n, cap;
};

static void add(struct dets *d, const struct detector *by, int image,
	const struct rcnn_detection *found)
{
	struct coco_det det = {.image = image,
		.category = found->label - 1,
		.score = (double)found->score};

	detector_box(by, found, det.box);
	if (d->n == d->cap) {
		d->cap = d->cap ? 2 * d->cap : 1024;
		d->p = mem_grow(d->p, d->cap, sizeof *d->p);
	}
	d->p[d->n++] = det;
}

int validate(struct detector *d, const struct loader_set *set,
	bool (*tell)(void *arg, const struct err *why), void *arg,
	struct cocoeval *v, struct arena *a, struct err *e)
{
	struct dets dets = {0};
	struct survey s;
	int bad = 0;

	survey_init(&s, d);
	for (int i = 0; i < set->coco->nimages && !bad; i++) {
		struct arena_mark m = arena_mark(a);
		char *path = file_join(a, set->root, set->coco->images[i].file);
		struct survey_photo p = {.path = path};

		survey_photos(&s, &p, 1);
		arena_back(a, m);
		for (int j = 0; j < p.found.n; j++)
			add(&dets, d, i, &p.found.list[j]);
		if (!tell(arg, p.bad ? &p.why : NULL))
			bad = err_set(e, ERR_OS, "interrupted");
	}
	if (!bad)
		cocoeval_run(v, set->coco, dets.p, (int)dets.n, 1, a);
	survey_release(&s);
	mem_free(dets.p);
	return bad;
}
