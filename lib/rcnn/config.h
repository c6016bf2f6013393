/*
 * The configuration of a detector, under Detectron's names and with its
 * defaults, so that its published files mean here what they mean there.
 *
 *	struct rcnn_config c = rcnn_config_default;
 *	if (conf_load(path, rcnn_keys, &c, note, arg, e) ||
 *		rcnn_config_check(&c, e))
 *		return -1;
 *	body = rcnn_config_body(&c);
 *	for (iter = 0; iter < c.max_iter; iter++)
 *		step(rcnn_config_lr(&c, iter));
 *
 * Ours are MODEL.NORM, MODEL.CONVENTIONS, SOLVER.TYPE, SOLVER.CLIP_NORM,
 * SOLVER.EMA_DECAY, SOLVER.BIAS_*, all *_EPOCHS and *_IMAGES,
 * TRAIN.WEIGHTS_SHA256, TRAIN.NEW_CLASSES, TRAIN.FREEZE_AT, TRAIN.EVAL_ITERS,
 * TRAIN.LOG_ITERS, TRAIN.BAD_BOXES, TRAIN.LINT, TRAIN.KEEP_*, TRAIN.PATIENCE,
 * TRAIN.MAX_SKIPS, TRAIN.JITTER, TRAIN.HUE, TRAIN.CROP, TRAIN.STRETCH,
 * TRAIN.ERASE, PIXEL_STDS, PIXEL_ORDER, PIXEL_SHRINK, the bodies of
 * ResNet-18 and 34, and the policy 'cosine'. Fields have their key's name; what
 * is said here is what the name does not tell.
 */
#ifndef RCNN_CONFIG_H
#define RCNN_CONFIG_H

#include "base/keys.h"
#include "rcnn/postprocess.h"
#include "rcnn/proposals.h"
#include "rcnn/targets.h"

/* The phases of proposals: TRAIN.RPN_* and TEST.RPN_*. */
struct rcnn_config_rpn {
	double nms_thresh, min_size;
	int64_t pre_nms_top_n, post_nms_top_n; /* per level; in all */
};

struct rcnn_config {
	/* MODEL */
	char type[KEY_STR_MAX], conv_body[KEY_STR_MAX];
	char norm[KEY_STR_MAX];        /* 'affine': frozen, 'batch', 'group' */
	char conventions[KEY_STR_MAX]; /* a name of convention.h */
	int64_t num_classes;           /* with the background */
	bool faster_rcnn, mask_on, keypoints_on, rpn_only, retinanet_on;
	bool cls_agnostic_bbox_reg;
	struct key_reals bbox_reg_weights;

	/* RESNETS, GROUP_NORM */
	int64_t num_groups, width_per_group, res5_dilation;
	bool stride_1x1;
	char trans_func[KEY_STR_MAX], stem_func[KEY_STR_MAX];
	char shortcut_func[KEY_STR_MAX];
	int64_t gn_groups, gn_dim;
	double gn_epsilon;

	/* FPN */
	bool fpn_on, multilevel_rois, multilevel_rpn;
	bool zero_init_lateral, extra_conv_levels, fpn_use_gn;
	int64_t fpn_dim, coarsest_stride;
	int64_t rpn_min_level, rpn_max_level, roi_min_level, roi_max_level;
	double rpn_anchor_start_size, rpn_collect_scale;
	struct key_reals rpn_aspect_ratios;
	double roi_canonical_scale;
	int64_t roi_canonical_level;

	/* FAST_RCNN */
	char roi_box_head[KEY_STR_MAX], roi_xform_method[KEY_STR_MAX];
	int64_t mlp_head_dim, roi_xform_resolution, roi_xform_sampling_ratio;

	/* SOLVER */
	char solver_type[KEY_STR_MAX]; /* 'sgd', 'adam' */
	char lr_policy[KEY_STR_MAX], warm_up_method[KEY_STR_MAX];
	double base_lr, gamma, momentum, weight_decay, weight_decay_gn;
	int64_t step_size, max_iter, warm_up_iters;
	struct key_ints steps;
	struct key_reals lrs;
	double warm_up_factor, scale_momentum_threshold;
	bool scale_momentum, bias_double_lr, bias_weight_decay;
	double clip_norm; /* of all gradients; 0: off */
	double ema_decay; /* of a moving average of the weights; 0: none */
	/* The schedule in other units (schedule.h); 0 or empty: not given. */
	double max_epochs, warm_up_epochs, snapshot_epochs, eval_epochs;
	int64_t max_images, warm_up_images;
	struct key_reals steps_epochs;
	struct key_ints steps_images;

	/* TRAIN */
	char train_weights[KEY_STR_MAX]; /* a file or URL, app/weights.h */
	char train_weights_sha256[KEY_STR_MAX];
	bool train_new_classes; /* the weights may be of other classes */
	struct key_strs train_datasets;
	struct key_ints train_scales;
	int64_t train_max_size, ims_per_batch, batch_size_per_im;
	double fg_fraction, fg_thresh, bg_thresh_hi, bg_thresh_lo, bbox_thresh;
	bool use_flipped, aspect_grouping, auto_resume, freeze_conv_body;
	double jitter, hue, crop, stretch, erase; /* data/vary.h */
	int64_t snapshot_iters;                   /* divided by NUM_GPUS */
	int64_t eval_iters, log_iters;            /* 0: never */
	int64_t freeze_at; /* stages that stay as they are: 0..5, of which 1
			    * is the stem */
	double gt_min_area;
	char bad_boxes[KEY_STR_MAX]; /* 'fix', 'drop', 'fail' */
	char lint[KEY_STR_MAX];      /* 'annotations', 'headers', 'photos' */
	bool keep_empty;             /* pictures without objects too */
	int64_t keep_snapshots;      /* the newest; 0: all */
	int64_t patience;  /* validations without a better one; 0: any number */
	int64_t max_skips; /* batches passed over in a row */
	double rpn_positive_overlap, rpn_negative_overlap, rpn_fg_fraction;
	int64_t rpn_batch_size_per_im;
	double rpn_straddle_thresh;
	struct rcnn_config_rpn train_rpn;

	/* TEST */
	struct key_strs test_datasets;
	int64_t test_scale, test_max_size, detections_per_im;
	struct key_ints test_scales; /* older files; rcnn_config_test_scale */
	double test_nms, score_thresh;
	bool bbox_reg;
	/* Beside the picture as it is: its mirror image, other sizes. */
	bool bbox_aug, aug_flip, aug_scale_flip;
	struct key_ints aug_scales;
	int64_t aug_max_size;
	char aug_score_heur[KEY_STR_MAX], aug_coord_heur[KEY_STR_MAX];
	bool soft_nms, bbox_vote;
	char soft_nms_method[KEY_STR_MAX], vote_scoring[KEY_STR_MAX];
	double soft_nms_sigma, vote_thresh, vote_beta;
	struct rcnn_config_rpn test_rpn;

	/* the rest */
	int64_t num_gpus, rng_seed;
	char pixel_order[KEY_STR_MAX]; /* 'bgr', 'rgb' */
	bool pixel_shrink;             /* large JPEGs are decoded smaller */
	struct key_reals pixel_means, pixel_stds; /* in that order, 0..255 */
	char output_dir[KEY_STR_MAX];
};

extern const struct rcnn_config rcnn_config_default;
extern const struct key rcnn_keys[];

/*
 * What a key cannot know alone: values that contradict each other or that we
 * do not have (masks, RetinaNet, a body without a pyramid). -1 and ERR_CONFIG
 * with the key in e.
 */
int rcnn_config_check(const struct rcnn_config *c, struct err *e);

/* A residual network, as MODEL.CONV_BODY names it. */
struct rcnn_body {
	const char *name;
	bool bottleneck;
	int blocks[4]; /* of res2..res5 */
};

/* The body, or NULL when it is unknown. */
const struct rcnn_body *rcnn_config_body(const struct rcnn_config *c);
/* Channels of stage 0..3 (res2..res5): within its blocks, and behind them.
 * The stem has 64, or WIDTH_PER_GROUP where the blocks are basic. */
int rcnn_config_inner(const struct rcnn_config *c, int stage);
int rcnn_config_outer(const struct rcnn_config *c, int stage);

/* The short side that pictures are scaled to in tests. */
int rcnn_config_test_scale(const struct rcnn_config *c);

/* The learning rate of iteration 0..max_iter-1, warm-up included. */
float rcnn_config_lr(const struct rcnn_config *c, int64_t iter);
/* What the momentum's sum is multiplied by when the rate changes (Caffe2 has
 * the rate within the sum): now/before if that is a large change, else 1. */
float rcnn_config_rescale(const struct rcnn_config *c, float before, float now);

/* The rules of the other files of this room. */
struct rcnn_rpn_rule rcnn_config_rpn_rule(const struct rcnn_config *c);
struct rcnn_roi_rule rcnn_config_roi_rule(const struct rcnn_config *c);
struct rcnn_proposal_rule rcnn_config_proposal_rule(
	const struct rcnn_config *c, const struct rcnn_config_rpn *rpn);
/* How many proposals of a picture, or of a batch, a phase wants; and keep as
 * many of n pictures. */
int rcnn_config_most(
	const struct rcnn_config *c, const struct rcnn_config_rpn *rpn);
void rcnn_config_collect(const struct rcnn_config *c,
	const struct rcnn_config_rpn *rpn, struct rcnn_proposals *p, int n,
	struct arena *a);
struct rcnn_detect_rule rcnn_config_detect_rule(const struct rcnn_config *c);
struct rcnn_pyramid rcnn_config_pyramid(const struct rcnn_config *c);
/* Anchors for cells of h[l] x w[l] of the levels RPN_MIN_LEVEL and up, in
 * pictures of high x wide with their padding. */
void rcnn_config_anchors(const struct rcnn_config *c, const int *h,
	const int *w, int high, int wide, struct rcnn_anchors *anchors);

/* The convention in force. */
const struct rcnn_convention *rcnn_config_convention(
	const struct rcnn_config *c);

#endif
