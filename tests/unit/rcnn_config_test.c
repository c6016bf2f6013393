#include "rcnn/config.h"

#include "tap.h"

static struct rcnn_config c;
static struct err e;

static int set(const char *name, const char *value)
{
	const struct key *k = keys_find(rcnn_keys, name);

	e = (struct err){0};
	return k ? keys_set(k, &c, value, &e) : -1;
}

/* Detectron's configs/12_2017_baselines/e2e_faster_rcnn_R-50-FPN_1x.yaml */
static void set_baseline(void)
{
	static const char *const pairs[][2] = {
		{"MODEL.TYPE", "generalized_rcnn"},
		{"MODEL.CONV_BODY", "FPN.add_fpn_ResNet50_conv5_body"},
		{"MODEL.NUM_CLASSES", "81"},
		{"MODEL.FASTER_RCNN", "True"},
		{"NUM_GPUS", "8"},
		{"SOLVER.WEIGHT_DECAY", "0.0001"},
		{"SOLVER.LR_POLICY", "steps_with_decay"},
		{"SOLVER.BASE_LR", "0.02"},
		{"SOLVER.GAMMA", "0.1"},
		{"SOLVER.MAX_ITER", "90000"},
		{"SOLVER.STEPS", "[0, 60000, 80000]"},
		{"FPN.FPN_ON", "True"},
		{"FPN.MULTILEVEL_ROIS", "True"},
		{"FPN.MULTILEVEL_RPN", "True"},
		{"FAST_RCNN.ROI_BOX_HEAD", "fast_rcnn_heads.add_roi_2mlp_head"},
		{"FAST_RCNN.ROI_XFORM_METHOD", "RoIAlign"},
		{"FAST_RCNN.ROI_XFORM_RESOLUTION", "7"},
		{"FAST_RCNN.ROI_XFORM_SAMPLING_RATIO", "2"},
		{"TRAIN.WEIGHTS", "ImageNetPretrained/MSRA/R-50.pkl"},
		{"TRAIN.DATASETS",
			"('coco_2014_train', 'coco_2014_valminusminival')"},
		{"TRAIN.SCALES", "(800,)"},
		{"TRAIN.MAX_SIZE", "1333"},
		{"TRAIN.BATCH_SIZE_PER_IM", "512"},
		{"TRAIN.RPN_PRE_NMS_TOP_N", "2000"},
		{"TEST.DATASETS", "('coco_2014_minival',)"},
		{"TEST.SCALE", "800"},
		{"TEST.MAX_SIZE", "1333"},
		{"TEST.NMS", "0.5"},
		{"TEST.RPN_PRE_NMS_TOP_N", "1000"},
		{"TEST.RPN_POST_NMS_TOP_N", "1000"},
		{"OUTPUT_DIR", "."},
	};
	int wrong = 0;

	c = rcnn_config_default;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		wrong += set(pairs[i][0], pairs[i][1]) != 0;
	is_int(wrong, 0, "all keys of the baseline are known");
}

static void test_baseline(void)
{
	struct rcnn_rpn_rule rpn;
	struct rcnn_roi_rule roi;
	struct rcnn_proposal_rule train, test;
	struct rcnn_proposals all = {.n = 1500};
	struct arena a = {0};
	struct rcnn_detect_rule detect;

	set_baseline();
	is_int(rcnn_config_check(&c, &e), 0, "the baseline is in order");
	rpn = rcnn_config_rpn_rule(&c);
	ok(rpn.batch == 256 && rpn.most_fg == 128 &&
			rpn.match.positive == 0.7f &&
			rpn.match.negative == 0.3f && rpn.match.straddle == 0,
		"the anchors' rule");
	roi = rcnn_config_roi_rule(&c);
	ok(roi.batch == 512 && roi.most_fg == 128 && roi.fg == 0.5f &&
			roi.bg_hi == 0.5f && roi.bg_lo == 0 &&
			roi.weight[0] == 10 && roi.weight[3] == 5,
		"the regions' rule");
	train = rcnn_config_proposal_rule(&c, &c.train_rpn);
	test = rcnn_config_proposal_rule(&c, &c.test_rpn);
	ok(train.before == 2000 && train.after == 2000 && train.nms == 0.7f &&
			test.before == 1000 && test.after == 1000,
		"the proposals' rules");
	all.box = arena_zero(&a, 1500, sizeof *all.box);
	all.score = arena_zero(&a, 1500, sizeof *all.score);
	rcnn_config_collect(&c, &c.test_rpn, &all, 1, &a);
	is_int(all.n, 1000, "1000 in a test");
	arena_release(&a);
	detect = rcnn_config_detect_rule(&c);
	ok(detect.classes == 81 && detect.score == 0.05f &&
			detect.nms == 0.5f && detect.most == 100 &&
			!detect.agnostic && detect.weight[1] == 10,
		"the detections' rule");
	is_int(rcnn_config_test_scale(&c), 800, "the scale in tests");
	set("TEST.SCALES", "(640,)");
	is_int(rcnn_config_test_scale(&c), 640, "as older files have it");
}

static void test_body(void)
{
	const struct rcnn_body *body;

	set_baseline();
	body = rcnn_config_body(&c);
	ok(body->bottleneck && body->blocks[2] == 6, "ResNet-50");
	ok(rcnn_config_inner(&c, 0) == 64 && rcnn_config_inner(&c, 3) == 512 &&
			rcnn_config_outer(&c, 0) == 256 &&
			rcnn_config_outer(&c, 3) == 2048,
		"its channels");
	set("MODEL.CONV_BODY", "FPN.add_fpn_ResNet101_conv5_body");
	set("RESNETS.NUM_GROUPS", "32");
	set("RESNETS.WIDTH_PER_GROUP", "8");
	ok(rcnn_config_body(&c)->blocks[2] == 23 &&
			rcnn_config_inner(&c, 0) == 256 &&
			rcnn_config_outer(&c, 0) == 256,
		"ResNeXt-101-32x8d");
	set_baseline();
	set("MODEL.CONV_BODY", "FPN.add_fpn_ResNet18_conv5_body");
	set("RESNETS.WIDTH_PER_GROUP", "32");
	ok(!rcnn_config_body(&c)->bottleneck && rcnn_config_outer(&c, 3) == 256,
		"ResNet-18, half as wide");
	is_int(rcnn_config_check(&c, &e), 0, "is in order");
}

static void test_anchors(void)
{
	static const int h[] = {200, 100, 50, 25, 13};
	static const int w[] = {336, 168, 84, 42, 21};
	struct rcnn_anchors a;
	struct rcnn_pyramid p;

	set_baseline();
	rcnn_config_anchors(&c, h, w, 800, 1344, &a);
	is_int(a.levels, 5, "P2 to P6");
	is_int(a.total,
		3 * (200 * 336 + 100 * 168 + 50 * 84 + 25 * 42 + 13 * 21),
		"anchors of a picture of 1333 x 800");
	ok(a.level[4].stride_x == 64 && a.level[4].shape[1].x1 == -224,
		"512 pixels at stride 64");
	p = rcnn_config_pyramid(&c);
	ok(p.min == 2 && p.max == 5 && p.level == 4 && p.scale == 224,
		"the regions' levels");
}

static void test_lr(void)
{
	set_baseline();
	is_near(rcnn_config_lr(&c, 0), 0.02 / 3, 1e-9, "warm-up begins at 1/3");
	is_near(rcnn_config_lr(&c, 250), 0.02 * 2 / 3, 1e-9, "half-way at 2/3");
	is_near(rcnn_config_lr(&c, 500), 0.02f, 0, "and ends");
	is_near(rcnn_config_lr(&c, 59999), 0.02f, 0, "before the step");
	is_near(rcnn_config_lr(&c, 60000), 0.002f, 1e-10, "after it");
	is_near(rcnn_config_lr(&c, 80000), 0.0002f, 1e-11, "after the next");
	is_near(rcnn_config_lr(&c, 89999), 0.0002f, 1e-11, "to the end");
	set("SOLVER.WARM_UP_METHOD", "constant");
	is_near(rcnn_config_lr(&c, 499), 0.02 / 3, 1e-9, "constant warm-up");
	set("SOLVER.LR_POLICY", "step");
	is_near(rcnn_config_lr(&c, 30000), 0.002f, 1e-10, "equal steps");
	set("SOLVER.LR_POLICY", "steps_with_lrs");
	set("SOLVER.LRS", "[0.1, 0.05, 0.5]");
	is_near(rcnn_config_lr(&c, 80001), 0.5, 0, "given rates");
	set("SOLVER.LR_POLICY", "cosine");
	is_near(rcnn_config_lr(&c, 45000), 0.01, 1e-9, "cosine, half-way");
	is_near(rcnn_config_lr(&c, 30000), 0.015, 1e-9, "and after a third");

	is_near(rcnn_config_rescale(&c, 0.02f, 0.002f), 0.1, 1e-7,
		"momentum follows a step");
	is_near(rcnn_config_rescale(&c, 0.01f, 0.0105f), 1, 0,
		"but not each iteration of the warm-up");
	is_near(rcnn_config_rescale(&c, 0, 0.02f), 1, 0, "nor the first rate");
	set("SOLVER.SCALE_MOMENTUM", "False");
	is_near(rcnn_config_rescale(&c, 0.02f, 0.002f), 1, 0, "off");
}

/* Each of these spoils the baseline, and the message names the key. */
static void test_check(void)
{
	static const char *const bad[][2] = {
		{"MODEL.TYPE", "retinanet"},
		{"MODEL.TYPE", ""},
		{"MODEL.CONV_BODY", "FPN.add_fpn_ResNet50_conv5_P2only_body"},
		{"MODEL.CONV_BODY", "ResNet.add_ResNet50_conv4_body"},
		{"MODEL.NUM_CLASSES", "1"},
		{"MODEL.NORM", "layer"},
		{"MODEL.NORM", "affine batch"},
		{"MODEL.MASK_ON", "True"},
		{"MODEL.FASTER_RCNN", "False"},
		{"MODEL.BBOX_REG_WEIGHTS", "(10, 10)"},
		{"RETINANET.RETINANET_ON", "True"},
		{"FPN.FPN_ON", "False"},
		{"FPN.RPN_ASPECT_RATIOS", "()"},
		{"FPN.COARSEST_STRIDE", "48"},
		{"FPN.ROI_MAX_LEVEL", "6"},
		{"RESNETS.RES5_DILATION", "2"},
		{"FAST_RCNN.ROI_BOX_HEAD", "fast_rcnn_heads.add_roi_Xconv1fc"},
		{"FAST_RCNN.ROI_XFORM_METHOD", "RoIPoolF"},
		{"SOLVER.STEPS", "[]"},
		{"SOLVER.STEPS", "[100, 200]"},
		{"SOLVER.STEPS", "[0, 200, 100]"},
		{"SOLVER.LR_POLICY", "poly"},
		{"SOLVER.TYPE", "lamb"},
		{"TRAIN.SCALES", "()"},
		{"TRAIN.BG_THRESH_HI", "0.6"},
		{"TRAIN.FG_THRESH", "0.4"},
		{"TRAIN.RPN_NEGATIVE_OVERLAP", "0.8"},
		{"TEST.SCALES", "(400, 600)"},
		{"TEST.SOFT_NMS.METHOD", "hard"},
		{"TEST.BBOX_VOTE.SCORING_METHOD", "MOST"},
		{"TEST.BBOX_AUG.SCORE_HEUR", "AVG"},
		{"PIXEL_MEANS", "(1,)"},
	};

	c = rcnn_config_default;
	ok(rcnn_config_check(&c, &e) && e.code == ERR_CONFIG,
		"defaults alone are no model, as in Detectron");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		set_baseline();
		ok(!set(bad[i][0], bad[i][1]) && rcnn_config_check(&c, &e) &&
				e.code == ERR_CONFIG &&
				strstr(e.msg, bad[i][0]),
			"%s: %s", bad[i][0], bad[i][1]);
	}
	set_baseline();
	set("MODEL.NORM", "group");
	is_int(rcnn_config_check(&c, &e), 0, "32 groups");
	set("GROUP_NORM.NUM_GROUPS", "48");
	ok(rcnn_config_check(&c, &e), "48 groups of 64 channels");
	is_str(e.msg,
		"GROUP_NORM.NUM_GROUPS: 48 does not divide the channels of "
		"FPN.DIM and res2, 256 and 64",
		"it says why");
}

static void test_table(void)
{
	int twice = 0, wrong = 0, ignored = 0;

	for (const struct key *k = rcnn_keys; k->name; k++) {
		twice += keys_find(rcnn_keys, k->name) != k;
		ignored += k->kind == KEY_IGNORED;
		if (k->kind == KEY_INT || k->kind == KEY_REAL)
			wrong += !(k->lo < k->hi);
		/* Two keys of one field would be a slip. */
		for (const struct key *j = rcnn_keys; j < k; j++)
			wrong += j->kind != KEY_IGNORED &&
				 k->kind != KEY_IGNORED && j->at == k->at;
	}
	is_int(twice, 0, "no key is there twice");
	is_int(wrong, 0, "each has a field of its own and a range");
	ok(ignored > 80, "Detectron's other keys are known");
}

int main(void)
{
	test_baseline();
	test_body();
	test_anchors();
	test_lr();
	test_check();
	test_table();
	return done();
}
