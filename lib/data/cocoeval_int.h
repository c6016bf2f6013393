/* Shared by the two halves of the evaluation: which detections find what
 * (cocoeval_match.c), and the figures made of that (cocoeval.c). */
#ifndef DATA_COCOEVAL_INT_H
#define DATA_COCOEVAL_INT_H

#include <stdint.h>
#include "data/cocoeval.h"

enum {
	AREAS = 4,       /* all, small, medium, large */
	THRESHOLDS = 10, /* of the intersection over union */
	RECALLS = 101,   /* where precision is read off */
	MAX_DETS = 100,  /* detections an image and category */
	CUTS = 3         /* 1, 10, 100 of them */
};

/* A truth or a detection in the order of evaluation. */
struct cocoeval_entry {
	int category, rank; /* rank: the image's, in the order of the ids */
	double score;
	int at; /* in the list that it came from */
};

/* A detection that was kept, with the outcome as a bit a threshold. */
struct cocoeval_hit {
	double score;
	int order;    /* as concatenated: by image, then by score */
	int in_image; /* detections of its image before it */
	uint16_t found[AREAS], ignored[AREAS];
};

struct cocoeval_state {
	const struct coco *truth;
	const struct coco_det *det;
	struct cocoeval_entry *truths, *dets;
	int ntruths, ndets;
	struct cocoeval_hit *hits; /* of the category at hand */
	int nhits;
	int positives[AREAS]; /* truths that count */
	double *precision;    /* [AREAS][THRESHOLDS][RECALLS][categories] */
	double *recall;       /* [AREAS][CUTS][THRESHOLDS][categories] */
	struct arena *arena;
};

/*
 * Match the truths g0..g1-1 and detections d0..d1-1, those of one image and
 * category, and append the hits.
 */
void cocoeval_match(struct cocoeval_state *v, int g0, int g1, int d0, int d1);

#endif
