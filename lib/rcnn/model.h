/*
 * Faster R-CNN with a feature pyramid (Ren et al. 2015; Lin et al. 2017) in
 * Detectron's arithmetic: ResNet, FPN, region proposals, RoIAlign, a head of
 * two layers. Parameters have torchvision's names.
 *
 *	struct rcnn_model m;
 *	rcnn_model_init(&m, be, &config, seed);
 *	rcnn_losses(&m, &tape, x, examples, i, &step);	// objective.h
 *	rcnn_detect(&m, &tape, x, &view, ...);		// detect.h
 *	rcnn_model_release(&m);
 */
#ifndef RCNN_MODEL_H
#define RCNN_MODEL_H

#include "rcnn/anchors.h"
#include "rcnn/config.h"
#include "rcnn/resnet.h"

/* P2 to P6. */
enum { RCNN_PYRAMID = 5 };

struct rcnn_model {
	struct rcnn_config config;
	struct nn_params params;
	struct resnet body;
	struct rcnn_layer inner[RESNET_STAGES], outer[RESNET_STAGES];
	struct rcnn_layer rpn_conv, rpn_logits, rpn_deltas;
	struct nn_tensor *fc6, *fc6_b, *fc7, *fc7_b;
	struct nn_tensor *cls, *cls_b, *box, *box_b;
	int classes; /* with the background */
	/* What activations are kept as: NN_F32, or NN_BF16. Set it at will. */
	enum nn_type dtype;
};

/* The config must have passed rcnn_config_check. Weights are filled by
 * Detectron's rules from the seed. */
void rcnn_model_init(struct rcnn_model *m, struct nn_backend *be,
	const struct rcnn_config *config, uint64_t seed);
void rcnn_model_release(struct rcnn_model *m);

/* What the network says of a batch of pictures, x: n h w 3, h and w multiples
 * of the coarsest stride; on the device. x is dropped. */
struct rcnn_features {
	struct nn_tensor *p[RCNN_PYRAMID]; /* n h w dim, strides 4..64 */
	/* Of anchors.levels levels, from RPN_MIN_LEVEL up. */
	struct nn_tensor *logits[RCNN_PYRAMID]; /* n h w shapes */
	struct nn_tensor *deltas[RCNN_PYRAMID]; /* n h w shapes*4 */
	struct rcnn_anchors anchors;
};
void rcnn_features(struct rcnn_model *m, struct nn_tape *t, struct nn_tensor *x,
	struct rcnn_features *f);

/* Neither the head nor anybody else will read the maps again. */
void rcnn_features_drop(struct nn_tape *t, struct rcnn_features *f);

/* Regions, each of picture image[i] of the batch, as the host has them; sent to
 * the device as nn_roi_align takes them, at: of the levels from ROI_MIN_LEVEL
 * up. */
struct rcnn_regions {
	int n;
	struct rcnn_box *roi; /* in the network's pixels */
	int32_t *image;
};
void rcnn_regions_send(const struct rcnn_model *m, struct nn_tape *t,
	const struct rcnn_regions *r, struct nn_tensor **rois,
	struct nn_tensor **at);

/* What the box head says of n regions: logits n x classes, deltas n x
 * classes*4. */
void rcnn_head(struct rcnn_model *m, struct nn_tape *t,
	const struct rcnn_features *f, const struct nn_tensor *rois,
	const struct nn_tensor *at, struct nn_tensor **logits,
	struct nn_tensor **deltas);

#endif
