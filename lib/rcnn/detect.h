/* Using a trained model: the objects of a batch of photographs. */
#ifndef RCNN_DETECT_H
#define RCNN_DETECT_H

#include "rcnn/model.h"
#include "rcnn/postprocess.h"

/*
 * Look at n photographs, x: n h w 3, padded, as `sight` says of each, and add
 * what may be objects to the candidates all[0..n-1], in the arena, from which
 * rcnn_choose chooses. None depends on its neighbours but by rounding.
 */
void rcnn_look(struct rcnn_model *m, struct nn_tape *t, struct nn_tensor *x,
	const struct rcnn_sight *sight, const struct rcnn_detect_rule *rule,
	struct arena *a, struct rcnn_found *const *all);

/* The same in the features of x, which stay. */
void rcnn_look_in(struct rcnn_model *m, struct nn_tape *t,
	const struct nn_tensor *x, struct rcnn_features *f,
	const struct rcnn_sight *sight, const struct rcnn_detect_rule *rule,
	struct arena *a, struct rcnn_found *const *all);

/* Both for one photograph that is looked at once; the list lives in the tape's
 * arena. */
void rcnn_detect(struct rcnn_model *m, struct nn_tape *t, struct nn_tensor *x,
	const struct rcnn_sight *sight, const struct rcnn_detect_rule *rule,
	struct rcnn_found *found);

#endif
