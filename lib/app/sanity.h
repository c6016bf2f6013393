/*
 * Whether a set-up can learn at all: a few pictures, learnt by heart. What
 * fails here would fail after a week too: a learning rate that is too low or
 * too high, boxes that are not where the annotations say, frozen random
 * weights.
 */
#ifndef APP_SANITY_H
#define APP_SANITY_H

#include "app/trainer.h"

/* The loss that has to be reached, for ten steps on average, and how many
 * steps it may take. */
#define SANITY_LOSS 0.3
enum { SANITY_STEPS = 1000 };

/*
 * Make a trainer, whose sets are read, one of n pictures with objects, spread
 * over what it learns from: without mirror images, at the first of the scales,
 * with a warm-up that is soon over and a rate that stays. Nothing is written.
 */
int sanity_plan(struct trainer *t, int n, struct err *e);

/*
 * Learn until the loss is below SANITY_LOSS and every object is found, of its
 * class, with a score of at least 0.5 and an overlap of at least 0.5.
 * ERR_REJECTED with what is lacking when that is not so in time.
 */
int sanity_run(struct trainer *t, struct err *e);

#endif
