/*
 * How good a generator is while it learns: pictures that it is not shown are
 * kept aside, and what it draws is measured by them (gan/score.h).
 */
#ifndef APP_GAN_RATING_H
#define APP_GAN_RATING_H

#include "data/metrics.h"
#include "gan/gan_step.h"
#include "gan/score.h"

struct gan_rating {
	bool on, trained; /* trained: the features are a detector's */
	struct gan_extractor extractor;
	struct gan_judge judge;
	struct arena arena; /* the numbers' names */
	const char *name[GAN_METRICS], *floor[GAN_METRICS];
};

/* By n pictures of w by h; features are a detector's, or random ones (NULL). */
int gan_rating_begin(struct gan_rating *r, const uint8_t *px, int n, int w,
	int h, const char *detector, const char *device, int threads,
	struct nn_backend *be, struct err *e);
void gan_rating_end(struct gan_rating *r);

/*
 * Measure m's best generator: a record of all numbers and their floors to the
 * metrics. *score, the lower the better, is the kernel distance of a detector's
 * features; else, since random ones tell little, the sliced Wasserstein
 * distance.
 */
int gan_rating_make(struct gan_rating *r, struct gan *m, struct metrics *to,
	double *score, struct err *e);

#endif
