/* Shared by the parts of DeepFashion's reader: the tables that say something
 * about images (deepfashion.c), the boxes (df_boxes.c), the lists of Anno_fine
 * (df_fine.c). */
#ifndef DATA_DF_INT_H
#define DATA_DF_INT_H

#include "data/deepfashion.h"
#include "data/df_table.h"
#include "data/names.h"

/* Coordinates are pixels of pictures that img_size accepts, give or take. */
enum { DF_FAR = 1000000, DF_CATEGORIES_MAX = 250, DF_TYPES = 3 };

/* What the files say about an image; 0: nothing. */
struct df_facts {
	uint8_t partition; /* enum df_partition */
	uint8_t label;
	uint8_t type; /* clothes_type */
	bool boxed;
};

/* A box that waits for the size of its picture. */
struct df_row {
	int image; /* in names */
	long line;
	double box[4];
};

struct df_join {
	const struct df_options *o;
	struct arena *arena;
	struct names names; /* of images */
	struct df_facts *facts;
	int cap, next; /* next: the name that probably comes next */
	char *pool;    /* room for more names */
	size_t left;
	int ncategories;                     /* 0: types alone */
	uint8_t type[DF_CATEGORIES_MAX + 1]; /* by label */
	const char *root;
	const char *boxes; /* the file of the boxes, for messages */
	struct df_row *row;
	int nrows;
	struct coco_builder b;
};

/* Report a defect; 0 to go on. msg is complete. */
int df_report(const struct df_join *j, enum df_defect d, const char *msg,
	const char *image, struct err *e);
/* The same for a line of a file; why may be NULL. */
int df_report_at(const struct df_join *j, enum df_defect d, const char *path,
	long line, const char *image, const char *why, struct err *e);

/* A row that could not be read: a defect, or the end of all. */
int df_bad_row(const struct df_join *j, const struct err *why, struct err *e);

/* The number of an image; what is known of it is facts[number]. */
int df_image(struct df_join *j, const char *name);

/* The path of a file in DIR/Anno... or DIR/Eval, NULL when it isn't there. */
const char *df_find(const struct df_join *j, const char *name);

/* Labels, types or partitions, a number each from 1, of which the first that
 * an image gets counts. */
int df_take(struct df_join *j, const char *path, long line, const char *image,
	uint8_t *fact, int value, struct err *e);
int df_take_label(struct df_join *j, const struct df_table *t,
	const char *image, const char *value, struct err *e);
/* A row of boxes: x1, y1, x2, y2 as they are in the file. */
int df_take_box(struct df_join *j, const struct df_table *t, const char *image,
	const char *const value[4], struct err *e);

/* Read all boxes, from a table or from Anno_fine's lists. */
int df_read_boxes(struct df_join *j, struct err *e);
bool df_has_fine(const struct df_join *j);
int df_read_fine(struct df_join *j, struct err *e);
/* Make images and annotations of the rows. */
int df_end_boxes(struct df_join *j, struct err *e);

#endif
