/*
 * Schedules that follow the data and the batch. Detectron counts in steps,
 * which mean something else wherever a step has another number of
 * photographs; here the same may be said in epochs or in images:
 *
 *	SOLVER.MAX_ITER		SOLVER.MAX_EPOCHS	SOLVER.MAX_IMAGES
 *	SOLVER.STEPS		SOLVER.STEPS_EPOCHS	SOLVER.STEPS_IMAGES
 *	SOLVER.WARM_UP_ITERS	SOLVER.WARM_UP_EPOCHS	SOLVER.WARM_UP_IMAGES
 *	TRAIN.SNAPSHOT_ITERS	TRAIN.SNAPSHOT_EPOCHS
 *	TRAIN.EVAL_ITERS	TRAIN.EVAL_EPOCHS
 *
 * An epoch is every photograph once, be it mirrored or not. What is given in
 * epochs or images stands in for its key in steps.
 *
 *	rcnn_schedule_scale(&c, 16, 2);		// a file for 8 GPUs of 2
 *	rcnn_schedule_resolve(&c, photos, 2);
 *	if (c.base_lr > 2 * rcnn_schedule_rule(2))
 *		warn(...);
 */
#ifndef RCNN_SCHEDULE_H
#define RCNN_SCHEDULE_H

#include "rcnn/config.h"

/* Whether anything is given in epochs or images. */
bool rcnn_schedule_counts(const struct rcnn_config *c);
/* ERR_CONFIG when one thing is given in both, or steps do not rise from 0. */
int rcnn_schedule_check(const struct rcnn_config *c, struct err *e);
/* A key was set after the others: those that would stand in for it, or of
 * which it takes the place, are as if never given. */
void rcnn_schedule_given(struct rcnn_config *c, const char *key);
/* Fill the keys in steps, for so many photographs in all and in a step. */
void rcnn_schedule_resolve(struct rcnn_config *c, int64_t photos, int batch);

/* Make a schedule that was written for `from` photographs a step one for `to`:
 * rates in proportion, steps inversely (Goyal et al. 2017), for one device.
 * What was not 0 stays so, and within what its key may be. */
void rcnn_schedule_scale(struct rcnn_config *c, int from, int to);
/* The rate that Detectron's recipe has for so many: 0.02 for 16, in
 * proportion. */
double rcnn_schedule_rule(int batch);
/* The highest rate of the schedule. */
double rcnn_schedule_peak(const struct rcnn_config *c);

#endif
