#include "app/convert.h"
#include "nn/device.h"

#include "tap.h"

/* What the first convolution, 1x1 here, and its norm's mean make of a
 * photograph's red, green and blue, by a configuration's pixels. */
static double see(const struct nn_params *ps, const struct rcnn_config *c,
	const double p[3])
{
	const float *w =
		nn_param_find(ps, "backbone.body.conv1.weight")->x.data;
	const struct nn_param *mean =
		nn_param_find(ps, "backbone.body.bn1.running_mean");
	double y = mean ? -(double)*(float *)mean->x.data : 0;

	for (int k = 0; k < 3; k++) {
		int from = strcmp(c->pixel_order, "rgb") ? 2 - k : k;

		y += (double)w[k] * (p[from] - c->pixel_means.v[k]) /
		     c->pixel_stds.v[k];
	}
	return y;
}

static void test_pixels(struct nn_backend *be)
{
	static const double photo[3] = {200, 90, 10};
	struct rcnn_config one = rcnn_config_default, tv = one;
	struct nn_params ps;
	double is, was;

	convert_torchvision_pixels(&tv);
	nn_params_init(&ps, be, 1);
	nn_param(&ps, "backbone.body.conv1.weight", NN_WEIGHT, 4,
		(int64_t[]){1, 3, 1, 1},
		(struct nn_fill){NN_FILL_NORMAL, 0, 1});
	nn_param(&ps, "backbone.body.bn1.running_mean", NN_BUFFER, 1,
		(int64_t[]){1}, (struct nn_fill){NN_FILL_CONSTANT, 0.5f, 0});
	was = see(&ps, &tv, photo);
	convert_pixels(&ps, &tv, &tv);
	is_near(see(&ps, &tv, photo), was, 0, "the same pixels change nothing");
	convert_pixels(&ps, &tv, &one);
	is = see(&ps, &one, photo);
	is_near(is, was, 1e-5, "torchvision's weights see Detectron's pixels");
	ok(fabs(see(&ps, &tv, photo) - was) > 0.1, "and no longer their own");
	convert_pixels(&ps, &one, &tv);
	is_near(see(&ps, &tv, photo), was, 1e-5, "and back");
	nn_params_release(&ps);
}

static void test_takes(void)
{
	struct convert body = {.whole = false}, all = {.whole = true};
	const char *conv = "backbone.body.conv1.weight";
	const char *fc7 = "roi_heads.box_head.fc7.weight";
	const char *cls = "roi_heads.box_predictor.cls_score.bias";

	ok(convert_takes(&body, conv) && !convert_takes(&body, fc7),
		"a body is a body");
	ok(convert_takes(&all, conv) && convert_takes(&all, cls),
		"a detector is everything");
	all.but_classes = true;
	ok(convert_takes(&all, fc7) && !convert_takes(&all, cls),
		"but for other classes");
}

int main(void)
{
	struct err e;
	struct nn_backend *be = nn_device_open("cpu", 1, &e);

	test_pixels(be);
	test_takes();
	be->close(be);
	return done();
}
