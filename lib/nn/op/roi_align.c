#include "nn/ops.h"
#include "base/err.h"

struct roi_node {
	struct nn_node node;
	struct nn_roi_align_args f;
	struct nn_tensor *level[NN_LEVELS_MAX], *y;
	int nlevels;
};

static void roi_backward(struct nn_tape *t, struct nn_node *node)
{
	struct roi_node *nd = (struct roi_node *)node;
	struct nn_roi_align_grad_args a = {.f = nd->f, .dy = nd->y->grad};

	if (!nd->y->grad_set)
		return;
	for (int l = 0; l < nd->nlevels; l++) {
		a.dx[l] = nn_grad_begin(t, nd->level[l]);
		if (a.dx[l])
			t->be->clear(t->be, a.dx[l], nn_bytes(nd->level[l]));
	}
	t->be->each(
		t->be, NN_BODY_roi_align_grad, &a, nn_rows(nd->y), nd->f.lanes);
	for (int l = 0; l < nd->nlevels; l++)
		if (a.dx[l])
			nn_grad_end(t, nd->level[l], a.dx[l]);
}

struct nn_tensor *nn_roi_align(struct nn_tape *t,
	struct nn_tensor *const *level, int nlevels, const float *scale,
	const struct nn_tensor *rois, const struct nn_tensor *at, int size,
	int samples, bool aligned)
{
	struct nn_roi_align_args a = {.roi = rois->data,
		.at = at->data,
		.size = size,
		.samples = samples,
		.aligned = aligned,
		.lanes = nn_channels(level[0])};
	struct roi_node *nd;
	struct nn_tensor *y;

	BUG_ON(nlevels < 1 || nlevels > NN_LEVELS_MAX || samples < 1);
	BUG_ON(nn_channels(rois) != 5 || nn_rows(rois) != nn_count(at));
	for (int l = 0; l < nlevels; l++) {
		BUG_ON(nn_channels(level[l]) != a.lanes);
		a.x[l] = level[l]->data;
		a.h[l] = (int32_t)level[l]->dim[1];
		a.w[l] = (int32_t)level[l]->dim[2];
		a.scale[l] = scale[l];
	}
	y = nn_new(
		t, NN_F32, 4, (int64_t[]){nn_rows(rois), size, size, a.lanes});
	a.y = y->data;
	t->be->each(t->be, NN_BODY_roi_align, &a, nn_rows(y), a.lanes);
	nd = nn_record(t, sizeof *nd, roi_backward, y, level, nlevels);
	if (nd) {
		nd->f = a;
		nd->y = y;
		nd->nlevels = nlevels;
		for (int l = 0; l < nlevels; l++)
			nd->level[l] = level[l];
	}
	return y;
}
