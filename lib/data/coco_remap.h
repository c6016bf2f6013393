/*
 * Any COCO file with its categories put together to three: upper 1, lower 2,
 * full 3. What is of no category that is mapped is left out; everything else
 * stays as it is, item by item, so that the file may be larger than memory.
 *
 *	struct coco_remap m;
 *	coco_remap_open(&m, "fashionpedia", &a, e);
 *	coco_remap_run(&m, in, "instances.json", stdout, e);
 *
 * Categories are found by name. The maps that are here are "fashionpedia"
 * (Jia et al., ECCV 2020), "modanet" (Zheng et al., ACM MM 2018) and
 * "deepfashion2"; any other is a file of lines
 *
 *	upper	t-shirt
 *	full	dress
 */
#ifndef DATA_COCO_REMAP_H
#define DATA_COCO_REMAP_H

#include <stdbool.h>
#include <stdio.h>
#include "base/arena.h"
#include "base/err.h"

enum { COCO_REMAP_MAX = 1000 };

struct coco_remap {
	struct arena *arena;
	struct {
		const char *name;
		int type; /* 1 upper, 2 lower, 3 full */
	} rule[COCO_REMAP_MAX];
	int n;
	long kept, dropped; /* annotations */
	bool renumbered;    /* one had the id 0, so that all got new ones */
};

/* A map by its name, or from a file. */
int coco_remap_open(
	struct coco_remap *m, const char *name, struct arena *a, struct err *e);
/* From a file that can be read again to another. ERR_DATA also where none of
 * its categories is mapped. */
int coco_remap_run(struct coco_remap *m, FILE *in, const char *name, FILE *out,
	struct err *e);

#endif
