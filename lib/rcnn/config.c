#include "rcnn/config.h"

#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846

/* Detectron's core/config.py, but for the output, which is never /tmp. */
const struct rcnn_config rcnn_config_default = {
	.norm = "affine",
	.conventions = "detectron",
	.num_classes = -1,
	.bbox_reg_weights = {4, {10, 10, 5, 5}},

	.num_groups = 1,
	.width_per_group = 64,
	.res5_dilation = 1,
	.stride_1x1 = true,
	.trans_func = "bottleneck_transformation",
	.stem_func = "basic_bn_stem",
	.shortcut_func = "basic_bn_shortcut",
	.gn_groups = 32,
	.gn_dim = -1,
	.gn_epsilon = 1e-5,

	.fpn_dim = 256,
	.coarsest_stride = 32,
	.rpn_min_level = 2,
	.rpn_max_level = 6,
	.roi_min_level = 2,
	.roi_max_level = 5,
	.rpn_anchor_start_size = 32,
	.rpn_collect_scale = 1,
	.rpn_aspect_ratios = {3, {0.5, 1, 2}},
	.roi_canonical_scale = 224,
	.roi_canonical_level = 4,

	.roi_xform_method = "RoIPoolF",
	.mlp_head_dim = 1024,
	.roi_xform_resolution = 14,

	.solver_type = "sgd",
	.lr_policy = "step",
	.warm_up_method = "linear",
	.base_lr = 0.001,
	.gamma = 0.1,
	.momentum = 0.9,
	.weight_decay = 0.0005,
	.step_size = 30000,
	.max_iter = 40000,
	.warm_up_iters = 500,
	.warm_up_factor = 1.0 / 3,
	.scale_momentum_threshold = 1.1,
	.scale_momentum = true,
	.bias_double_lr = true,

	.train_scales = {1, {600}},
	.train_max_size = 1000,
	.ims_per_batch = 2,
	.batch_size_per_im = 64,
	.fg_fraction = 0.25,
	.fg_thresh = 0.5,
	.bg_thresh_hi = 0.5,
	.bbox_thresh = 0.5,
	.use_flipped = true,
	.crop = 1,
	.aspect_grouping = true,
	.auto_resume = true,
	.snapshot_iters = 20000,
	.log_iters = 20,
	.freeze_at = 2,
	.gt_min_area = -1,
	.bad_boxes = "fix",
	.lint = "annotations",
	.max_skips = 3,
	.rpn_positive_overlap = 0.7,
	.rpn_negative_overlap = 0.3,
	.rpn_fg_fraction = 0.5,
	.rpn_batch_size_per_im = 256,
	.train_rpn = {.nms_thresh = 0.7,
		.pre_nms_top_n = 12000,
		.post_nms_top_n = 2000},

	.test_scale = 600,
	.test_max_size = 1000,
	.detections_per_im = 100,
	.test_nms = 0.3,
	.score_thresh = 0.05,
	.bbox_reg = true,
	.aug_max_size = 4000,
	.aug_score_heur = "UNION",
	.aug_coord_heur = "UNION",
	.soft_nms_method = "linear",
	.soft_nms_sigma = 0.5,
	.vote_thresh = 0.8,
	.vote_scoring = "ID",
	.vote_beta = 1,
	.test_rpn = {.nms_thresh = 0.7,
		.pre_nms_top_n = 12000,
		.post_nms_top_n = 2000},

	.num_gpus = 1,
	.rng_seed = 3,
	.pixel_order = "bgr",
	.pixel_means = {3, {102.9801, 115.9465, 122.7717}},
	.pixel_stds = {3, {1, 1, 1}},
	.output_dir = ".",
};

const struct rcnn_body *rcnn_config_body(const struct rcnn_config *c)
{
	static const struct rcnn_body bodies[] = {
		{"FPN.add_fpn_ResNet18_conv5_body", false, {2, 2, 2, 2}},
		{"FPN.add_fpn_ResNet34_conv5_body", false, {3, 4, 6, 3}},
		{"FPN.add_fpn_ResNet50_conv5_body", true, {3, 4, 6, 3}},
		{"FPN.add_fpn_ResNet101_conv5_body", true, {3, 4, 23, 3}},
		{"FPN.add_fpn_ResNet152_conv5_body", true, {3, 8, 36, 3}},
	};

	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
		if (!strcmp(c->conv_body, bodies[i].name))
			return &bodies[i];
	return NULL;
}

int rcnn_config_inner(const struct rcnn_config *c, int stage)
{
	return (int)(c->num_groups * c->width_per_group) << stage;
}

int rcnn_config_outer(const struct rcnn_config *c, int stage)
{
	return rcnn_config_body(c)->bottleneck ? 256 << stage
					       : rcnn_config_inner(c, stage);
}

int rcnn_config_test_scale(const struct rcnn_config *c)
{
	return (int)(c->test_scales.n ? c->test_scales.v[0] : c->test_scale);
}

/* The index of the step that an iteration is in. */
static int step_at(const struct key_ints *steps, int64_t iter)
{
	int i = 0;

	while (i + 1 < steps->n && iter >= steps->v[i + 1])
		i++;
	return i;
}

float rcnn_config_lr(const struct rcnn_config *c, int64_t iter)
{
	const char *policy = c->lr_policy;
	double lr = c->base_lr;

	if (!strcmp(policy, "step"))
		lr *= pow(c->gamma, (double)(iter / c->step_size));
	else if (!strcmp(policy, "steps_with_decay"))
		lr *= pow(c->gamma, step_at(&c->steps, iter));
	else if (!strcmp(policy, "steps_with_lrs"))
		lr = c->lrs.v[step_at(&c->steps, iter)];
	else
		lr *= 0.5 * (cos(PI * (double)iter / (double)c->max_iter) + 1);
	if (iter < c->warm_up_iters) {
		double done = (double)iter / (double)c->warm_up_iters;

		if (!strcmp(c->warm_up_method, "constant"))
			done = 0;
		lr *= c->warm_up_factor * (1 - done) + done;
	}
	return (float)lr;
}

float rcnn_config_rescale(const struct rcnn_config *c, float before, float now)
{
	double up = now / fmax(before, 1e-10), down = before / fmax(now, 1e-10);

	if (!c->scale_momentum || !(before > 1e-7f) ||
		!(fmax(up, down) > c->scale_momentum_threshold))
		return 1;
	return now / before;
}

const struct rcnn_convention *rcnn_config_convention(
	const struct rcnn_config *c)
{
	return rcnn_convention(c->conventions);
}

/* The IoU from which suppression takes a box: where a convention wants it
 * above the threshold, the next number after that. */
static float suppress_from(const struct rcnn_config *c, double threshold)
{
	float t = (float)threshold;

	if (!rcnn_config_convention(c)->above || (double)t > threshold)
		return t;
	return nextafterf(t, INFINITY);
}

struct rcnn_rpn_rule rcnn_config_rpn_rule(const struct rcnn_config *c)
{
	return (struct rcnn_rpn_rule){
		.match = {.positive = (float)c->rpn_positive_overlap,
			.negative = (float)c->rpn_negative_overlap,
			.straddle = (float)c->rpn_straddle_thresh},
		.batch = (int)c->rpn_batch_size_per_im,
		.most_fg = (int)(c->rpn_fg_fraction *
				 (double)c->rpn_batch_size_per_im),
		.redraw = rcnn_config_convention(c)->redraw};
}

static void copy_weights(const struct rcnn_config *c, float weight[4])
{
	for (int i = 0; i < 4; i++)
		weight[i] = (float)c->bbox_reg_weights.v[i];
}

struct rcnn_roi_rule rcnn_config_roi_rule(const struct rcnn_config *c)
{
	struct rcnn_roi_rule rule = {.fg = (float)c->fg_thresh,
		.bg_hi = (float)c->bg_thresh_hi,
		.bg_lo = (float)c->bg_thresh_lo,
		.batch = (int)c->batch_size_per_im,
		.most_fg = (int)rint(
			c->fg_fraction * (double)c->batch_size_per_im),
		.pixel = rcnn_config_convention(c)->pixel};

	copy_weights(c, rule.weight);
	return rule;
}

struct rcnn_proposal_rule rcnn_config_proposal_rule(
	const struct rcnn_config *c, const struct rcnn_config_rpn *rpn)
{
	float least = rcnn_config_convention(c)->least_proposal;

	return (struct rcnn_proposal_rule){.before = (int)rpn->pre_nms_top_n,
		.after = (int)rpn->post_nms_top_n,
		.nms = suppress_from(c, rpn->nms_thresh),
		.min_size = fmaxf((float)rpn->min_size, least)};
}

int rcnn_config_most(
	const struct rcnn_config *c, const struct rcnn_config_rpn *rpn)
{
	return (int)((double)rpn->post_nms_top_n * c->rpn_collect_scale + 0.5);
}

void rcnn_config_collect(const struct rcnn_config *c,
	const struct rcnn_config_rpn *rpn, struct rcnn_proposals *p, int n,
	struct arena *a)
{
	int most = rcnn_config_most(c, rpn);

	if (rcnn_config_convention(c)->together) {
		rcnn_collect(p, n, most, a);
		return;
	}
	for (int i = 0; i < n; i++)
		rcnn_collect(&p[i], 1, most, a);
}

/* What is left of a score that Detectron still takes for one. */
#define LEAST_SCORE 1e-4f

struct rcnn_detect_rule rcnn_config_detect_rule(const struct rcnn_config *c)
{
	bool linear = !strcmp(c->soft_nms_method, "linear");
	struct rcnn_detect_rule rule = {.classes = (int)c->num_classes,
		.agnostic = c->cls_agnostic_bbox_reg,
		.score = (float)c->score_thresh,
		.nms = suppress_from(c, c->test_nms),
		.vote = {.iou = c->bbox_vote ? (float)c->vote_thresh : 0,
			.score = rcnn_vote_score_of(c->vote_scoring),
			.beta = (float)c->vote_beta},
		.most = (int)c->detections_per_im,
		.as = rcnn_config_convention(c)};

	if (c->soft_nms)
		rule.soften = (struct rcnn_soften){
			linear ? RCNN_LINEAR : RCNN_GAUSSIAN,
			(float)c->soft_nms_sigma};
	if (c->soft_nms)
		rule.least = LEAST_SCORE;
	copy_weights(c, rule.weight);
	return rule;
}

struct rcnn_pyramid rcnn_config_pyramid(const struct rcnn_config *c)
{
	return (struct rcnn_pyramid){.min = (int)c->roi_min_level,
		.max = (int)c->roi_max_level,
		.level = (int)c->roi_canonical_level,
		.scale = (float)c->roi_canonical_scale,
		.as = rcnn_config_convention(c)};
}

void rcnn_config_anchors(const struct rcnn_config *c, const int *h,
	const int *w, int high, int wide, struct rcnn_anchors *anchors)
{
	const struct rcnn_convention *as = rcnn_config_convention(c);
	bool rounded = as->anchors == RCNN_ANCHORS_ROUNDED;
	const struct key_reals *r = &c->rpn_aspect_ratios;
	int min = (int)c->rpn_min_level;

	*anchors = (struct rcnn_anchors){0};
	for (int l = min; l <= c->rpn_max_level; l++) {
		int i = l - min;

		rcnn_anchors_add(anchors, as, h[i], w[i],
			rounded ? high / h[i] : 1 << l,
			rounded ? wide / w[i] : 1 << l,
			c->rpn_anchor_start_size * (1 << i), r->v, r->n);
	}
}
