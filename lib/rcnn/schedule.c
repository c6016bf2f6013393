#include "rcnn/schedule.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define AT(field) offsetof(struct rcnn_config, field)

/* As large as the keys may be. */
#define STEPS_MAX 1e9
#define RATE_MAX 100.0

enum { NOWHERE = 0 }; /* no field of these is the first */

/* A number of the schedule, in its three units. */
static const struct number {
	const char *iters, *epochs, *images; /* keys */
	size_t at_iters, at_epochs, at_images;
} numbers[] = {
	{"SOLVER.MAX_ITER", "SOLVER.MAX_EPOCHS", "SOLVER.MAX_IMAGES",
		AT(max_iter), AT(max_epochs), AT(max_images)},
	{"SOLVER.WARM_UP_ITERS", "SOLVER.WARM_UP_EPOCHS",
		"SOLVER.WARM_UP_IMAGES", AT(warm_up_iters), AT(warm_up_epochs),
		AT(warm_up_images)},
	{"TRAIN.SNAPSHOT_ITERS", "TRAIN.SNAPSHOT_EPOCHS", NULL,
		AT(snapshot_iters), AT(snapshot_epochs), NOWHERE},
	{"TRAIN.EVAL_ITERS", "TRAIN.EVAL_EPOCHS", NULL, AT(eval_iters),
		AT(eval_epochs), NOWHERE},
};
enum { NUMBERS = sizeof numbers / sizeof *numbers };

static int64_t *int_at(struct rcnn_config *c, size_t at)
{
	return (int64_t *)((char *)c + at);
}

static double *real_at(struct rcnn_config *c, size_t at)
{
	return (double *)((char *)c + at);
}

static double epochs_of(const struct rcnn_config *c, const struct number *n)
{
	return *real_at((struct rcnn_config *)c, n->at_epochs);
}

static int64_t images_of(const struct rcnn_config *c, const struct number *n)
{
	return n->images ? *int_at((struct rcnn_config *)c, n->at_images) : 0;
}

bool rcnn_schedule_counts(const struct rcnn_config *c)
{
	for (int i = 0; i < NUMBERS; i++)
		if (epochs_of(c, &numbers[i]) > 0 || images_of(c, &numbers[i]))
			return true;
	return c->steps_epochs.n || c->steps_images.n;
}

static int twice(const char *a, const char *b, struct err *e)
{
	return err_set(e, ERR_CONFIG, "%s and %s say the same thing", a, b);
}

int rcnn_schedule_check(const struct rcnn_config *c, struct err *e)
{
	const struct key_reals *epochs = &c->steps_epochs;
	const struct key_ints *images = &c->steps_images;

	for (int i = 0; i < NUMBERS; i++)
		if (epochs_of(c, &numbers[i]) > 0 && images_of(c, &numbers[i]))
			return twice(numbers[i].epochs, numbers[i].images, e);
	if (epochs->n && images->n)
		return twice("SOLVER.STEPS_EPOCHS", "SOLVER.STEPS_IMAGES", e);
	for (int i = 0; i < epochs->n; i++)
		if (i ? epochs->v[i] <= epochs->v[i - 1] : epochs->v[0] > 0)
			return err_set(e, ERR_CONFIG,
				"SOLVER.STEPS_EPOCHS must rise from 0");
	for (int i = 0; i < images->n; i++)
		if (i ? images->v[i] <= images->v[i - 1] : images->v[0] > 0)
			return err_set(e, ERR_CONFIG,
				"SOLVER.STEPS_IMAGES must rise from 0");
	return 0;
}

void rcnn_schedule_given(struct rcnn_config *c, const char *key)
{
	for (int i = 0; i < NUMBERS; i++) {
		const struct number *n = &numbers[i];
		bool iters = !strcmp(key, n->iters);
		bool epochs = !strcmp(key, n->epochs);
		bool images = n->images && !strcmp(key, n->images);

		if (iters || images)
			*real_at(c, n->at_epochs) = 0;
		if (n->images && (iters || epochs))
			*int_at(c, n->at_images) = 0;
	}
	if (!strcmp(key, "SOLVER.STEPS") || !strcmp(key, "SOLVER.STEPS_IMAGES"))
		c->steps_epochs.n = 0;
	if (!strcmp(key, "SOLVER.STEPS") || !strcmp(key, "SOLVER.STEPS_EPOCHS"))
		c->steps_images.n = 0;
}

/* Steps for so many images: of some, never none; of all, no more than the
 * keys may be. */
static int64_t steps_for(double images, int batch)
{
	return (int64_t)fmin(ceil(images / batch), STEPS_MAX);
}

void rcnn_schedule_resolve(struct rcnn_config *c, int64_t photos, int batch)
{
	double all = (double)photos;
	int n = c->steps_epochs.n ? c->steps_epochs.n : c->steps_images.n;

	for (int i = 0; i < NUMBERS; i++) {
		double images = epochs_of(c, &numbers[i]) > 0
					? epochs_of(c, &numbers[i]) * all
					: (double)images_of(c, &numbers[i]);

		if (images > 0)
			*int_at(c, numbers[i].at_iters) =
				steps_for(images, batch);
	}
	/* It is divided by NUM_GPUS when it is used. */
	if (c->snapshot_epochs > 0)
		c->snapshot_iters *= c->num_gpus;
	for (int i = 0; i < n; i++)
		c->steps.v[i] = steps_for(
			c->steps_epochs.n ? c->steps_epochs.v[i] * all
					  : (double)c->steps_images.v[i],
			batch);
	if (n)
		c->steps.n = n;
}

/* What there was of something, there still is. */
static int64_t scaled(int64_t n, double more)
{
	return n > 0 ? (int64_t)fmin(
			       fmax(round((double)n * more), 1), STEPS_MAX)
		     : n;
}

/* They rise, if they did. */
static void scale_steps(struct key_ints *steps, double more)
{
	for (int i = 0, rise = 0; i < steps->n; i++) {
		int64_t was = steps->v[i];

		steps->v[i] = scaled(was, more);
		if (rise && steps->v[i] <= steps->v[i - 1])
			steps->v[i] = steps->v[i - 1] + 1;
		rise = i + 1 < steps->n && steps->v[i + 1] > was;
	}
}

void rcnn_schedule_scale(struct rcnn_config *c, int from, int to)
{
	double more = (double)from / to;
	int64_t *const counts[] = {
		&c->max_iter, &c->step_size, &c->warm_up_iters, &c->eval_iters};

	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		*counts[i] = scaled(*counts[i], more);
	scale_steps(&c->steps, more);
	c->base_lr = fmin(c->base_lr / more, RATE_MAX);
	for (int i = 0; i < c->lrs.n; i++)
		c->lrs.v[i] = fmin(c->lrs.v[i] / more, RATE_MAX);
	/* It was divided by them. */
	c->snapshot_iters =
		scaled(c->snapshot_iters, more / (double)c->num_gpus);
	c->num_gpus = 1;
}

double rcnn_schedule_rule(int batch)
{
	return 0.02 * batch / 16;
}

double rcnn_schedule_peak(const struct rcnn_config *c)
{
	double most = c->base_lr;

	if (strcmp(c->lr_policy, "steps_with_lrs"))
		return most;
	most = 0;
	for (int i = 0; i < c->lrs.n; i++)
		most = fmax(most, c->lrs.v[i]);
	return most;
}
