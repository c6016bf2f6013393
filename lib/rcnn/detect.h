/* Using a trained model: the objects of a batch of photographs. */
#ifndef RCNN_DETECT_H
#define RCNN_DETECT_H

#include "rcnn/model.h"
#include "rcnn/postprocess.h"

/* The detections of one photograph, highest score first. */
struct rcnn_found {
	int n;
	struct rcnn_detection *list;
};

/* x: n h w 3, padded, of n photographs; sight and found: n. The lists live in
 * the tape's arena. */
void rcnn_detect(struct rcnn_model *m, struct nn_tape *t, struct nn_tensor *x,
	const struct rcnn_sight *sight, const struct rcnn_detect_rule *rule,
	struct rcnn_found *found);

/* The same from the features of x, which stay. */
void rcnn_detect_in(struct rcnn_model *m, struct nn_tape *t,
	const struct nn_tensor *x, const struct rcnn_features *f,
	const struct rcnn_sight *sight, const struct rcnn_detect_rule *rule,
	struct rcnn_found *found);

#endif
