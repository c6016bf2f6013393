/*
 * A COCO file taken apart: a record an image, with all that the file says of
 * it. The file is indexed (coco_read_from), then read again item by item, so
 * that it may be larger than memory.
 *
 *	FILE *f = file_open_again(path, e);
 *	coco_read_from(&c, f, path, COCO_NEED_FILES | COCO_KEEP_REST, &a, e);
 *	for (int i = 0; i < c.nimages; i++)
 *		coco_print_record(&line, &c, i, f, e);
 *
 * COCO's keys stay what they are (coco_keys.h); what is not of one image, the
 * categories and "info", is in the first record as "coco_file". Of a box, area
 * and segmentation are left out where they are those of its rectangle, and an
 * iscrowd of 0: what coco_gather.h puts there by itself.
 */
#ifndef DATA_COCO_RECORDS_H
#define DATA_COCO_RECORDS_H

#include <stdio.h>
#include "base/buf.h"
#include "base/err.h"
#include "data/coco.h"

/* The record of image i, which has a file name, without a newline: b is
 * cleared before. f is the file that c was read from. */
int coco_print_record(
	struct buf *b, const struct coco *c, int i, FILE *f, struct err *e);

/* x, y, x2, y, x2, y2, x, y2: the polygon of a box. */
void coco_rectangle(const double box[4], double corners[8]);

#endif
