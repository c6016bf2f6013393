/* Faster R-CNN, R-50-FPN, on one picture of 800 x 1066 pixels. */
#include "app/detector.h"
#include "base/mem.h"
#include "bench.h"
#include "conf/conf.h"
#include "nn/device.h"
#include "rcnn/objective.h"

#include <string.h>

enum { W = 1066, H = 800, TRUTHS = 3 };

/* torchvision's fasterrcnn_resnet50_fpn of 4 classes in Detectron's words. */
static const char settings[] =
	"MODEL:\n"
	"  TYPE: generalized_rcnn\n"
	"  CONV_BODY: FPN.add_fpn_ResNet50_conv5_body\n"
	"  NUM_CLASSES: 4\n"
	"  FASTER_RCNN: True\n"
	"RESNETS: {STRIDE_1X1: False}\n"
	"FPN: {FPN_ON: True, MULTILEVEL_ROIS: True, MULTILEVEL_RPN: True}\n"
	"FAST_RCNN:\n"
	"  ROI_BOX_HEAD: fast_rcnn_heads.add_roi_2mlp_head\n"
	"  ROI_XFORM_METHOD: RoIAlign\n"
	"  ROI_XFORM_RESOLUTION: 7\n"
	"  ROI_XFORM_SAMPLING_RATIO: 2\n"
	"SOLVER: {BASE_LR: 0.00001, WARM_UP_ITERS: 0, WEIGHT_DECAY: 0.0001}\n"
	"TRAIN:\n"
	"  BATCH_SIZE_PER_IM: 512\n"
	"  RPN_STRADDLE_THRESH: -1\n"
	"  RPN_PRE_NMS_TOP_N: 2000\n"
	"  RPN_POST_NMS_TOP_N: 2000\n"
	"  FREEZE_AT: 2\n"
	"TEST:\n"
	"  NMS: 0.5\n"
	"  SCORE_THRESH: 0.05\n"
	"  DETECTIONS_PER_IM: 100\n"
	"  RPN_PRE_NMS_TOP_N: 1000\n"
	"  RPN_POST_NMS_TOP_N: 1000\n";

/*
 * Weights are random, and the network is homogeneous, all its biases being 0:
 * scaling the stem's gain scales everything that it says. With this gain
 * boxes move by fractions of their size and classes are nearly even, so that
 * regions and detections reach their full number (1000, in training 512; 100)
 * on both sides, which have the same weights. With a gain of 1 boxes would
 * all cover the picture, and suppress one another.
 */
static const float stem_gain = 1e-3f;

static struct detector d;
static struct img photo;
static float *pixels;
static int64_t iteration;

static const struct rcnn_truth truths[TRUTHS] = {
	{{100, 80, 420, 700}, 3, false}, {{500, 200, 760, 480}, 1, false},
	{{640, 430, 900, 790}, 2, false}};

/* nn_peer.py draws the same: something at every scale. */
static void draw(struct img *im)
{
	img_init(im, W, H);
	for (int y = 0; y < H; y++)
		for (int x = 0; x < W; x++)
			for (int c = 0; c < 3; c++)
				im->px[(y * W + x) * 3 + c] =
					(uint8_t)((x * y / 97 + 31 * c + x +
							  2 * y) &
						  255);
}

static int begin(const struct bench_options *o, struct err *e)
{
	struct coco_category categories[] = {{.id = 1, .name = "a"},
		{.id = 2, .name = "b"}, {.id = 3, .name = "c"}};
	struct coco classes = {.ncategories = 3, .categories = categories};
	struct rcnn_config c = rcnn_config_default;
	struct nn_param *gain;
	float *g;

	if (conf_parse(settings, strlen(settings), "settings", rcnn_keys, &c,
		    NULL, NULL, e) ||
		rcnn_config_check(&c, e) ||
		detector_new(&d, &c, &classes, "cpu", (int)o->threads, e) ||
		nn_dtype(o->dtype, d.be, &d.model.dtype, e))
		return -1;
	gain = nn_param_find(&d.model.params, "backbone.body.bn1.weight");
	g = gain->x.data;
	for (int64_t i = 0; i < nn_count(&gain->x); i++)
		g[i] = stem_gain;
	draw(&photo);
	pixels = mem_alloc((size_t)photo_padded(&d.look, W) *
				   (size_t)photo_padded(&d.look, H),
		3 * sizeof *pixels);
	return o->weights ? detector_save(&d, o->weights, false, e) : 0;
}

/* As the loader does it, without the decoding, which the peer is spared too. */
static struct nn_tensor picture(void)
{
	struct photo_fit fit = {.scale = 1, .w = W, .h = H};
	int64_t w = photo_padded(&d.look, W), h = photo_padded(&d.look, H);

	photo_fill(pixels, (int)w, &d.look, &fit, &photo, false);
	return (struct nn_tensor){
		.type = NN_F32, .rank = 4, .dim = {1, h, w, 3}, .data = pixels};
}

static int infer(struct bench_figure *figure, struct err *e)
{
	struct rcnn_detect_rule rule = rcnn_config_detect_rule(&d.model.config);
	struct nn_tensor x = picture();
	struct rcnn_sight sight = {{W, H, 1}, W, H, false};
	struct rcnn_found found;

	(void)e;
	nn_tape_reset(&d.tape);
	d.tape.record = d.tape.train = false;
	rcnn_detect(&d.model, &d.tape, &x, &sight, &rule, &found);
	figure[0] = (struct bench_figure){"detections", found.n};
	figure[1] = (struct bench_figure){
		"best", found.n ? (double)found.list[0].score : 0};
	return 0;
}

static int train(struct bench_figure *figure, struct err *e)
{
	struct rcnn_example example = {{W, H, 1}, truths, TRUTHS};
	struct nn_tensor x = picture();
	struct rcnn_readback readback;
	struct rcnn_losses l;
	struct rcnn_step s;
	double norm;
	int bad;

	nn_tape_reset(&d.tape);
	d.tape.record = d.tape.train = true;
	nn_params_clear_grads(&d.model.params);
	rcnn_losses(&d.model, &d.tape, &x, &example, iteration, &s);
	rcnn_update(&s, iteration++);
	nn_readback_init(&readback.readback, d.be, 0);
	rcnn_tell(&s, &readback);
	bad = rcnn_told(&readback, &l, &norm, e);
	nn_readback_release(&readback.readback);
	if (bad)
		return -1;
	figure[0] = (struct bench_figure){"loss", (double)l.total};
	figure[1] = (struct bench_figure){"regions", l.regions};
	return 0;
}

static size_t planned(void)
{
	return d.pool.mark + d.be->held(d.be);
}

static void end(void)
{
	detector_release(&d);
	img_release(&photo);
	mem_free(pixels);
}

const struct bench_work bench_rcnn_infer = {
	"rcnn-infer", begin, infer, planned, end};
const struct bench_work bench_rcnn_train = {
	"rcnn-train", begin, train, planned, end};
