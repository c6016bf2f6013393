#include "app/look.h"

#include <stdio.h>
#include <string.h>

static int set_key(struct rcnn_config *c, const char *option, const char *key,
	const char *value, struct err *e)
{
	if (!keys_set(keys_find(rcnn_keys, key), c, value, e))
		return 0;
	if (e)
		e->code = ERR_USAGE;
	return err_wrap(e, "--%s", option);
}

static int set_looks(
	const struct look_options *o, struct rcnn_config *c, struct err *e)
{
	if (!c->bbox_aug) {
		c->aug_flip = c->aug_scale_flip = false;
		c->aug_scales.n = 0;
	}
	if (o->flip)
		c->aug_flip = c->aug_scale_flip = true;
	if (o->flip || o->scales)
		c->bbox_aug = true;
	if (!o->scales)
		return 0;
	return set_key(c, "scales", "TEST.BBOX_AUG.SCALES", o->scales, e);
}

static int set_vote(
	const struct look_options *o, struct rcnn_config *c, struct err *e)
{
	const char *beta = o->vote_score ? strchr(o->vote_score, ':') : NULL;
	char method[32];

	if (!c->bbox_vote) {
		snprintf(c->vote_scoring, sizeof c->vote_scoring, "%s",
			rcnn_config_default.vote_scoring);
		c->vote_beta = rcnn_config_default.vote_beta;
	}
	if (o->vote > 0) {
		c->bbox_vote = true;
		c->vote_thresh = o->vote;
	}
	if (!o->vote_score)
		return 0;
	if (!c->bbox_vote)
		return err_set(e, ERR_USAGE, "--vote-score wants --vote");
	snprintf(method, sizeof method, "%.*s",
		(int)strcspn(o->vote_score, ":"), o->vote_score);
	if (beta && set_key(c, "vote-score",
			    "TEST.BBOX_VOTE.SCORING_METHOD_BETA", beta + 1, e))
		return -1;
	return set_key(
		c, "vote-score", "TEST.BBOX_VOTE.SCORING_METHOD", method, e);
}

int look_options_set(
	const struct look_options *o, struct rcnn_config *c, struct err *e)
{
	if (set_looks(o, c, e) || set_vote(o, c, e))
		return -1;
	if (o->soft_nms) {
		c->soft_nms = true;
		if (set_key(c, "soft-nms", "TEST.SOFT_NMS.METHOD", o->soft_nms,
			    e))
			return -1;
	}
	if (!rcnn_config_check(c, e))
		return 0;
	if (e)
		e->code = ERR_USAGE;
	return -1;
}
