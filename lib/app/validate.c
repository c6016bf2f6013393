#include "app/validate.h"
#include "base/file.h"
#include "base/mem.h"
#include "data/truth.h"
#include "rcnn/objective.h"

#include <string.h>

struct dets {
	struct coco_det *p;
	size_t n, cap;
};

/* A validation under way. */
struct rating {
	struct detector *d;
	const struct loader_set *set;
	struct rcnn_detect_rule rule;
	struct dets dets;
	struct validation *v;
};

static void add(struct rating *r, int image, const struct rcnn_detection *found)
{
	struct dets *d = &r->dets;
	struct coco_det det = {.image = image,
		.category = found->label - 1,
		.score = (double)found->score};

	detector_box(r->d, found, det.box);
	if (d->n == d->cap) {
		d->cap = d->cap ? 2 * d->cap : 1024;
		d->p = mem_grow(d->p, d->cap, sizeof *d->p);
	}
	d->p[d->n++] = det;
}

/* What is to be found in a picture, as it would be learnt. */
static struct rcnn_example truth(const struct rating *r, int image)
{
	const struct rcnn_config *c = &r->d->model.config;
	const struct rcnn_convention *as = rcnn_config_convention(c);
	const struct loader_picture *p = r->d->one.picture;
	const struct coco *coco = r->set->coco;
	int first = coco->first[image], n = coco->first[image + 1] - first;
	struct rcnn_truth *list =
		arena_zero(&r->d->step, (size_t)n + 1, sizeof *list);
	float scale = (float)p->scale;
	struct rcnn_example ex = {
		{(float)p->w, (float)p->h, as->photo ? scale : 1}, list, 0};

	for (int i = first; i < first + n; i++) {
		struct rcnn_box box;
		float corner[4];

		if (truth_drops(
			    truth_box(corner, &coco->anns[i], c->gt_min_area,
				    p->photo_w, p->photo_h, as->pixel != 0)))
			continue;
		memcpy(&box, corner, sizeof box);
		list[ex.ntruths++] = (struct rcnn_truth){
			rcnn_box_scale(&box, as->photo ? 1 : scale),
			coco->anns[i].category + 1, coco->anns[i].crowd};
	}
	return ex;
}

static void add_losses(struct validation *v, const struct rcnn_losses *l)
{
	v->loss += (double)l->total;
	v->rpn_cls += (double)l->rpn_cls;
	v->rpn_box += (double)l->rpn_box;
	v->cls += (double)l->cls;
	v->box += (double)l->box;
	v->pictures++;
}

/* One photograph: what is found in it, and its losses, from the same maps. */
static int look(struct rating *r, int image, const char *path, struct err *e)
{
	struct detector *d = r->d;
	struct detector_view view;
	struct rcnn_features f;
	struct rcnn_example ex;
	struct rcnn_losses losses;
	struct rcnn_detection *found;
	int n = detector_look(d, path, &r->rule, &view, &f, &found, e);

	if (n < 0)
		return -1;
	for (int j = 0; j < n; j++)
		add(r, image, &found[j]);
	ex = truth(r, image);
	/* The same regions are drawn in every validation. */
	rcnn_losses_of(&d->model, &d->tape, &f, &ex, 1, image, &losses);
	rcnn_features_drop(&d->tape, &f);
	add_losses(r->v, &losses);
	return 0;
}

static void average(struct validation *v)
{
	double n = v->pictures ? v->pictures : 1;

	v->loss /= n;
	v->rpn_cls /= n;
	v->rpn_box /= n;
	v->cls /= n;
	v->box /= n;
}

int validate(struct detector *d, const struct loader_set *set,
	bool (*tell)(void *arg, const struct err *why), void *arg,
	struct validation *v, struct arena *a, struct err *e)
{
	struct rating r = {.d = d,
		.set = set,
		.v = v,
		.rule = rcnn_config_detect_rule(&d->model.config)};
	int bad = 0;

	*v = (struct validation){0};
	for (int i = 0; i < set->coco->nimages && !bad; i++) {
		struct arena_mark m = arena_mark(a);
		char *path = file_join(a, set->root, set->coco->images[i].file);
		struct err why;
		int lost = look(&r, i, path, &why);

		arena_back(a, m);
		if (!tell(arg, lost ? &why : NULL))
			bad = err_set(e, ERR_OS, "interrupted");
	}
	average(v);
	if (!bad)
		cocoeval_run(
			&v->eval, set->coco, r.dets.p, (int)r.dets.n, 1, a);
	mem_free(r.dets.p);
	return bad;
}
