/*
 * How good detections are: the twelve figures of COCO for boxes, the same
 * doubles as pycocotools' COCOeval gives (cocodataset/cocoapi,
 * PythonAPI/pycocotools/cocoeval.py), its order of additions included.
 *
 *	struct cocoeval v;
 *	cocoeval_run(&v, &truth, dets.det, dets.n, 1, &a);
 *	cocoeval_print(&v, stdout);
 *	double ap50 = v.figure[COCOEVAL_AP50];
 *
 * What its users should know: a detection is compared by intersection over
 * union with the truth of its image and category, the best score first, at
 * most 100 of them; a crowd, or a box whose annotated area is out of the
 * range, neither helps nor hurts; what can't be measured, since no box of the
 * kind is in the truth, is -1. A truth whose annotation id is 0 counts as
 * never found, and one with "ignore" but without "iscrowd" counts like any
 * other, as they do there.
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

enum {
	COCOEVAL_THRESHOLDS = 10, /* of the IoU: 0.50, 0.55, ... 0.95 */
	COCOEVAL_RECALLS = 101    /* 0, 0.01, ... 1: where precision is read */
};

struct cocoeval {
	double figure[COCOEVAL_FIGURES]; /* 0..1, or -1 */
	int ncategories;                 /* the truth's */
	double *ap, *ap50;               /* by category */
	/* Boxes of all areas, up to 100 an image and category. */
	double *recall;    /* [COCOEVAL_THRESHOLDS][ncategories] */
	double *precision; /* [COCOEVAL_THRESHOLDS][COCOEVAL_RECALLS]
			    * [ncategories] */
	int *truths;       /* by category: how many count */
};

/* Evaluate n detections, with finite scores, in so many threads; v's arrays
 * are in a, which is also used for scratch that is given back. */
void cocoeval_run(struct cocoeval *v, const struct coco *truth,
	const struct coco_det *det, int n, int threads, struct arena *a);

/* The mean of what is known, -1 if nothing is: of a category at a threshold
 * (0 is 0.50), and of all categories at one. */
double cocoeval_ap_at(const struct cocoeval *v, int category, int threshold);
double cocoeval_mean_ap_at(const struct cocoeval *v, int threshold);

/* 0.50, 0.55, ... 0.95, as one writes them. */
double cocoeval_threshold(int i);

/* Precision at the 101 recalls as records, one a category and threshold; and
 * as a script for gnuplot that draws them as SVG. Categories without a truth
 * are left out. -1 with ERR_IO. */
int cocoeval_print_curves(const struct cocoeval *v, const struct coco *truth,
	FILE *f, struct err *e);
int cocoeval_print_plot(const struct cocoeval *v, const struct coco *truth,
	FILE *f, struct err *e);

/* A short name, "AP50", for metrics. */
const char *cocoeval_name(enum cocoeval_figure i);

/* The twelve lines of pycocotools' summarize(). */
void cocoeval_print(const struct cocoeval *v, FILE *f);

#endif
