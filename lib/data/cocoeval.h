/*
 * How good detections are: the twelve figures of COCO for boxes, the same
 * doubles as pycocotools' COCOeval gives (cocodataset/cocoapi,
 * PythonAPI/pycocotools/cocoeval.py), its order of additions included.
 *
 *	struct cocoeval v;
 *	cocoeval_run(&v, &truth, dets.det, dets.n, &a);
 *	cocoeval_print(&v, stdout);
 *	double ap50 = v.figure[COCOEVAL_AP50];
 *
 * What its users should know: a detection is compared by intersection over
 * union with the truth of its image and category, the best score first, at
 * most 100 of them; a crowd, or a box whose annotated area is out of the
 * range, neither helps nor hurts; what can't be measured, since no box of the
 * kind is in the truth, is -1. A truth whose annotation id is 0 counts as
 * never found, as it does there.
 */
#ifndef DATA_COCOEVAL_H
#define DATA_COCOEVAL_H

#include <stdio.h>
#include "base/arena.h"
#include "data/coco.h"

enum cocoeval_figure {
	COCOEVAL_AP, /* mean over IoU 0.50, 0.55, ... 0.95 */
	COCOEVAL_AP50,
	COCOEVAL_AP75,
	COCOEVAL_AP_SMALL,  /* area up to 32^2 */
	COCOEVAL_AP_MEDIUM, /* up to 96^2 */
	COCOEVAL_AP_LARGE,
	COCOEVAL_AR1, /* with one detection an image */
	COCOEVAL_AR10,
	COCOEVAL_AR100,
	COCOEVAL_AR_SMALL,
	COCOEVAL_AR_MEDIUM,
	COCOEVAL_AR_LARGE,
	COCOEVAL_FIGURES
};

struct cocoeval {
	double figure[COCOEVAL_FIGURES]; /* 0..1, or -1 */
	double *ap, *ap50;               /* by category: truth->ncategories */
};

/* Evaluate n detections, with finite scores; v's arrays are in a, which is
 * also used for some MB of scratch that is given back. */
void cocoeval_run(struct cocoeval *v, const struct coco *truth,
	const struct coco_det *det, int n, struct arena *a);

/* A short name, "AP50", for metrics. */
const char *cocoeval_name(enum cocoeval_figure i);

/* The twelve lines of pycocotools' summarize(). */
void cocoeval_print(const struct cocoeval *v, FILE *f);

#endif
