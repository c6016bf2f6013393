/*
 * The proposals of a batch, from what the network says of it: on the device,
 * where that can choose them, so that the host reads no more than those that
 * are left; else by the host. They are the same but for rounding.
 *
 *	rcnn_features(m, t, x, &f);
 *	rcnn_features_propose(t, &f, n, view, &rule, p);
 *	rcnn_collect(p, n, 2000, t->arena);
 */
#ifndef RCNN_PROPOSE_H
#define RCNN_PROPOSE_H

#include "rcnn/model.h"
#include "rcnn/proposals.h"

/* Of all n pictures, each with its view: p[n], in the tape's arena. See
 * rcnn_propose. */
void rcnn_features_propose(struct nn_tape *t, const struct rcnn_features *f,
	int n, const struct rcnn_view *view,
	const struct rcnn_proposal_rule *rule, struct rcnn_proposals *p);

#endif
