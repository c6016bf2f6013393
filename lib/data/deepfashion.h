/*
 * DeepFashion's Category and Attribute Prediction Benchmark (Liu, Luo, Qiu,
 * Wang, Tang, "DeepFashion: Powering Robust Clothes Recognition and Retrieval
 * with Rich Annotations", CVPR 2016) as a coco: one box a picture.
 *
 *	DIR/Anno/list_bbox.txt			image_name x_1 y_1 x_2 y_2
 *	DIR/Anno/list_category_img.txt		image_name category_label
 *	DIR/Anno/list_category_cloth.txt	category_name category_type
 *	DIR/Eval/list_eval_partition.txt	image_name evaluation_status
 *	DIR/img/...				pictures, or DIR/Img/img/...
 *
 * Instead of Anno also Anno_coarse or Anno_fine. The files are joined by the
 * names of the images, whatever their order. Labels are rows of
 * list_category_cloth, from 1; types are 1 upper, 2 lower, 3 full. A box is
 * x1, y1, w = x2-x1, h = y2-y1, clipped to the picture.
 */
#ifndef DATA_DEEPFASHION_H
#define DATA_DEEPFASHION_H

#include <stdbool.h>
#include "base/arena.h"
#include "base/err.h"
#include "data/coco.h"

enum df_partition { DF_ALL, DF_TRAIN, DF_VAL, DF_TEST, DF_PARTITIONS };

/* "all", "train", "val" or "test"; -1 for anything else. */
int df_partition_named(const char *name);

/* What the data set has wrong. All but the last two cost the image. */
enum df_defect {
	DF_ROW,         /* a row that can't be read */
	DF_TWICE,       /* an image that a file lists twice: the first counts */
	DF_NO_CATEGORY, /* no label, or one that is not in the table */
	DF_NO_PARTITION,
	DF_NO_BOX,
	DF_PICTURE,  /* not there, or not a JPEG or PNG */
	DF_NEGATIVE, /* x2 < x1 or y2 < y1 */
	DF_EMPTY,    /* x2 = x1 or y2 = y1 */
	DF_OUTSIDE,  /* nothing of the box is in the picture */
	DF_CROSSING, /* something is not: clipped */
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

struct df_options {
	const char *dir;
	const char *root; /* pictures are below it; NULL: found in dir */
	enum df_partition partition;
	bool fifty;     /* the 50 categories; else 3: upper, lower, full */
	bool no_images; /* no pictures here: a size is the smallest that holds
			 * the box */
	/* Called for each defect; -1, with e filled, ends the reading. msg is
	 * "file:line: cause"; image may be "". */
	int (*defect)(void *arg, enum df_defect d, const char *image,
		const char *msg, struct err *e);
	/* Called for each row of boxes, of so many. May be NULL. */
	void (*progress)(void *arg, long done, long total);
	void *arg;
};

/* Everything in a. ERR_NOINPUT when a file or all pictures are missing,
 * ERR_DATA when a file is not what it should be or no image is left. */
int df_read(struct coco *c, const struct df_options *o, struct arena *a,
	struct err *e);

#endif
