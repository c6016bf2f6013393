/* Using a trained model: the objects of one picture. */
#ifndef RCNN_DETECT_H
#define RCNN_DETECT_H

#include "rcnn/model.h"
#include "rcnn/postprocess.h"

/*
 * x: 1 h w 3, padded; the original is photo_w x photo_h pixels and was scaled
 * by `scale`. The detections, highest score first, live in the tape's arena;
 * their number is returned.
 */
int rcnn_detect(struct rcnn_model *m, struct nn_tape *t, struct nn_tensor *x,
	float photo_w, float photo_h, float scale,
	const struct rcnn_detect_rule *rule, struct rcnn_detection **out);

#endif
