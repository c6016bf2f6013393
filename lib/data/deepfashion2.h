/*
 * DeepFashion2 (Ge, Zhang, Wu, Wang, Tang, Luo, "DeepFashion2: A Versatile
 * Benchmark for Detection, Pose Estimation, Segmentation and Re-Identification
 * of Clothing Images", CVPR 2019) as a coco: the garments of a picture are in
 * a JSON file of its own.
 *
 *	DIR/annos/000001.json	{"source": ..., "item1": {"category_id": 1,
 *				"bounding_box": [x1, y1, x2, y2], ...}, ...}
 *	DIR/image/000001.jpg
 *
 * DIR is one of its parts, train or validation. With 3 classes the categories
 * 1 to 6 are upper, 7 to 9 lower, 10 to 13 full; else there are the 13.
 */
#ifndef DATA_DEEPFASHION2_H
#define DATA_DEEPFASHION2_H

#include "data/deepfashion.h"

enum { DF2_CLASSES = 13 };

/* By dir, root, sizes, classes, no_images, inclusive, threads, defect and
 * progress of the options. Defects and errors are those of df_read; a box that
 * is dropped costs no image here. */
int df2_read(struct coco *c, const struct df_options *o, struct arena *a,
	struct err *e);

#endif
