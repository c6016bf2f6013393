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

/* The same as the device has it, which must be able to: */
struct rcnn_proposed {
	struct nn_tensor *proposal; /* n levels rule->after: nn_proposal */
	struct nn_tensor *count;    /* n levels */
	struct nn_tensor *view;     /* n: nn_propose_view */
};
bool rcnn_can_propose(
	const struct nn_backend *be, const struct rcnn_proposal_rule *rule);
struct rcnn_proposed rcnn_propose_there(struct nn_tape *t,
	const struct rcnn_features *f, int n, const struct rcnn_view *view,
	const struct rcnn_proposal_rule *rule);
void rcnn_proposed_drop(struct nn_tape *t, const struct rcnn_proposed *p);

/* A level as the device is told of it. */
struct nn_propose_level rcnn_propose_level(
	const struct rcnn_level *l, const void *logit, const void *delta);

/* What a device is to choose among them, as far as the configuration says it:
 * proposals, views, levels. */
struct nn_choose rcnn_config_choose(const struct rcnn_config *c,
	const struct rcnn_features *f, const struct rcnn_proposed *p, int n,
	const struct rcnn_proposal_rule *rule);

#endif
