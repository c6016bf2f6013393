/*
 * Signs that a run goes wrong. D is saturated when, step after step, it is
 * sure of every picture: nothing comes back to G. G has collapsed when all its
 * pictures look the same.
 */
#ifndef GAN_WATCH_H
#define GAN_WATCH_H

#include "gan/gan_step.h"

enum { GAN_SATURATED = 200 }; /* steps in a row that are worth a word */

/* Count a step; how many in a row D was sure in, itself included. */
int64_t gan_watch_saturated(struct gan_run *run, const struct gan_report *r);

/* Mean distance between two of n pictures, of size bytes each: root of the
 * mean square, in bytes' values. */
double gan_watch_spread(const uint8_t *px, int n, size_t size);

/*
 * Whether what is drawn, whose spread is this share of the real pictures', has
 * come to look the same: a run that once drew different pictures, or has had
 * the time to learn it.
 */
bool gan_watch_collapsed(struct gan_run *run, double share);

#endif
