#include "app/convert.h"

#include <string.h>

/* torchvision's transform: mean and deviation of red, green, blue, of 0..255.
 */
static const double tv_mean[3] = {123.675, 116.28, 103.53};
static const double tv_std[3] = {58.395, 57.12, 57.375};

/* The first convolution as torchvision feeds it. What differs in the means is
 * a constant, which goes into the norm behind it: exact but at the border,
 * where the padding is each one's own grey. */
static void feed_as_torchvision(struct detector *d)
{
	struct nn_params *ps = &d->model.params;
	const struct rcnn_config *c = &d->model.config;
	bool rgb = !strcmp(c->pixel_order, "rgb");
	struct nn_param *conv = nn_param_find(ps, "backbone.body.conv1.weight");
	struct nn_param *mean =
		nn_param_find(ps, "backbone.body.bn1.running_mean");
	int64_t out = conv->x.dim[0];
	int64_t area = nn_count(&conv->x) / out / 3;
	float *w = conv->x.data, *m = mean ? mean->x.data : NULL;

	for (int64_t o = 0; o < out; o++) {
		float v[3 * 64];
		double shift = 0;

		BUG_ON(area > 64);
		memcpy(v, w, (size_t)(3 * area) * sizeof *v);
		for (int k = 0; k < 3; k++) {
			int from = rgb ? k : 2 - k;
			double std = c->pixel_stds.v[from];
			double off =
				(tv_mean[k] - c->pixel_means.v[from]) / std;

			for (int64_t i = 0; i < area; i++, w++) {
				double x = (double)v[from * area + i];

				*w = (float)(x * tv_std[k] / std);
				shift += x * off;
			}
		}
		if (m)
			m[o] -= (float)shift;
	}
	conv->x.version++;
	if (mean)
		mean->x.version++;
}

int convert_save_torchvision(
	struct detector *d, const char *path, struct err *e)
{
	struct nn_st_part part = {"", &d->model.params};
	struct nn_meta meta = {"format", "pt"};

	feed_as_torchvision(d);
	return nn_st_save(path, &part, 1, false, &meta, 1, e);
}

int convert_save_body(struct detector *d, const char *path, struct err *e)
{
	struct nn_params body = d->model.params;
	struct nn_st_part part = {"", &body};
	struct nn_meta meta = {"format", "deepstyle-body"};
	struct arena a = {0};
	int bad;

	body.p = arena_alloc(&a, (size_t)body.n * sizeof(struct nn_param *));
	body.n = 0;
	for (int i = 0; i < d->model.params.n; i++)
		if (!strncmp(d->model.params.p[i]->name, "backbone.body.", 14))
			body.p[body.n++] = d->model.params.p[i];
	bad = nn_st_save(path, &part, 1, false, &meta, 1, e);
	arena_release(&a);
	return bad;
}
