/* Shared by the parts of the evaluation: which detections find what
 * (cocoeval_match.c), by how sure they are (cocoeval_sort.c), and the figures
 * made of that (cocoeval.c). */
#ifndef DATA_COCOEVAL_INT_H
#define DATA_COCOEVAL_INT_H

#include <stdint.h>
#include "data/cocoeval.h"

enum {
	AREAS = 4,      /* all, small, medium, large */
	MAX_DETS = 100, /* detections an image and category */
	CUTS = 3        /* 1, 10, 100 of them */
};

/* Something with a score. */
struct cocoeval_scored {
	double score;
	int at;
};

/* The best first; of equal ones, those that come first stay first. tmp has
 * room for n too. */
void cocoeval_sort(
	struct cocoeval_scored *s, struct cocoeval_scored *tmp, int n);

/* A detection that was kept, with the outcome as a bit a threshold. */
struct cocoeval_hit {
	int in_image; /* detections of its image before it */
	uint16_t found[AREAS], ignored[AREAS];
};

/* The truths and detections of one category, image by image. */
struct cocoeval_class {
	const struct coco_ann **truth; /* of the image at hand */
	const struct coco_det **det;   /* [MAX_DETS] its best */
	int ntruth, ndet;
	struct cocoeval_hit *hit;    /* [nhit] of all images so far */
	struct cocoeval_scored *by;  /* [nhit] their scores */
	struct cocoeval_scored *tmp; /* as many */
	int nhit;
	int positives[AREAS]; /* truths that count */
	struct arena *arena;
};

/* Match the image at hand, whose detections have the best first, and append
 * the hits. */
void cocoeval_match(struct cocoeval_class *c);

#endif
