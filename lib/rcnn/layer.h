/*
 * A convolution with the norm behind it, as one layer. Where the norm's
 * statistics are constant (a frozen norm always; a batch norm in use) it is
 * folded into the weight and a bias, so that nothing of it is left at run
 * time; where they are the batch's, it is an op of its own.
 */
#ifndef RCNN_LAYER_H
#define RCNN_LAYER_H

#include "nn/ops.h"
#include "nn/param.h"

enum rcnn_norm {
	RCNN_NORM_NONE,   /* the convolution has a bias */
	RCNN_NORM_AFFINE, /* frozen batch norm: Detectron's AffineChannel */
	RCNN_NORM_BATCH,
	RCNN_NORM_GROUP
};

struct rcnn_norming {
	enum rcnn_norm kind;
	int groups; /* these two of RCNN_NORM_GROUP */
	float eps;
};

struct rcnn_layer {
	struct nn_tensor *w, *bias;
	enum rcnn_norm kind;
	struct nn_norm norm;
	struct nn_conv_how how; /* without act */
	bool frozen;            /* its statistics too */
	/* The folded norm, and the versions that it was folded from. */
	struct nn_tensor scale, shift;
	uint64_t folded;
};

struct rcnn_layer_shape {
	int in, out, k, stride, groups;
};

/*
 * Register the parameters: `conv` names the convolution, `norm` the norm
 * ("layer1.0.conv1", "layer1.0.bn1"), as torchvision does. The weight is
 * filled by He's rule over the outputs (normal, variance 2/(k k out)) unless
 * the layer has a bias, when `fill` says.
 */
void rcnn_layer_init(struct rcnn_layer *l, struct nn_params *ps,
	const char *conv, const char *norm, struct rcnn_norming norming,
	struct rcnn_layer_shape shape, struct nn_fill fill);
void rcnn_layer_release(struct rcnn_layer *l, struct nn_backend *be);

/* y = act(norm(conv(x)) + residual); residual may be NULL. */
struct nn_tensor *rcnn_layer(struct nn_tape *t, struct rcnn_layer *l,
	struct nn_tensor *x, struct nn_tensor *residual, enum nn_act act);

#endif
