#include "rcnn/config.h"
#include "rcnn/schedule.h"

#include <string.h>

/* A truth value that has to be what it has to be. */
struct demand {
	bool is, must;
	const char *key, *why;
};

static int check_demands(const struct rcnn_config *c, struct err *e)
{
	const struct demand demands[] = {
		{c->retinanet_on, false, "RETINANET.RETINANET_ON",
			"RetinaNet is not here"},
		{c->mask_on, false, "MODEL.MASK_ON", "masks are not here"},
		{c->keypoints_on, false, "MODEL.KEYPOINTS_ON",
			"keypoints are not here"},
		{c->rpn_only, false, "MODEL.RPN_ONLY",
			"the box head is always trained"},
		{c->faster_rcnn, true, "MODEL.FASTER_RCNN",
			"proposals are always our own"},
		{c->fpn_on, true, "FPN.FPN_ON", "every body has a pyramid"},
		{c->multilevel_rois, true, "FPN.MULTILEVEL_ROIS",
			"every body has a pyramid"},
		{c->multilevel_rpn, true, "FPN.MULTILEVEL_RPN",
			"every body has a pyramid"},
		{c->extra_conv_levels, false, "FPN.EXTRA_CONV_LEVELS",
			"that is RetinaNet's"},
		{c->zero_init_lateral, false, "FPN.ZERO_INIT_LATERAL",
			"laterals begin as Detectron's files have them"},
		{c->fpn_use_gn, false, "FPN.USE_GN",
			"norms are chosen by MODEL.NORM"},
		{c->bbox_reg, true, "TEST.BBOX_REG",
			"boxes are always refined"},
	};

	for (size_t i = 0; i < sizeof demands / sizeof *demands; i++) {
		const struct demand *d = &demands[i];

		if (d->is != d->must)
			return err_set(e, ERR_CONFIG, "%s must be %s: %s",
				d->key, d->must ? "True" : "False", d->why);
	}
	return 0;
}

/* A name out of a few; names are separated by single blanks. */
static int check_name(
	const char *key, const char *is, const char *names, struct err *e)
{
	size_t n = strcspn(is, " ");

	for (const char *s = names; n && !is[n] && s; s = strchr(s, ' ')) {
		s += *s == ' ';
		if (!strncmp(s, is, n) && (s[n] == ' ' || !s[n]))
			return 0;
	}
	return err_set(
		e, ERR_CONFIG, "%s: '%s' is none of: %s", key, is, names);
}

static int check_names(const struct rcnn_config *c, struct err *e)
{
	const struct {
		const char *key, *is, *names;
	} choices[] = {
		{"MODEL.TYPE", c->type, "generalized_rcnn"},
		{"MODEL.NORM", c->norm, "affine batch group"},
		{"MODEL.CONVENTIONS", c->conventions,
			"detectron torchvision detectron2"},
		{"PIXEL_ORDER", c->pixel_order, "bgr rgb"},
		{"RESNETS.TRANS_FUNC", c->trans_func,
			"bottleneck_transformation"},
		{"RESNETS.STEM_FUNC", c->stem_func, "basic_bn_stem"},
		{"RESNETS.SHORTCUT_FUNC", c->shortcut_func,
			"basic_bn_shortcut"},
		{"FAST_RCNN.ROI_BOX_HEAD", c->roi_box_head,
			"fast_rcnn_heads.add_roi_2mlp_head"},
		{"FAST_RCNN.ROI_XFORM_METHOD", c->roi_xform_method, "RoIAlign"},
		{"SOLVER.TYPE", c->solver_type, "sgd adam"},
		{"SOLVER.LR_POLICY", c->lr_policy,
			"step steps_with_decay steps_with_lrs cosine "
			"cosine_decay"},
		{"TEST.BBOX_AUG.SCORE_HEUR", c->aug_score_heur, "UNION"},
		{"TEST.BBOX_AUG.COORD_HEUR", c->aug_coord_heur, "UNION"},
		{"TEST.SOFT_NMS.METHOD", c->soft_nms_method, "linear gaussian"},
		{"TEST.BBOX_VOTE.SCORING_METHOD", c->vote_scoring,
			"ID TEMP_AVG AVG IOU_AVG GENERALIZED_AVG QUASI_SUM"},
		{"SOLVER.WARM_UP_METHOD", c->warm_up_method, "constant linear"},
		{"TRAIN.BAD_BOXES", c->bad_boxes, "fix drop fail"},
		{"TRAIN.LINT", c->lint, "annotations headers photos"},
	};

	for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
		if (check_name(
			    choices[i].key, choices[i].is, choices[i].names, e))
			return -1;
	if (!c->vote_beta && strcmp(c->vote_scoring, "QUASI_SUM"))
		return err_set(e, ERR_CONFIG,
			"TEST.BBOX_VOTE.SCORING_METHOD_BETA may be 0 with "
			"QUASI_SUM only");
	return 0;
}

static int check_body(const struct rcnn_config *c, struct err *e)
{
	const struct rcnn_body *body = rcnn_config_body(c);

	if (!body)
		return err_set(e, ERR_CONFIG,
			"MODEL.CONV_BODY: '%s' is none of "
			"FPN.add_fpn_ResNetN_conv5_body with N of 18, 34, 50, "
			"101, 152",
			c->conv_body);
	if (!body->bottleneck && c->num_groups != 1)
		return err_set(e, ERR_CONFIG,
			"RESNETS.NUM_GROUPS: %s has no groups", c->conv_body);
	if (c->res5_dilation != 1)
		return err_set(e, ERR_CONFIG,
			"RESNETS.RES5_DILATION must be 1: the pyramid needs "
			"res5 at stride 32");
	if (strcmp(c->norm, "group"))
		return 0;
	if (c->gn_dim != -1)
		return err_set(e, ERR_CONFIG,
			"GROUP_NORM.DIM_PER_GP must be -1: groups are counted "
			"by GROUP_NORM.NUM_GROUPS");
	if (c->gn_groups < 1 || c->fpn_dim % c->gn_groups ||
		rcnn_config_inner(c, 0) % c->gn_groups)
		return err_set(e, ERR_CONFIG,
			"GROUP_NORM.NUM_GROUPS: %lld does not divide the "
			"channels of FPN.DIM and res2, %lld and %d",
			(long long)c->gn_groups, (long long)c->fpn_dim,
			rcnn_config_inner(c, 0));
	return 0;
}

/* Levels: regions come from P2..P5, proposals from them and P6. */
static int check_pyramid(const struct rcnn_config *c, struct err *e)
{
	if (c->rpn_min_level > c->rpn_max_level)
		return err_set(e, ERR_CONFIG,
			"FPN.RPN_MIN_LEVEL is above FPN.RPN_MAX_LEVEL");
	if (c->roi_min_level > c->roi_max_level || c->roi_max_level > 5)
		return err_set(e, ERR_CONFIG,
			"FPN.ROI_MIN_LEVEL..FPN.ROI_MAX_LEVEL must lie in "
			"2..5");
	if (c->coarsest_stride % 32)
		return err_set(e, ERR_CONFIG,
			"FPN.COARSEST_STRIDE must be a multiple of 32, the "
			"stride of res5");
	if (c->rpn_aspect_ratios.n == 0)
		return err_set(e, ERR_CONFIG,
			"FPN.RPN_ASPECT_RATIOS: at least one is needed");
	return 0;
}

static int check_steps(const struct key_ints *steps, struct err *e)
{
	if (steps->n == 0 || steps->v[0] != 0)
		return err_set(e, ERR_CONFIG, "SOLVER.STEPS must begin with 0");
	for (int i = 1; i < steps->n; i++)
		if (steps->v[i] <= steps->v[i - 1])
			return err_set(e, ERR_CONFIG, "SOLVER.STEPS must rise");
	return 0;
}

static int check_solver(const struct rcnn_config *c, struct err *e)
{
	bool lrs = !strcmp(c->lr_policy, "steps_with_lrs");
	int counted = c->steps_epochs.n + c->steps_images.n;
	int n = counted ? counted : c->steps.n;

	if (rcnn_schedule_check(c, e))
		return -1;
	if (!lrs && strcmp(c->lr_policy, "steps_with_decay"))
		return 0;
	if (!counted && check_steps(&c->steps, e))
		return -1;
	if (lrs && c->lrs.n != n)
		return err_set(e, ERR_CONFIG,
			"SOLVER.LRS has %d rates, SOLVER.STEPS %d steps",
			c->lrs.n, n);
	return 0;
}

static int check_train(const struct rcnn_config *c, struct err *e)
{
	if (c->train_scales.n == 0)
		return err_set(
			e, ERR_CONFIG, "TRAIN.SCALES: at least one is needed");
	if (c->bbox_thresh > c->fg_thresh)
		return err_set(e, ERR_CONFIG,
			"TRAIN.BBOX_THRESH is above TRAIN.FG_THRESH: objects "
			"without a box are not here");
	if (c->bg_thresh_hi > c->fg_thresh)
		return err_set(e, ERR_CONFIG,
			"TRAIN.BG_THRESH_HI is above TRAIN.FG_THRESH: a region "
			"would be both");
	if (c->rpn_negative_overlap > c->rpn_positive_overlap)
		return err_set(e, ERR_CONFIG,
			"TRAIN.RPN_NEGATIVE_OVERLAP is above "
			"TRAIN.RPN_POSITIVE_OVERLAP: an anchor would be both");
	return 0;
}

int rcnn_config_check(const struct rcnn_config *c, struct err *e)
{
	if (check_demands(c, e) || check_names(c, e) || check_body(c, e) ||
		check_pyramid(c, e) || check_solver(c, e) || check_train(c, e))
		return -1;
	if (c->num_classes < 2)
		return err_set(e, ERR_CONFIG,
			"MODEL.NUM_CLASSES must be set, to the classes and 1 "
			"for the background");
	if (c->bbox_reg_weights.n != 4)
		return err_set(e, ERR_CONFIG,
			"MODEL.BBOX_REG_WEIGHTS: 4 numbers expected, not %d",
			c->bbox_reg_weights.n);
	if (c->pixel_means.n != 3 || c->pixel_stds.n != 3)
		return err_set(e, ERR_CONFIG,
			"PIXEL_MEANS, PIXEL_STDS: 3 numbers expected, not %d "
			"and %d",
			c->pixel_means.n, c->pixel_stds.n);
	if (c->test_scales.n > 1)
		return err_set(e, ERR_CONFIG,
			"TEST.SCALES: pictures are tested at one scale");
	return 0;
}
