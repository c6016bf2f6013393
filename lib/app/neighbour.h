/*
 * Which real picture a drawn one is most like, and whether it is a copy of it:
 * as near as hardly two real ones are.
 *
 *	struct nearest n;
 *	if (nearest_open(&n, &how, "crops", 64, 96, NULL, e))
 *		return -1;
 *	nearest_find(&n, px, &hit);
 *	nearest_release(&n);
 */
#ifndef APP_NEIGHBOUR_H
#define APP_NEIGHBOUR_H

#include "app/score_side.h"

struct nearest {
	struct score_side real;
	struct gan_extractor *extractor;
	float *v, *one; /* the real pictures', and one's, numbers */
	int d;          /* numbers of a picture */
	double usual;   /* median distance of a real one from its nearest */
};

struct nearest_hit {
	const char *path;
	const uint8_t *px; /* of the real picture */
	double distance;
	double ratio; /* of the usual distance */
	bool copy;    /* below half of it */
};

/* Pictures that `from` names, w by h. They are compared by the features of an
 * extractor, which must outlive n, or, where it is NULL, pixel by pixel.
 * ERR_DATA for fewer than two. To be released in any case. */
int nearest_open(struct nearest *n, const struct score_how *how,
	const char *from, int w, int h, struct gan_extractor *extractor,
	struct err *e);
void nearest_release(struct nearest *n);

void nearest_find(
	struct nearest *n, const uint8_t *px, struct nearest_hit *hit);

#endif
