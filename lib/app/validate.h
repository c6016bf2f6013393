/* How good a detector is on a data set, while it trains or after. */
#ifndef APP_VALIDATE_H
#define APP_VALIDATE_H

#include "app/detector.h"
#include "data/cocoeval.h"

/*
 * Detect in every photograph of a set and rate the result; v's arrays are in
 * a. The categories must be the detector's. After each photograph tell is told
 * how it went: NULL, or why it can't be read, when nothing is found in it. It
 * may stop it all by returning false: ERR_OS then.
 */
int validate(struct detector *d, const struct loader_set *set,
	bool (*tell)(void *arg, const struct err *why), void *arg,
	struct cocoeval *v, struct arena *a, struct err *e);

#endif
