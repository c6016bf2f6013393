#include "nn/ops.h"

const struct nn_op_info nn_ops[] = {
	{"conv", true,
		"convolution, with scale, bias, residual and activation fused"},
	{"conv_transpose", true, "transposed convolution"},
	{"conv_double", true, "twice the size, and a 3x3 convolution"},
	{"linear", true, "layer of neurons"},
	{"batch_norm", true, "Ioffe and Szegedy 2015"},
	{"group_norm", true, "Wu and He 2018"},
	{"activation", true,
		"linear, relu, leaky relu, tanh, sigmoid, softplus"},
	{"cast", true, "between f32 and bf16"},
	{"max_pool", true, "maximum over windows"},
	{"upsample", true, "twice the size, by nearest neighbour"},
	{"upsample_add", true, "the same, added to another"},
	{"augment", true, "pictures moved, cut out, recoloured: Zhao et al. 2020"},
	{"roi_align", true, "He et al. 2017, with and without half a pixel"},
	{"bce", false, "binary cross-entropy on logits"},
	{"smooth_l1", false, "Girshick 2015; L1"},
	{"softmax", false, "cross-entropy"},
	{"giou", false, "Rezatofighi et al. 2019"},
	{0},
};
