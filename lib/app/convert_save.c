#include "app/convert.h"

#include "foreign/torch_save.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool same_pixels(
	const struct rcnn_config *a, const struct rcnn_config *b)
{
	return !strcmp(a->pixel_order, b->pixel_order) &&
	       !memcmp(a->pixel_means.v, b->pixel_means.v,
		       3 * sizeof *a->pixel_means.v) &&
	       !memcmp(a->pixel_stds.v, b->pixel_stds.v,
		       3 * sizeof *a->pixel_stds.v);
}

void convert_pixels(struct nn_params *ps, const struct rcnn_config *from,
	const struct rcnn_config *to)
{
	bool same_order = !strcmp(from->pixel_order, to->pixel_order);
	struct nn_param *conv = nn_param_find(ps, "backbone.body.conv1.weight");
	struct nn_param *mean =
		nn_param_find(ps, "backbone.body.bn1.running_mean");
	int64_t out = conv->x.dim[0];
	int64_t area = nn_count(&conv->x) / out / 3;
	float *w = conv->x.data, *m = mean ? mean->x.data : NULL;

	if (same_pixels(from, to))
		return;
	for (int64_t o = 0; o < out; o++) {
		float v[3 * 64];
		double shift = 0;

		BUG_ON(area > 64);
		memcpy(v, w, (size_t)(3 * area) * sizeof *v);
		for (int k = 0; k < 3; k++) {
			int f = same_order ? k : 2 - k;
			double std = from->pixel_stds.v[f];
			double scale = to->pixel_stds.v[k] / std;
			double off = (to->pixel_means.v[k] -
					     from->pixel_means.v[f]) /
				     std;

			for (int64_t i = 0; i < area; i++, w++) {
				double x = (double)v[f * area + i];

				*w = (float)(x * scale);
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

int convert_write(const char *path, struct nn_params *ps, struct err *e)
{
	struct nn_st_part part = {"", ps};
	struct nn_meta meta = {"format", "pt"};
	const char *end = strrchr(path, '.');
	struct arena a = {0};
	struct nn_st st;
	char *tensors;
	int bad;

	if (!end || (strcmp(end, ".pth") != 0 && strcmp(end, ".pt") != 0))
		return nn_st_save(path, &part, 1, false, &meta, 1, e);
	/* Through a file, since there they are in PyTorch's order. */
	tensors = arena_printf(&a, "%s.safetensors", path);
	bad = nn_st_save(tensors, &part, 1, false, &meta, 1, e) ||
	      nn_st_open(&st, tensors, e);
	if (!bad) {
		bad = foreign_torch_save(&st, path, e);
		nn_st_close(&st);
	}
	unlink(tensors);
	arena_release(&a);
	return bad ? -1 : 0;
}

int convert_save_torchvision(
	struct detector *d, const char *path, struct err *e)
{
	struct rcnn_config to = d->model.config;

	convert_torchvision_pixels(&to);
	convert_pixels(&d->model.params, &d->model.config, &to);
	return convert_write(path, &d->model.params, e);
}

int convert_save_body(struct detector *d, const char *path, struct err *e)
{
	struct nn_params body = d->model.params;
	struct nn_st_part part = {"", &body};
	char *config = detector_config_text(&d->model.config);
	struct nn_meta meta[] = {
		{"format", "deepstyle-body"}, {"config", config ? config : ""}};
	struct arena a = {0};
	int bad;

	body.p = arena_alloc(&a, (size_t)body.n * sizeof(struct nn_param *));
	body.n = 0;
	for (int i = 0; i < d->model.params.n; i++)
		if (!strncmp(d->model.params.p[i]->name, "backbone.body.", 14))
			body.p[body.n++] = d->model.params.p[i];
	bad = nn_st_save(path, &part, 1, false, meta, 2, e);
	free(config);
	arena_release(&a);
	return bad;
}
