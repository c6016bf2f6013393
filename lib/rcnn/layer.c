#include "rcnn/layer.h"

#include <math.h>

static void norm_init(struct rcnn_layer *l, struct nn_params *ps,
	const char *name, int64_t c, const struct rcnn_norming *how)
{
	/* A frozen norm's four vectors are never trained. */
	bool frozen = l->kind == RCNN_NORM_AFFINE;
	enum nn_role role = frozen ? NN_BUFFER : NN_NORM;
	struct nn_fill one = {NN_FILL_CONSTANT, 1, 0};
	struct nn_fill zero = {NN_FILL_CONSTANT, 0, 0};
	struct arena a = {0};

	l->norm = (struct nn_norm){
		.eps = l->kind == RCNN_NORM_GROUP ? how->eps : 1e-5f,
		.momentum = 0.1f,
		.groups = how->groups};
	l->norm.gain = nn_param(
		ps, arena_printf(&a, "%s.weight", name), role, 1, &c, one);
	l->norm.bias = nn_param(
		ps, arena_printf(&a, "%s.bias", name), role, 1, &c, zero);
	if (l->kind != RCNN_NORM_GROUP) {
		l->norm.mean =
			nn_param(ps, arena_printf(&a, "%s.running_mean", name),
				NN_BUFFER, 1, &c, zero);
		l->norm.var =
			nn_param(ps, arena_printf(&a, "%s.running_var", name),
				NN_BUFFER, 1, &c, one);
	}
	arena_release(&a);
}

void rcnn_layer_init(struct rcnn_layer *l, struct nn_params *ps,
	const char *conv, const char *norm, struct rcnn_norming norming,
	struct rcnn_layer_shape shape, struct nn_fill fill)
{
	int groups = shape.groups ? shape.groups : 1;
	int64_t c = shape.out;
	int64_t dim[] = {shape.out, shape.in / groups, shape.k, shape.k};
	struct arena a = {0};

	*l = (struct rcnn_layer){.kind = norming.kind,
		.how = {.stride = shape.stride,
			.pad = shape.k / 2,
			.groups = groups}};
	if (l->kind != RCNN_NORM_NONE)
		fill = (struct nn_fill){NN_FILL_NORMAL, 0,
			sqrtf(2.0f / (float)(shape.k * shape.k * shape.out /
					     groups))};
	l->w = nn_param(ps, arena_printf(&a, "%s.weight", conv), NN_WEIGHT, 4,
		dim, fill);
	if (l->kind == RCNN_NORM_NONE)
		l->bias = nn_param(ps, arena_printf(&a, "%s.bias", conv),
			NN_BIAS, 1, &c,
			(struct nn_fill){NN_FILL_CONSTANT, 0, 0});
	else
		norm_init(l, ps, norm, c, &norming);
	if (l->norm.mean) {
		struct nn_tensor *fold[] = {&l->scale, &l->shift};

		for (int i = 0; i < 2; i++) {
			fold[i]->rank = 1;
			fold[i]->dim[0] = c;
			fold[i]->data = ps->be->alloc(
				ps->be, (size_t)c * sizeof(float));
		}
	}
	arena_release(&a);
}

void rcnn_layer_release(struct rcnn_layer *l, struct nn_backend *be)
{
	if (!l->scale.data)
		return;
	be->free(be, l->scale.data, nn_bytes(&l->scale));
	be->free(be, l->shift.data, nn_bytes(&l->shift));
}

/* scale = gain / std, shift = bias - mean * scale, when they have changed. */
static void fold(struct nn_backend *be, struct rcnn_layer *l)
{
	const struct nn_norm *n = &l->norm;
	struct nn_fold_args a = {n->gain->data, n->bias->data, n->mean->data,
		n->var->data, l->scale.data, l->shift.data, n->eps};
	/* Versions only rise, so that their sum tells. */
	uint64_t now = 1 + n->gain->version + n->bias->version +
		       n->mean->version + n->var->version;

	if (l->folded == now || be->dry)
		return;
	be->each(be, NN_BODY_fold, &a, 1, l->scale.dim[0]);
	l->scale.version++;
	l->folded = now;
}

struct nn_tensor *rcnn_layer(struct nn_tape *t, struct rcnn_layer *l,
	struct nn_tensor *x, struct nn_tensor *residual, enum nn_act act)
{
	struct nn_conv_how how = l->how;
	bool constant =
		l->kind == RCNN_NORM_AFFINE ||
		(l->kind == RCNN_NORM_BATCH && (!t->train || l->frozen));
	struct nn_tensor *y, *z;

	how.act = act;
	if (l->kind == RCNN_NORM_NONE)
		return nn_conv(t, x, l->w, NULL, l->bias, residual, how);
	if (constant) {
		fold(t->be, l);
		return nn_conv(t, x, l->w, &l->scale, &l->shift, residual, how);
	}
	how.act = NN_LINEAR;
	y = nn_conv(t, x, l->w, NULL, NULL, NULL, how);
	if (l->kind == RCNN_NORM_BATCH)
		z = nn_batch_norm(t, y, &l->norm, residual, act);
	else
		z = nn_group_norm(t, y, &l->norm, residual, act);
	nn_drop(t, y);
	return z;
}
