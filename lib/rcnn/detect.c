#include "rcnn/detect.h"

int rcnn_detect(struct rcnn_model *m, struct nn_tape *t, struct nn_tensor *x,
	float photo_w, float photo_h, float scale,
	const struct rcnn_detect_rule *rule, struct rcnn_detection **out)
{
	const struct rcnn_config *c = &m->config;
	struct rcnn_proposal_rule propose =
		rcnn_config_proposal_rule(&c->test_rpn);
	/* In tests Detectron clips proposals to the padded picture. */
	struct rcnn_view view = {(float)x->dim[2], (float)x->dim[1], scale};
	struct nn_tensor *logits, *deltas;
	struct rcnn_features f;
	struct rcnn_proposals p;
	struct rcnn_regions r;

	rcnn_features(m, t, x, &f);
	rcnn_features_propose(&f, 0, &view, &propose, t->arena, &p);
	rcnn_collect(&p, 1, rcnn_config_collect(c, &c->test_rpn), t->arena);
	if (!p.n) {
		*out = NULL;
		return 0;
	}
	r.n = p.n;
	r.roi = p.box;
	r.image = arena_zero(t->arena, (size_t)p.n, sizeof *r.image);
	rcnn_head(m, t, &f, &r, &logits, &deltas);
	rcnn_features_drop(t, &f);
	return rcnn_detections(p.box, p.n, logits->data, deltas->data, photo_w,
		photo_h, scale, rule, t->arena, out);
}
