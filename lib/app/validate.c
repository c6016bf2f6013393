#include "app/validate.h"
#include "app/survey.h"
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
	struct survey survey;
	int image; /* that is looked at */
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
static struct rcnn_example truth(
	const struct rating *r, const struct photo_shot *shot)
{
	const struct rcnn_config *c = &r->d->model.config;
	const struct rcnn_convention *as = rcnn_config_convention(c);
	const struct coco *coco = r->set->coco;
	int first = coco->first[r->image];
	int n = coco->first[r->image + 1] - first;
	struct rcnn_truth *list =
		arena_zero(&r->d->step, (size_t)n + 1, sizeof *list);
	float scale = (float)shot->fit.scale;
	struct rcnn_example ex = {
		{(float)shot->fit.w, (float)shot->fit.h, as->photo ? scale : 1},
		list, 0};

	for (int i = first; i < first + n; i++) {
		struct rcnn_box box;
		float corner[4];

		if (truth_drops(truth_box(corner, &coco->anns[i],
			    c->gt_min_area, shot->w, shot->h, as->pixel != 0)))
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

/* The losses of a photograph, from the maps in which its objects were found. */
static void lose(void *to, struct survey_photo *const *photo,
	const struct rcnn_features *f)
{
	struct rating *r = to;
	struct rcnn_example ex = truth(r, &r->survey.pictures->shot[0]);
	struct rcnn_losses losses;

	(void)photo;
	/* The same regions are drawn in every validation. */
	rcnn_losses_of(&r->d->model, &r->d->tape, f, &ex, 1, r->image, &losses);
	add_losses(r->v, &losses);
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
	struct rating r = {.d = d, .set = set, .v = v};
	int bad = 0;

	*v = (struct validation){0};
	survey_init(&r.survey, d);
	r.survey.maps = lose;
	r.survey.to = &r;
	for (r.image = 0; r.image < set->coco->nimages && !bad; r.image++) {
		struct arena_mark m = arena_mark(a);
		const struct coco_image *im = &set->coco->images[r.image];
		struct survey_photo p = {
			.path = file_join(a, set->root, im->file),
			.in = set->coco,
			.as = im};

		survey_photos(&r.survey, &p, 1);
		arena_back(a, m);
		for (int j = 0; j < p.found.n; j++)
			add(&r, r.image, &p.found.list[j]);
		if (!tell(arg, p.bad ? &p.why : NULL))
			bad = err_set(e, ERR_OS, "interrupted");
	}
	average(v);
	if (!bad)
		cocoeval_run(
			&v->eval, set->coco, r.dets.p, (int)r.dets.n, 1, a);
	survey_release(&r.survey);
	mem_free(r.dets.p);
	return bad;
}
