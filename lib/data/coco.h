/*
 * COCO's JSON for boxes: pictures, categories and annotated boxes as plain
 * arrays, read from a file or built, and written again. (Format:
 * cocodataset.org, "Data format", 1. Object Detection.)
 *
 *	struct arena a = {0};
 *	struct coco c;
 *	if (coco_read(&c, "train.json", COCO_NEED_FILES, &a, e))
 *		return -1;
 *	for (int i = 0; i < c.nimages; i++)
 *		for (int j = c.first[i]; j < c.first[i + 1]; j++)
 *			use(&c.images[i], &c.anns[j]);
 *
 * Boxes are x, y, w, h in pixels from the top left corner, w = x2 - x1. They
 * are kept as they are in the file, outside of their picture or not:
 * coco_box_defect tells what is wrong with one, coco_box_clip mends.
 */
#ifndef DATA_COCO_H
#define DATA_COCO_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "base/arena.h"
#include "base/err.h"
#include "json/json.h"

/* Where in its file an item is: n 0, nowhere. */
struct coco_span {
	int64_t at;
	int64_t n;
};

struct coco_image {
	int64_t id, width, height; /* sizes 0: not known */
	const char *file;          /* relative; NULL: not given */
	struct coco_span span;
};

struct coco_ann {
	int64_t id, image_id, category_id;
	int image, category; /* places in images and categories */
	double box[4];       /* x, y, w, h */
	double area;         /* as annotated; w * h where it isn't */
	bool crowd, ignore;
	/* Its JSON, to be written; NULL: the box's rectangle. coco_read leaves
	 * it in the file. */
	const char *segmentation;
	struct coco_span span;
};

/* A category's class number is its place + 1: Detectron's contiguous ids, 0
 * being the background. */
struct coco_category {
	int64_t id;
	const char *name, *super; /* super NULL: not given */
};

/* Where an id is: such arrays are in the order of the ids. */
struct coco_place {
	int64_t id;
	int at;
};

struct coco {
	const char *path;                 /* where it came from, for messages */
	struct coco_image *images;        /* in the order of the file */
	struct coco_ann *anns;            /* by image, then as in the file */
	struct coco_category *categories; /* by id */
	int nimages, nanns, ncategories;
	int *first; /* [nimages + 1]: anns of image i begin here */
	struct coco_place *image_ids; /* [nimages] */
	/* What else the file has, "info", "licenses" and so on, and its
	 * "categories" as they are there; with COCO_KEEP_REST, else NULL. */
	struct json *rest;
};

/* What a file must have besides ids and boxes, and what is kept. */
enum { COCO_NEED_FILES = 1, COCO_NEED_SIZES = 2, COCO_KEEP_REST = 4 };

/*
 * Read a file, "-" for standard input; everything is allocated in a. ERR_DATA
 * for JSON that is none, missing keys, ids that are there twice, references to
 * what isn't there; the message names the file and the line or id. A missing
 * area is w * h, a missing iscrowd 0, a missing name of a category its id.
 */
int coco_read(struct coco *c, const char *path, unsigned need, struct arena *a,
	struct err *e);

/* The same from an open file, which stays open, called name. */
int coco_read_from(struct coco *c, FILE *f, const char *name, unsigned need,
	struct arena *a, struct err *e);
/* An item of that file, with all of its keys. NULL with an error. */
struct json *coco_item(
	FILE *f, struct coco_span at, struct arena *a, struct err *e);

/* What can be wrong with an item of a file. */
enum coco_fault {
	COCO_FAULT_ITEM,  /* a key is missing, or is not what it should be */
	COCO_FAULT_TWICE, /* an id that another has */
	COCO_FAULT_LOST   /* its image or its category is not there */
};

/* Who is told of such items, all of them, which are left out then; of ids that
 * are there twice the first is kept. msg is complete, with the file. */
struct coco_faults {
	void (*tell)(void *arg, enum coco_fault kind, const char *msg);
	void *arg;
};

/* coco_read for a file of which only that is an error that makes all of it
 * unreadable. */
int coco_read_faulty(struct coco *c, const char *path, unsigned need,
	const struct coco_faults *faults, struct arena *a, struct err *e);

/* The place of an image, or of a category by its id or name; -1: none. */
int coco_image_at(const struct coco *c, int64_t id);
int coco_category_at(const struct coco *c, int64_t id);
int coco_category_named(const struct coco *c, const char *name);

/* ERR_DATA when a photograph is not as large as its image says: boxes would be
 * elsewhere. One of which no size is told may have any. */
int coco_check_size(const struct coco *c, const struct coco_image *im,
	const char *photo, int w, int h, struct err *e);

/*
 * To build one: add in any order, references by id; coco_build ends it. What
 * is added is copied, except strings, which must live as long as the coco.
 */
struct coco_builder {
	struct coco_image *images;
	struct coco_ann *anns;
	struct coco_category *categories;
	int nimages, nanns, ncategories;
	const struct coco_faults *faults; /* NULL: they are errors */
};

void coco_add_image(struct coco_builder *b, const struct coco_image *im);
void coco_add_ann(struct coco_builder *b, const struct coco_ann *ann);
void coco_add_category(
	struct coco_builder *b, const struct coco_category *category);
/* Sort, check and index into c; b is released either way. path is what
 * messages call it. */
int coco_build(struct coco *c, struct coco_builder *b, const char *path,
	struct arena *a, struct err *e);
void coco_builder_release(struct coco_builder *b);

/*
 * Write it, a line an item, the same bytes for the same content, with all
 * that Detectron, pycocotools and CVAT ask for: info, licenses, a
 * segmentation (the box's rectangle), area, iscrowd, supercategory.
 */
int coco_write(const struct coco *c, const char *description, int threads,
	FILE *f, struct err *e);

/* What can be wrong with a box, worst first. */
enum coco_defect {
	COCO_BOX_GOOD,
	COCO_BOX_NOT_FINITE,
	COCO_BOX_NEGATIVE, /* w or h below 0 */
	COCO_BOX_EMPTY,    /* w or h is 0 */
	COCO_BOX_OUTSIDE,  /* all of it outside of the picture */
	COCO_BOX_CROSSING, /* a part of it */
	COCO_BOX_DEFECTS
};

/* width and height 0: not known, so that no box is outside. */
enum coco_defect coco_box_defect(
	const double box[4], int64_t width, int64_t height);
const char *coco_defect_name(enum coco_defect d);
/* Cut a box to the picture. Boxes outside of it get w or h 0. */
void coco_box_clip(double box[4], int64_t width, int64_t height);

/*
 * Detections, as a COCO results file has them: a bare array of {"image_id",
 * "category_id", "bbox", "score"}.
 */
struct coco_det {
	int image, category; /* places in the ground truth */
	double box[4];
	double score;
};

struct coco_dets {
	struct coco_det *det; /* in the order of the file */
	int n;
	int unknown; /* skipped: of categories that the ground truth hasn't */
};

/* ERR_DATA also for an image that the ground truth hasn't. */
int coco_read_dets(struct coco_dets *d, const struct coco *truth,
	const char *path, struct arena *a, struct err *e);

/* The same file, written: begin, any number of detections, end. */
struct coco_results {
	FILE *f;
	bool any;
};

void coco_results_begin(struct coco_results *r, FILE *f);
void coco_results_add(struct coco_results *r, int64_t image_id,
	int64_t category_id, const double box[4], double score);
/* -1 with ERR_IO when any of it could not be written. */
int coco_results_end(struct coco_results *r, struct err *e);

#endif
