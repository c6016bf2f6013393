/*
 * DeepFashion (Liu, Luo, Qiu, Wang, Tang, "DeepFashion: Powering Robust
 * Clothes Recognition and Retrieval with Rich Annotations", CVPR 2016) as a
 * coco: one box a picture. Its four benchmarks are told apart by what files
 * there are and by the names of their columns:
 *
 *	DIR/Anno/list_bbox.txt			image_name x_1 y_1 x_2 y_2
 *	DIR/Anno/list_bbox_inshop.txt		... clothes_type ...
 *	DIR/Anno/list_bbox_consumer2shop.txt	... clothes_type ...
 *	DIR/Anno/list_category_img.txt		image_name category_label
 *	DIR/Anno/list_category_cloth.txt	category_name category_type
 *	DIR/Anno/list_landmarks.txt		image_name clothes_type ...
 *	DIR/Eval/list_eval_partition.txt	image_name evaluation_status
 *	DIR/img/...				pictures, or DIR/Img/img/...
 *
 * Instead of Anno also Anno_coarse or Anno_fine, of which the latter may have
 * train.txt, train_bbox.txt, train_cate.txt and so on instead: lists without
 * names of columns, joined line by line. All else is joined by the names of
 * the images, whatever their order.
 *
 * The type of a garment (1 upper, 2 lower, 3 full) is that of its category, a
 * label being a row of list_category_cloth, from 1; without categories that of
 * the boxes' clothes_type; without this that of the landmarks'.
 */
#ifndef DATA_DEEPFASHION_H
#define DATA_DEEPFASHION_H

#include <stdbool.h>
#include "base/arena.h"
#include "base/err.h"
#include "data/coco.h"

enum df_partition {
	DF_ALL,
	DF_TRAIN,
	DF_VAL,
	DF_TEST,
	DF_QUERY,
	DF_GALLERY,
	DF_PARTITIONS
};

/* "all", "train", "val", "test", "query" or "gallery"; -1 for anything else. */
int df_partition_named(const char *name);

/* What the data set has wrong. All but the last three cost the image. */
enum df_defect {
	DF_ROW,         /* a row that can't be read */
	DF_PATH,        /* a name that leads out of the folder */
	DF_TWICE,       /* an image that a file lists twice: the first counts */
	DF_NO_CATEGORY, /* no label, or one that is not in the table */
	DF_NO_PARTITION,
	DF_NO_BOX,
	DF_PICTURE,  /* not there, or not a JPEG or PNG */
	DF_NEGATIVE, /* x2 < x1 or y2 < y1 */
	DF_EMPTY,    /* x2 = x1 or y2 = y1 */
	DF_OUTSIDE,  /* nothing of the box is in the picture */
	DF_CROSSING, /* something is not: clipped */
	DF_TYPE,     /* clothes_type is not that of the category */
	DF_POLYGON,  /* outlines that are none: the rectangle instead */
	DF_COUNT,    /* the number of rows is not what the first line says */
	DF_DEFECTS
};

/* A word for it, for programs; and a few, for people. */
const char *df_defect_name(enum df_defect d);
const char *df_defect_words(enum df_defect d);
static inline bool df_defect_drops(enum df_defect d)
{
	return d < DF_CROSSING;
}
/* What is wrong with a box in a picture (w and h 0: of no known size);
 * DF_DEFECTS for nothing. */
enum df_defect df_box_defect(const double box[4], int64_t w, int64_t h);
/* A relative path that stays below where it begins. */
bool df_path_ok(const char *path);

struct df_options {
	const char *dir;
	const char *root;  /* pictures are below it; NULL: found in dir */
	const char *anno;  /* the folder in dir; NULL: found */
	const char *sizes; /* a cache of sizes, df_sizes.h; NULL: none */
	enum df_partition partition;
	int classes;    /* 3: upper, lower, full; else the categories */
	bool no_images; /* no pictures here: a size is the smallest that holds
			 * the box */
	bool inclusive; /* x2 and y2 are in the box: w = x2 - x1 + 1 */
	int threads;    /* that read pictures */
	/* Called for each defect; -1, with e filled, ends the reading. msg is
	 * "file:line: cause"; image may be "". */
	int (*defect)(void *arg, enum df_defect d, const char *image,
		const char *msg, struct err *e);
	/* Called now and then, with the rows of boxes so far, of so many. May
	 * be NULL. */
	void (*progress)(void *arg, long done, long total);
	void *arg;
};

/* Everything in a. ERR_NOINPUT when a file or all pictures are missing,
 * ERR_DATA when a file is not what it should be or no image is left. */
int df_read(struct coco *c, const struct df_options *o, struct arena *a,
	struct err *e);

#endif
