#include "rcnn/model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Caffe2's XavierFill: uniform, bounded by sqrt(3 / fan_in). */
static struct nn_fill xavier(int64_t fan_in)
{
	float a = sqrtf(3.0f / (float)fan_in);

	return (struct nn_fill){NN_FILL_UNIFORM, -a, a};
}

static struct nn_fill gauss(float deviation)
{
	return (struct nn_fill){NN_FILL_NORMAL, 0, deviation};
}

static enum rcnn_norm norm_kind(const char *name)
{
	if (!strcmp(name, "batch"))
		return RCNN_NORM_BATCH;
	return strcmp(name, "group") ? RCNN_NORM_AFFINE : RCNN_NORM_GROUP;
}

static void body_init(struct rcnn_model *m)
{
	const struct rcnn_config *c = &m->config;
	const struct rcnn_body *body = rcnn_config_body(c);
	struct resnet_shape s = {.basic = !body->bottleneck,
		.stem = body->bottleneck ? 64 : (int)c->width_per_group,
		.groups = (int)c->num_groups,
		.stride_1x1 = c->stride_1x1,
		.norm = {norm_kind(c->norm), (int)c->gn_groups,
			(float)c->gn_epsilon}};

	for (int i = 0; i < RESNET_STAGES; i++) {
		s.blocks[i] = body->blocks[i];
		s.inner[i] = rcnn_config_inner(c, i);
		s.outer[i] = rcnn_config_outer(c, i);
	}
	resnet_init(&m->body, &m->params, &s);
	resnet_freeze(&m->body, &m->params,
		c->freeze_conv_body ? RESNET_STAGES + 1 : (int)c->freeze_at);
}

static void plain(struct rcnn_model *m, struct rcnn_layer *l, const char *name,
	int in, int out, int k, struct nn_fill fill)
{
	rcnn_layer_init(l, &m->params, name, NULL,
		(struct rcnn_norming){RCNN_NORM_NONE, 0, 0},
		(struct rcnn_layer_shape){in, out, k, 1, 1}, fill);
}

static void pyramid_init(struct rcnn_model *m)
{
	int dim = (int)m->config.fpn_dim;
	char name[64];

	for (int i = 0; i < RESNET_STAGES; i++) {
		int c = m->body.shape.outer[i];

		snprintf(
			name, sizeof name, "backbone.fpn.inner_blocks.%d.0", i);
		plain(m, &m->inner[i], name, c, dim, 1, xavier(c));
	}
	for (int i = 0; i < RESNET_STAGES; i++) {
		snprintf(
			name, sizeof name, "backbone.fpn.layer_blocks.%d.0", i);
		plain(m, &m->outer[i], name, dim, dim, 3, xavier(9 * dim));
	}
}

static void rpn_init(struct rcnn_model *m)
{
	int dim = (int)m->config.fpn_dim, a = m->config.rpn_aspect_ratios.n;

	plain(m, &m->rpn_conv, "rpn.head.conv.0.0", dim, dim, 3, gauss(0.01f));
	plain(m, &m->rpn_logits, "rpn.head.cls_logits", dim, a, 1,
		gauss(0.01f));
	plain(m, &m->rpn_deltas, "rpn.head.bbox_pred", dim, 4 * a, 1,
		gauss(0.01f));
	m->rpn_logits.how.f32 = m->rpn_deltas.how.f32 = true;
}

/* A weight and bias of a layer of neurons, whose input is k x k x in. */
static void linear(struct rcnn_model *m, struct nn_tensor **w,
	struct nn_tensor **b, const char *name, int in, int k, int out,
	struct nn_fill fill)
{
	int64_t wide = (int64_t)in * k * k, n = out;
	struct nn_param *p;
	char full[96];

	snprintf(full, sizeof full, "roi_heads.%s.weight", name);
	*w = nn_param(&m->params, full, NN_WEIGHT, 4,
		(int64_t[]){out, in, k, k}, fill);
	/* On disk the weight is a matrix, as torch.nn.Linear has it. */
	p = nn_param_find(&m->params, full);
	p->rank = 2;
	p->shape[0] = out;
	p->shape[1] = wide;
	snprintf(full, sizeof full, "roi_heads.%s.bias", name);
	*b = nn_param(&m->params, full, NN_BIAS, 1, &n,
		(struct nn_fill){NN_FILL_CONSTANT, 0, 0});
}

static void head_init(struct rcnn_model *m)
{
	const struct rcnn_config *c = &m->config;
	int dim = (int)c->fpn_dim, k = (int)c->roi_xform_resolution;
	int wide = (int)c->mlp_head_dim;
	int boxes = c->cls_agnostic_bbox_reg ? 2 : m->classes;

	linear(m, &m->fc6, &m->fc6_b, "box_head.fc6", dim, k, wide,
		xavier((int64_t)dim * k * k));
	linear(m, &m->fc7, &m->fc7_b, "box_head.fc7", wide, 1, wide,
		xavier(wide));
	linear(m, &m->cls, &m->cls_b, "box_predictor.cls_score", wide, 1,
		m->classes, gauss(0.01f));
	linear(m, &m->box, &m->box_b, "box_predictor.bbox_pred", wide, 1,
		4 * boxes, gauss(0.001f));
}

void rcnn_model_init(struct rcnn_model *m, struct nn_backend *be,
	const struct rcnn_config *config, uint64_t seed)
{
	*m = (struct rcnn_model){
		.config = *config, .classes = (int)config->num_classes};
	nn_params_init(&m->params, be, seed);
	body_init(m);
	pyramid_init(m);
	/* To Detectron the pyramid is a part of the body. */
	if (config->freeze_conv_body)
		nn_params_freeze(&m->params, "backbone.fpn.");
	rpn_init(m);
	head_init(m);
}

void rcnn_model_release(struct rcnn_model *m)
{
	resnet_release(&m->body, m->params.be);
	nn_params_release(&m->params);
}

/* Top down: each level is its own 1x1 plus the coarser one, doubled. The
 * levels of the body, c, are dropped. */
static void pyramid(struct rcnn_model *m, struct nn_tape *t,
	struct nn_tensor *const *c, struct nn_tensor **p)
{
	struct nn_tensor *above = NULL, *side, *sum;

	for (int i = RESNET_STAGES - 1; i >= 0; i--) {
		sum = side = rcnn_layer(t, &m->inner[i], c[i], NULL, NN_LINEAR);
		nn_drop(t, c[i]);
		if (above) {
			sum = nn_upsample_add(t, above, side);
			nn_drop(t, side);
			nn_drop(t, above);
		}
		p[i] = rcnn_layer(t, &m->outer[i], sum, NULL, NN_LINEAR);
		above = sum;
	}
	nn_drop(t, above);
	p[RESNET_STAGES] = nn_max_pool(t, p[RESNET_STAGES - 1], 1, 2, 0);
}

void rcnn_features(struct rcnn_model *m, struct nn_tape *t, struct nn_tensor *x,
	struct rcnn_features *f)
{
	struct nn_tensor *c[RESNET_STAGES], *seen;
	int first = (int)m->config.rpn_min_level - 2;
	int levels = (int)m->config.rpn_max_level - 1 - first;
	int h[RCNN_PYRAMID], w[RCNN_PYRAMID];

	memset(f, 0, sizeof *f);
	seen = x;
	x = nn_cast(t, seen, m->dtype);
	nn_drop(t, seen);
	resnet_forward(&m->body, t, x, c);
	nn_drop(t, x);
	pyramid(m, t, c, f->p);
	for (int l = 0; l < levels; l++) {
		const struct nn_tensor *p = f->p[first + l];
		struct nn_tensor *y = rcnn_layer(
			t, &m->rpn_conv, f->p[first + l], NULL, NN_RELU);

		f->logits[l] =
			rcnn_layer(t, &m->rpn_logits, y, NULL, NN_LINEAR);
		f->deltas[l] =
			rcnn_layer(t, &m->rpn_deltas, y, NULL, NN_LINEAR);
		nn_drop(t, y);
		h[l] = (int)p->dim[1];
		w[l] = (int)p->dim[2];
	}
	rcnn_config_anchors(
		&m->config, h, w, (int)x->dim[1], (int)x->dim[2], &f->anchors);
}

void rcnn_features_drop(struct nn_tape *t, struct rcnn_features *f)
{
	for (int l = 0; l < RCNN_PYRAMID; l++)
		nn_drop(t, f->p[l]);
}

void rcnn_head(struct rcnn_model *m, struct nn_tape *t,
	const struct rcnn_features *f, const struct nn_tensor *rois,
	const struct nn_tensor *at, struct nn_tensor **logits,
	struct nn_tensor **deltas)
{
	const struct rcnn_config *c = &m->config;
	struct rcnn_pyramid levels = rcnn_config_pyramid(c);
	struct nn_conv_how hidden = {.act = NN_RELU}, last = {.f32 = true};
	struct nn_tensor *crop, *y, *z;
	float scale[RCNN_PYRAMID];

	for (int l = 0; l < RCNN_PYRAMID; l++)
		scale[l] = 1 / (float)(4 << l);
	crop = nn_roi_align(t, f->p + levels.min - 2,
		levels.max - levels.min + 1, scale + levels.min - 2, rois, at,
		(int)c->roi_xform_resolution, (int)c->roi_xform_sampling_ratio,
		levels.as->aligned);
	y = nn_linear(t, crop, m->fc6, m->fc6_b, hidden);
	z = nn_linear(t, y, m->fc7, m->fc7_b, hidden);
	*logits = nn_linear(t, z, m->cls, m->cls_b, last);
	*deltas = nn_linear(t, z, m->box, m->box_b, last);
	nn_drop(t, crop);
	nn_drop(t, y);
	nn_drop(t, z);
}

void rcnn_regions_send(const struct rcnn_model *m, struct nn_tape *t,
	const struct rcnn_regions *r, struct nn_tensor **rois,
	struct nn_tensor **at)
{
	struct rcnn_pyramid levels = rcnn_config_pyramid(&m->config);
	size_t n = (size_t)r->n;
	float *roi = arena_alloc(t->arena, n * sizeof *roi * 5);
	int32_t *level = arena_alloc(t->arena, n * sizeof *level);

	for (int i = 0; i < r->n; i++) {
		roi[5 * i] = (float)r->image[i];
		memcpy(roi + 5 * i + 1, &r->roi[i], 4 * sizeof *roi);
		level[i] = rcnn_box_level(&r->roi[i], &levels) - levels.min;
	}
	*rois = nn_upload(t, NN_F32, 2, (int64_t[]){r->n, 5}, roi);
	*at = nn_upload_vector(t, NN_I32, r->n, level);
}
