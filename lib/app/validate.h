/* How good a detector is on a data set, while it trains or after. */
#ifndef APP_VALIDATE_H
#define APP_VALIDATE_H

#include "app/detector.h"
#include "data/cocoeval.h"

/* COCO's figures, and the losses of training, a picture at a time with the
 * norms as in use, on average over the pictures that could be read. */
struct validation {
	struct cocoeval eval;
	double loss; /* the sum of the others */
	double rpn_cls, rpn_box, cls, box;
	int pictures;
};

/*
 * Detect in every photograph of a set and rate the result; v's arrays are in
 * a. The categories must be the detector's. After each photograph tell is told
 * how it went: NULL, or why it can't be read, when nothing is found in it. It
 * may stop it all by returning false: ERR_OS then.
 */
int validate(struct detector *d, const struct loader_set *set,
	bool (*tell)(void *arg, const struct err *why), void *arg,
	struct validation *v, struct arena *a, struct err *e);

#endif
