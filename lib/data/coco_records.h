/*
 * Between COCO files and records: a record an image, and back. What COCO has
 * more goes through as keys of its own ("image_id" in a record; "id", "area",
 * "iscrowd" and "ignore" in a box), so that a file that is taken apart and put
 * together again means the same.
 */
#ifndef DATA_COCO_RECORDS_H
#define DATA_COCO_RECORDS_H

#include <stdbool.h>
#include "base/arena.h"
#include "base/err.h"
#include "data/coco.h"
#include "data/names.h"
#include "data/record.h"

/* The record of image i, which has a file name, in a. */
void coco_to_record(
	struct record *r, const struct coco *c, int i, struct arena *a);

/*
 * Records gathered into a coco. Ids are those that the records bring, if all
 * of them do; else images, and boxes, are numbered from 1 as they come.
 * Categories that bring no id get the smallest that are free, in the order in
 * which they come. With a truth, image ids (by path) and categories (by name,
 * or by id where a box has no name) are the truth's.
 *
 *	struct coco_gather g;
 *	coco_gather_init(&g, NULL, &a, e);
 *	coco_gather_add(&g, &r, e);		// a record at a time
 *	coco_gather_end(&g, &c, e);
 */
struct coco_gather {
	struct arena *arena;
	const struct coco *truth; /* or NULL */
	struct names paths;       /* of the truth, or of the records */
	bool *given;              /* [truth images]: that record was there */
	struct coco_builder b;    /* references are places, till the end */
	int image_ids, ann_ids;   /* how many brought theirs */
};

/* -1 when two images of the truth have one file name. */
int coco_gather_init(struct coco_gather *g, const struct coco *truth,
	struct arena *a, struct err *e);
/* ERR_DATA, and nothing added: a path that came before or that the truth has
 * not, a box without a category or with one that does not fit. */
int coco_gather_add(
	struct coco_gather *g, const struct record *r, struct err *e);
/* All of it as a coco in g's arena; g is released either way. */
int coco_gather_end(struct coco_gather *g, struct coco *c, struct err *e);

/* The boxes of one record as results, after a coco_gather_init with a truth.
 * ERR_DATA, and nothing added, as above or for a box without a score. */
int coco_gather_results(struct coco_gather *g, const struct record *r,
	struct coco_results *out, struct err *e);

#endif
