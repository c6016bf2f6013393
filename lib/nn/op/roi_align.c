#include "nn/ops.h"
#include "base/err.h"

struct roi_node {
	struct nn_node node;
	struct nn_roi_align_args f;
	struct nn_tensor *level[NN_LEVELS_MAX], *y;
	int nlevels;
};

/* Many bins add to one pixel: that is done in f32. */
static float *map_begin(struct nn_tape *t, struct nn_tensor *x)
{
	size_t bytes = (size_t)nn_count(x) * sizeof(float);
	float *g;

	if (!x->needs_grad)
		return NULL;
	g = x->type == NN_F32 ? nn_grad_begin(t, x)
			      : nn_pool_alloc(t->pool, bytes);
	t->be->clear(t->be, g, bytes);
	return g;
}

static void map_end(struct nn_tape *t, struct nn_tensor *x, float *g)
{
	struct nn_cast_args a = {NN_F32, g, NULL};

	if (x->type == NN_F32) {
		nn_grad_end(t, x, g);
		return;
	}
	a.y = nn_grad_begin(t, x);
	t->be->each(t->be, NN_BODY_cast, &a, 1, nn_count(x));
	nn_grad_end(t, x, a.y);
	nn_pool_free(t->pool, g);
}

static void roi_backward(struct nn_tape *t, struct nn_node *node)
{
	struct roi_node *nd = (struct roi_node *)node;
	struct nn_roi_align_grad_args a = {
		.type = nd->y->type, .f = nd->f, .dy = nd->y->grad};

	if (!nd->y->grad_set)
		return;
	for (int l = 0; l < nd->nlevels; l++)
		a.dx[l] = map_begin(t, nd->level[l]);
	t->be->each(
		t->be, NN_BODY_roi_align_grad, &a, nn_rows(nd->y), nd->f.lanes);
	for (int l = 0; l < nd->nlevels; l++)
		if (a.dx[l])
			map_end(t, nd->level[l], a.dx[l]);
}

struct nn_tensor *nn_roi_align(struct nn_tape *t,
	struct nn_tensor *const *level, int nlevels, const float *scale,
	const struct nn_tensor *rois, const struct nn_tensor *at, int size,
	int samples, bool aligned)
{
	struct nn_roi_align_args a = {.type = level[0]->type,
		.roi = rois->data,
		.at = at->data,
		.size = size,
		.samples = samples,
		.aligned = aligned,
		.lanes = nn_channels(level[0])};
	struct roi_node *nd;
	struct nn_tensor *y;

	BUG_ON(nlevels < 1 || nlevels > NN_LEVELS_MAX || samples < 0);
	BUG_ON(nn_channels(rois) != 5 || nn_rows(rois) != nn_count(at));
	for (int l = 0; l < nlevels; l++) {
		BUG_ON(nn_channels(level[l]) != a.lanes);
		BUG_ON(level[l]->type != a.type);
		a.x[l] = level[l]->data;
		a.h[l] = (int32_t)level[l]->dim[1];
		a.w[l] = (int32_t)level[l]->dim[2];
		a.scale[l] = scale[l];
	}
	y = nn_new(
		t, a.type, 4, (int64_t[]){nn_rows(rois), size, size, a.lanes});
	a.y = y->data;
	t->be->each(t->be, NN_BODY_roi_align, &a, nn_rows(y), a.lanes);
	nd = nn_record(t, sizeof *nd, roi_backward, y, level, nlevels);
	if (nd) {
		nd->f = a;
		nd->y = y;
		nd->nlevels = nlevels;
		nn_keep(&nd->node, rois);
		nn_keep(&nd->node, at);
		for (int l = 0; l < nlevels; l++)
			nd->level[l] = level[l];
	}
	return y;
}
