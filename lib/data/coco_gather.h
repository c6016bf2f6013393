/*
 * Records put together to a COCO file. What they say waits in temporary files
 * until the end, when all ids are known; in memory stay a few bytes an image
 * and a box.
 *
 * Ids are those that the records bring, if all of them do; else images, and
 * boxes, are numbered from 1 as they come. Categories that bring no id get the
 * smallest that are free, in the order in which they come. With a truth, image
 * ids (by path) and categories (by name, or by id where a box has no name) are
 * the truth's. All other keys go where COCO has them (coco_keys.h); "info",
 * "licenses" and categories are those of the truth, or of the first record
 * that brings a "coco_file" (coco_records.h).
 *
 *	struct coco_gather g;
 *	coco_gather_init(&g, NULL, &a, e);
 *	coco_gather_add(&g, &r, e);		// a record at a time
 *	coco_gather_write(&g, stdout, e);
 *	coco_gather_release(&g);
 */
#ifndef DATA_COCO_GATHER_H
#define DATA_COCO_GATHER_H

#include <stdbool.h>
#include <stdio.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "data/coco.h"
#include "data/names.h"
#include "data/record.h"

struct coco_gather {
	struct arena *arena;
	const struct coco *truth; /* or NULL */
	struct names paths;       /* of the truth, or of the records */
	bool *given;              /* [truth images]: that record was there */
	struct json *rest;        /* of the file, or NULL */
	struct coco_category *categories; /* id 0: not known yet */
	int64_t *image;                   /* [nimages] their ids, or 0 */
	struct coco_gather_ann {
		int64_t id;          /* or 0 */
		int image, category; /* places */
	} * ann;                     /* [nanns] */
	int ncategories, nimages, nanns;
	int image_ids, ann_ids; /* how many brought theirs */
	FILE *images, *anns;    /* a line each: the object, ids left out */
	struct buf line;
};

/* The truth was read with COCO_NEED_FILES and COCO_KEEP_REST. -1 when two of
 * its images have one file name, or a temporary file cannot be made. */
int coco_gather_init(struct coco_gather *g, const struct coco *truth,
	struct arena *a, struct err *e);
void coco_gather_release(struct coco_gather *g);
/* ERR_DATA, and nothing added: a path that came before or that the truth has
 * not, a box without a category or with one that does not fit. */
int coco_gather_add(
	struct coco_gather *g, const struct record *r, struct err *e);
/* All of it. ERR_DATA when an id is there twice: then f is untouched. */
int coco_gather_write(struct coco_gather *g, FILE *f, struct err *e);

/* The boxes of one record as results, after a coco_gather_init with a truth.
 * ERR_DATA, and nothing added, as above or for a box without a score. */
int coco_gather_results(struct coco_gather *g, const struct record *r,
	struct coco_results *out, struct err *e);

#endif
