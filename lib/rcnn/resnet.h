/*
 * ResNet bodies (He et al. 2016; Xie et al. 2017 for groups): a stem and four
 * stages whose outputs C2 to C5 lie at strides 4, 8, 16 and 32. Parameters
 * have torchvision's names below "backbone.body.".
 */
#ifndef RCNN_RESNET_H
#define RCNN_RESNET_H

#include "rcnn/layer.h"

enum { RESNET_STAGES = 4 };

struct resnet_shape {
	int blocks[RESNET_STAGES]; /* 18: 2 2 2 2; 50: 3 4 6 3; 101: 3 4 23 3 */
	bool basic;                /* two 3x3 convolutions, no bottleneck */
	int stem;                  /* channels behind the first convolution */
	int inner[RESNET_STAGES];  /* channels within a stage's blocks, */
	int outer[RESNET_STAGES];  /* and behind them: of C2 to C5 */
	int groups;                /* of a bottleneck's 3x3; X-101: 32 */
	bool stride_1x1;           /* a stage's stride is its first 1x1's */
	struct rcnn_norming norm;
};

struct resnet_block {
	struct rcnn_layer conv[3], shortcut;
	int nconv;
	bool has_shortcut;
};

struct resnet {
	struct resnet_shape shape;
	struct rcnn_layer stem;
	struct resnet_block *block[RESNET_STAGES]; /* [shape.blocks[s]] */
};

void resnet_init(struct resnet *r, struct nn_params *ps,
	const struct resnet_shape *shape);
void resnet_release(struct resnet *r, struct nn_backend *be);

/* Freeze the stem and the first stages: Detectron's FREEZE_AT 2 is stem and
 * C2; 0 nothing, 5 all. */
void resnet_freeze(struct resnet *r, struct nn_params *ps, int at);

/* c[0..3]: C2 to C5 of pictures x. */
void resnet_forward(struct resnet *r, struct nn_tape *t, struct nn_tensor *x,
	struct nn_tensor *c[RESNET_STAGES]);

#endif
