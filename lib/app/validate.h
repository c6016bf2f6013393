/* How good a detector is on a data set, while it trains or after. */
#ifndef APP_VALIDATE_H
#define APP_VALIDATE_H

#include "app/detector.h"
#include "data/cocoeval.h"

/*
 * Detect in every photograph of a set and rate the result; v's arrays are in
 * a. The categories must be the detector's. tell (may be NULL) is told how
 * many are done and may stop it by returning false: ERR_OS then. A photograph
 * that can't be read is an error.
 */
int validate(struct detector *d, const struct loader_set *set,
	bool (*tell)(void *arg, int done), void *arg, struct cocoeval *v,
	struct arena *a, struct err *e);

#endif
