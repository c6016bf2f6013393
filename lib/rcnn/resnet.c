#include "rcnn/resnet.h"
#include "base/mem.h"

#include <stdio.h>

static void layer(struct rcnn_layer *l, struct nn_params *ps,
	const char *prefix, const char *conv, const char *norm,
	struct rcnn_norming norming, struct rcnn_layer_shape shape)
{
	char c[96], n[96];

	snprintf(c, sizeof c, "%s.%s", prefix, conv);
	snprintf(n, sizeof n, "%s.%s", prefix, norm);
	rcnn_layer_init(l, ps, c, n, norming, shape, (struct nn_fill){0});
}

static void block_init(struct resnet_block *b, struct nn_params *ps,
	const struct resnet_shape *s, int stage, int index, int in)
{
	int mid = s->inner[stage], out = s->outer[stage];
	int stride = stage && !index ? 2 : 1;
	int first = s->stride_1x1 ? stride : 1;
	char prefix[64];

	snprintf(prefix, sizeof prefix, "backbone.body.layer%d.%d", stage + 1,
		index);
	if (s->basic) {
		b->nconv = 2;
		layer(&b->conv[0], ps, prefix, "conv1", "bn1", s->norm,
			(struct rcnn_layer_shape){in, out, 3, stride, 1});
		layer(&b->conv[1], ps, prefix, "conv2", "bn2", s->norm,
			(struct rcnn_layer_shape){out, out, 3, 1, 1});
	} else {
		b->nconv = 3;
		layer(&b->conv[0], ps, prefix, "conv1", "bn1", s->norm,
			(struct rcnn_layer_shape){in, mid, 1, first, 1});
		layer(&b->conv[1], ps, prefix, "conv2", "bn2", s->norm,
			(struct rcnn_layer_shape){
				mid, mid, 3, stride / first, s->groups});
		layer(&b->conv[2], ps, prefix, "conv3", "bn3", s->norm,
			(struct rcnn_layer_shape){mid, out, 1, 1, 1});
	}
	b->has_shortcut = in != out || stride != 1;
	if (b->has_shortcut)
		layer(&b->shortcut, ps, prefix, "downsample.0", "downsample.1",
			s->norm,
			(struct rcnn_layer_shape){in, out, 1, stride, 1});
}

void resnet_init(struct resnet *r, struct nn_params *ps,
	const struct resnet_shape *shape)
{
	int in = shape->stem;

	*r = (struct resnet){.shape = *shape};
	layer(&r->stem, ps, "backbone.body", "conv1", "bn1", shape->norm,
		(struct rcnn_layer_shape){3, in, 7, 2, 1});
	for (int s = 0; s < RESNET_STAGES; s++) {
		r->block[s] = mem_alloc(
			(size_t)shape->blocks[s], sizeof *r->block[s]);
		for (int i = 0; i < shape->blocks[s]; i++) {
			block_init(&r->block[s][i], ps, shape, s, i, in);
			in = shape->outer[s];
		}
	}
}

void resnet_release(struct resnet *r, struct nn_backend *be)
{
	rcnn_layer_release(&r->stem, be);
	for (int s = 0; s < RESNET_STAGES; s++) {
		for (int i = 0; i < r->shape.blocks[s]; i++) {
			struct resnet_block *b = &r->block[s][i];

			for (int j = 0; j < b->nconv; j++)
				rcnn_layer_release(&b->conv[j], be);
			rcnn_layer_release(&b->shortcut, be);
		}
		mem_free(r->block[s]);
	}
}

void resnet_freeze(struct resnet *r, struct nn_params *ps, int at)
{
	char prefix[64];

	if (at < 1)
		return;
	nn_params_freeze(ps, "backbone.body.conv1.");
	nn_params_freeze(ps, "backbone.body.bn1.");
	r->stem.frozen = true;
	for (int s = 0; s < RESNET_STAGES && s + 2 <= at; s++) {
		snprintf(
			prefix, sizeof prefix, "backbone.body.layer%d.", s + 1);
		nn_params_freeze(ps, prefix);
		for (int i = 0; i < r->shape.blocks[s]; i++) {
			struct resnet_block *b = &r->block[s][i];

			for (int j = 0; j < b->nconv; j++)
				b->conv[j].frozen = true;
			b->shortcut.frozen = true;
		}
	}
}

static struct nn_tensor *block_forward(
	struct nn_tape *t, struct resnet_block *b, struct nn_tensor *x)
{
	struct nn_tensor *skip = x, *y = x, *z;
	int last = b->nconv - 1;

	if (b->has_shortcut)
		skip = rcnn_layer(t, &b->shortcut, x, NULL, NN_LINEAR);
	for (int i = 0; i <= last; i++) {
		z = i < last ? rcnn_layer(t, &b->conv[i], y, NULL, NN_RELU)
			     : rcnn_layer(t, &b->conv[i], y, skip, NN_RELU);
		if (i)
			nn_drop(t, y);
		y = z;
	}
	if (b->has_shortcut)
		nn_drop(t, skip);
	return y;
}

void resnet_forward(struct resnet *r, struct nn_tape *t, struct nn_tensor *x,
	struct nn_tensor *c[RESNET_STAGES])
{
	struct nn_tensor *stem = rcnn_layer(t, &r->stem, x, NULL, NN_RELU);
	struct nn_tensor *y = nn_max_pool(t, stem, 3, 2, 1), *z;

	nn_drop(t, stem);
	for (int s = 0; s < RESNET_STAGES; s++) {
		for (int i = 0; i < r->shape.blocks[s]; i++) {
			z = block_forward(t, &r->block[s][i], y);
			/* The stage before gave y to the caller. */
			if (i || !s)
				nn_drop(t, y);
			y = z;
		}
		c[s] = y;
	}
}
