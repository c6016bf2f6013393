#include "app/sanity.h"
#include "app/survey.h"
#include "app/trainer_int.h"
#include "base/file.h"
#include "base/mem.h"
#include "data/truth.h"

#include <string.h>

enum { WARM_UP = 20, LOOK_EVERY = 20, MEAN_OF = 10 };

/* ---- a few pictures ---- */

/* One that the loader has, too. */
static bool is_object(
	const struct trainer *t, const struct coco *c, int ann, float box[4])
{
	const struct coco_ann *a = &c->anns[ann];
	const struct coco_image *im = &c->images[a->image];
	enum truth_defect d = truth_box(box, a, t->config.gt_min_area,
		im->width, im->height, t->lint.pixel);

	return !a->crowd && !truth_drops(d) &&
	       !(d == TRUTH_CROSSING && t->lint.policy == LINT_DROP);
}

/* How many objects a picture has. */
static int objects(const struct trainer *t, const struct coco *c, int image)
{
	float box[4];
	int n = 0;

	for (int i = c->first[image]; i < c->first[image + 1]; i++)
		n += is_object(t, c, i, box);
	return n;
}

/* The same file with n of its pictures, as far apart as they come. */
static int choose(struct trainer *t, const struct coco *all, int n,
	struct coco *few, struct err *e)
{
	int *with = mem_alloc((size_t)all->nimages, sizeof *with);
	struct coco_builder b = {0};
	int m = 0;

	for (int i = 0; i < all->nimages; i++)
		if (objects(t, all, i))
			with[m++] = i;
	for (int i = 0; i < all->ncategories; i++)
		coco_add_category(&b, &all->categories[i]);
	for (int k = 0; k < n && k < m; k++) {
		int i = with[(int64_t)k * m / (n < m ? n : m)];

		coco_add_image(&b, &all->images[i]);
		for (int j = all->first[i]; j < all->first[i + 1]; j++)
			coco_add_ann(&b, &all->anns[j]);
	}
	mem_free(with);
	return coco_build(few, &b, all->path, &t->arena, e);
}

/* All else is as in the run that it stands for. */
static void simplify(struct rcnn_config *c, int pictures)
{
	c->train_scales.n = 1;
	c->test_scale = c->train_scales.v[0];
	c->test_scales.n = 0;
	c->test_max_size = c->train_max_size;
	c->use_flipped = c->auto_resume = false;
	c->jitter = c->hue = c->stretch = c->erase = 0;
	c->crop = 1;
	c->eval_iters = c->max_skips = 0;
	c->eval_epochs = 0;
	c->ema_decay = 0;
	c->max_iter = SANITY_STEPS;
	if (c->ims_per_batch > pictures)
		c->ims_per_batch = pictures;
	if (c->warm_up_iters > WARM_UP)
		c->warm_up_iters = WARM_UP;
	if (!strcmp(c->lr_policy, "steps_with_lrs"))
		c->base_lr = c->lrs.v[0];
	snprintf(c->lr_policy, sizeof c->lr_policy, "steps_with_decay");
	c->steps = (struct key_ints){1, {0}};
}

int sanity_plan(struct trainer *t, int n, struct err *e)
{
	struct coco *few = arena_zero(&t->arena, 1, sizeof *few);

	if (choose(t, t->train[0].coco, n, few, e))
		return -1;
	t->train[0].coco = few;
	t->ntrain = 1;
	t->test = NULL;
	t->unsaved = true;
	simplify(&t->config, few->nimages);
	return 0;
}

/* ---- have they been learnt? ---- */

static bool among(const struct trainer *t, const float truth[4], int label,
	const struct rcnn_detection *found, int n)
{
	struct rcnn_box box;

	memcpy(&box, truth, sizeof box);
	for (int i = 0; i < n; i++)
		if (found[i].label == label && found[i].score >= 0.5F &&
			rcnn_box_iou(&found[i].box, &box,
				(float)t->lint.pixel) >= 0.5F)
			return true;
	return false;
}

/* How many objects there are, and are found; -1 when a picture can't be read.
 */
static int count(struct trainer *t, int *there, struct err *e)
{
	const struct loader_set *set = &t->train[0];
	const struct coco *c = set->coco;
	struct arena a = {0};
	struct survey s;
	int got = 0, bad = 0;

	*there = 0;
	survey_init(&s, &t->d);
	for (int i = 0; i < c->nimages && !bad; i++) {
		struct survey_photo p = {
			.path = file_join(&a, set->root, c->images[i].file),
			.in = c,
			.as = &c->images[i]};
		float box[4];

		survey_photos(&s, &p, 1);
		bad = p.bad;
		if (bad)
			*e = p.why;
		for (int j = c->first[i]; j < c->first[i + 1] && !bad; j++) {
			if (!is_object(t, c, j, box))
				continue;
			++*there;
			got += among(t, box, c->anns[j].category + 1,
				p.found.list, p.found.n);
		}
	}
	survey_release(&s);
	arena_release(&a);
	return bad ? -1 : got;
}

static int report(
	struct trainer *t, double loss, int found, int there, struct err *e)
{
	struct metric m[] = {{"iter", (double)t->d.iteration, 0},
		{"loss", loss, 6}, {"objects", there, 0}, {"found", found, 0},
		{0}};

	return metrics_add(&t->metrics, m, e);
}

int sanity_run(struct trainer *t, struct err *e)
{
	double last[MEAN_OF] = {0}, loss = 0;
	int there = 0, found = 0;

	progress_begin(&t->bar, t->c, "steps", 0, SANITY_STEPS);
	while (t->d.iteration < SANITY_STEPS && !cli_stopped()) {
		struct trainer_step s;

		if (trainer_step(t, false, &s, e))
			return -1;
		last[t->d.iteration % MEAN_OF] = (double)s.losses.total;
		progress_at(&t->bar, (double)t->d.iteration, NULL);
		if (t->d.iteration % LOOK_EVERY)
			continue;
		loss = 0;
		for (int i = 0; i < MEAN_OF; i++)
			loss += last[i] / MEAN_OF;
		found = count(t, &there, e);
		if (found < 0 || report(t, loss, found, there, e))
			return -1;
		if (loss < SANITY_LOSS && found == there)
			break;
	}
	progress_end(&t->bar);
	if (cli_stopped())
		return 0;
	if (loss >= SANITY_LOSS || found < there)
		return err_set(e, ERR_REJECTED,
			"it does not learn: after %lld steps the loss is %.3f, "
			"to be below %.1f, and %d of %d objects are found",
			(long long)t->d.iteration, loss, SANITY_LOSS, found,
			there);
	cli_note(t->c,
		"it learns: after %lld steps the loss is %.3f, and all %d "
		"objects of %d pictures are found",
		(long long)t->d.iteration, loss, there,
		t->train[0].coco->nimages);
	return 0;
}
