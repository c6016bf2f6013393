/*
 * The ops of the networks, one file each under nn/op/. Each takes the tape
 * first, returns its output in the tape's arena, and knows its backward.
 * A wrong shape is our bug and aborts; shapes from outside are checked where
 * weights and data are read.
 */
#ifndef NN_OPS_H
#define NN_OPS_H

#include "nn/tape.h"

struct nn_conv_how {
	int stride, pad;
	int groups; /* 0 means 1 */
	enum nn_act act;
	bool f32; /* y is f32, whatever x is: for what losses read */
	/* Transposed only: rows and columns more at the end, fewer than
	 * stride (PyTorch's output_padding). */
	int extra;
};

/* x as f32 or bf16; x itself, held once more, when it is that already:
 * op/cast.c. What follows from a bf16 tensor is bf16, so that casting the
 * pictures makes a network compute in bf16. Losses take f32. */
struct nn_tensor *nn_cast(
	struct nn_tape *t, struct nn_tensor *x, enum nn_type type);

/*
 * y = act(conv(x, w * scale) + bias + residual): op/conv.c.
 * x: n h w ic; w: oc ic/groups kh kw; scale, bias: oc, may be NULL (scale is
 * a frozen batch norm's and gets no gradient); residual like y, may be NULL.
 */
struct nn_tensor *nn_conv(struct nn_tape *t, struct nn_tensor *x,
	struct nn_tensor *w, struct nn_tensor *scale, struct nn_tensor *bias,
	struct nn_tensor *residual, struct nn_conv_how how);

/* Its geometry, for who asks the backend for its parts; and bias's gradient
 * grows by the column sums of dy, which is like y. bias may be NULL. */
struct nn_conv nn_conv_of(const struct nn_tensor *x, const struct nn_tensor *w,
	struct nn_conv_how how);
void nn_bias_gradient(struct nn_tape *t, struct nn_tensor *bias,
	const struct nn_tensor *y, const void *dy);

/*
 * The transposed convolution, PyTorch's ConvTranspose2d: op/conv_transpose.c.
 * x: n h w ic; w: ic oc kh kw; y: n (h-1)*stride-2*pad+kh+extra ... oc.
 * how.act must be NN_LINEAR.
 */
struct nn_tensor *nn_conv_transpose(struct nn_tape *t, struct nn_tensor *x,
	struct nn_tensor *w, struct nn_conv_how how);

/*
 * x doubled by nearest neighbour (nn_upsample), then a 3x3 convolution, padded
 * by 1, as one: op/conv_double.c. x: n h w ic; w: oc ic 3 3; y: n 2h 2w oc.
 * wide is the weight's own: the 4x4 kernel of that one, made anew when w has
 * changed.
 */
struct nn_wide {
	struct nn_tensor k; /* ic oc 4 4 */
	uint64_t from;      /* w's version */
};
void nn_wide_init(
	struct nn_wide *wide, struct nn_backend *be, const struct nn_tensor *w);
void nn_wide_release(struct nn_wide *wide, struct nn_backend *be);
/* Of the device's memory; the half of it only once w has learnt. */
size_t nn_wide_bytes(const struct nn_wide *wide);
struct nn_tensor *nn_conv_double(struct nn_tape *t, struct nn_tensor *x,
	struct nn_tensor *w, struct nn_wide *wide);

/* A layer of neurons: x: rows of k (any rank: flattened per row in PyTorch's
 * order C H W); w: out k; bias: out. A convolution whose kernel covers x; of
 * how, act and f32 count. */
struct nn_tensor *nn_linear(struct nn_tape *t, struct nn_tensor *x,
	struct nn_tensor *w, struct nn_tensor *bias, struct nn_conv_how how);

/* A batch norm's parameters and running statistics, all c. */
struct nn_norm {
	struct nn_tensor *gain, *bias; /* trainable, or not (frozen) */
	struct nn_tensor *mean, *var;  /* running; NULL for group norm */
	float eps;
	float momentum; /* weight of the new batch, 0.1 */
	int groups;     /* group norm: number of groups */
};

/*
 * y = act(norm(x) + residual). op/batch_norm.c: statistics of the batch, and
 * the running ones updated (variance unbiased, as PyTorch does), when the tape
 * trains; else the running ones. (Ioffe and Szegedy 2015.)
 */
struct nn_tensor *nn_batch_norm(struct nn_tape *t, struct nn_tensor *x,
	const struct nn_norm *norm, struct nn_tensor *residual,
	enum nn_act act);

/* The same with statistics per picture and group of channels: (Wu and He
 * 2018), op/group_norm.c. */
struct nn_tensor *nn_group_norm(struct nn_tape *t, struct nn_tensor *x,
	const struct nn_norm *norm, struct nn_tensor *residual,
	enum nn_act act);

/* An activation on its own: op/activation.c. */
struct nn_tensor *nn_activation(
	struct nn_tape *t, struct nn_tensor *x, enum nn_act act);

/* For ops that end in an activation: y->grad becomes the gradient of what the
 * activation was given, in place. */
void nn_act_undo(struct nn_tape *t, struct nn_tensor *y, enum nn_act act);

/* Maximum over k x k windows; windows outside x count as minus infinity:
 * op/max_pool.c */
struct nn_tensor *nn_max_pool(
	struct nn_tape *t, struct nn_tensor *x, int k, int stride, int pad);

/* y = small, doubled by nearest neighbour, + big; the size of big:
 * op/upsample.c. small has half of big's rows and columns, rounded up. */
struct nn_tensor *nn_upsample_add(
	struct nn_tape *t, struct nn_tensor *small, struct nn_tensor *big);

/* x, doubled by nearest neighbour: op/upsample.c. */
struct nn_tensor *nn_upsample(struct nn_tape *t, struct nn_tensor *x);

/* Pictures of a store of bytes, h w 3 each, from -1 to 1 (nn/body/augment.h):
 * op/augment.c. which: I32, picture k, or mirrored ~k; y: n h w 3. store is on
 * the device. */
struct nn_tensor *nn_fetch(struct nn_tape *t, enum nn_type type,
	const uint8_t *store, const struct nn_tensor *which, int h, int w);

/* Photographs scaled and normalised, n of them (nn/body/resize.h, where what is
 * pointed at is on the device; type and y are set here): op/resize.c. y: n h w
 * 3. */
struct nn_tensor *nn_resize(struct nn_tape *t, enum nn_type type, int64_t n,
	const struct nn_resize_args *how);

/*
 * Pictures moved, cut out and recoloured, each in its own way (nn/body/
 * augment.h): op/augment.c. x: n h w 3; picture has n entries on the device and
 * lives as long as the tape. colour: some are recoloured.
 */
struct nn_tensor *nn_augment(struct nn_tape *t, struct nn_tensor *x,
	const struct nn_augment_picture *picture, bool colour);
/* What it does to differences of pictures (brightness adds nothing), and its
 * transpose, which takes gradients back; from `from` to `to`, like x. */
void nn_augment_linear(struct nn_tape *t, const struct nn_tensor *x,
	const struct nn_augment_picture *picture, bool colour, bool transpose,
	const void *from, void *to);

/*
 * RoIAlign (He et al. 2017) over the levels of a pyramid: op/roi_align.c.
 * level[l]: n h w c at 2^-(l+first_level) of the picture; rois: r x 5, each
 * picture index, x1, y1, x2, y2 in pixels; at[r] the level each is taken
 * from, as an index into level. y: r size size c. samples points each way in
 * a bin (0: one a pixel); aligned shifts by half a pixel (Detectron2), else the
 * legacy form of Detectron and torchvision.
 */
struct nn_tensor *nn_roi_align(struct nn_tape *t,
	struct nn_tensor *const *level, int nlevels, const float *scale,
	const struct nn_tensor *rois, const struct nn_tensor *at, int size,
	int samples, bool aligned);

/*
 * Losses: scalars, each factor * sum over the chosen items. index (i32, n
 * entries, all different but for -1, no element) chooses elements of x; NULL
 * chooses all.
 *
 * bce: max(x,0) - x*target + log(1+exp(-|x|)), on logits; each item times its
 *	weight, where weights are given.
 * smooth L1 (Girshick 2015): 0.5 d^2/beta below beta, else |d| - 0.5 beta;
 *	each item times its weight, where weights are given.
 * softmax: rows of x against labels (i32; -1: not counted), each times its
 *	row's weight, where weights are given.
 * giou: 1 - GIoU of rows of x and target, boxes x1 y1 x2 y2 with x1 <= x2 and
 *	y1 <= y2, each times its row's weight, where weights are given.
 *
 * L1 is smooth L1 with beta 0; softplus(x) and softplus(-x), the losses of a
 * GAN, are bce with targets 0 and 1.
 */
struct nn_tensor *nn_bce_loss(struct nn_tape *t, struct nn_tensor *x,
	const struct nn_tensor *index, const struct nn_tensor *target,
	const struct nn_tensor *weight, float factor);
struct nn_tensor *nn_smooth_l1_loss(struct nn_tape *t, struct nn_tensor *x,
	const struct nn_tensor *index, const struct nn_tensor *target,
	const struct nn_tensor *weight, float beta, float factor);
struct nn_tensor *nn_giou_loss(struct nn_tape *t, struct nn_tensor *x,
	const struct nn_tensor *target, const struct nn_tensor *weight,
	float factor);
struct nn_tensor *nn_softmax_loss(struct nn_tape *t, struct nn_tensor *x,
	const struct nn_tensor *label, const struct nn_tensor *weight,
	float factor);

/* What there is, for people: a row each, ended by one without a name. */
struct nn_op_info {
	const char *name;
	bool bf16; /* takes activations of bf16, too */
	const char *about;
};
extern const struct nn_op_info nn_ops[];

#endif
