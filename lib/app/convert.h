/*
 * Detectors and bodies that others trained, as ours: names, folds, and the
 * configuration that the tensors speak of.
 *
 *	foreign torchvision	backbone.body.layer1.0.conv1.weight
 *	Detectron2		backbone.bottom_up.res2.0.conv1.weight
 *	Detectron		res2_0_branch2a_w
 *
 * and the same without their beginnings, for bodies from ImageNet.
 */
#ifndef APP_CONVERT_H
#define APP_CONVERT_H

#include "app/detector.h"

enum convert_from {
	CONVERT_UNKNOWN,
	CONVERT_TORCHVISION,
	CONVERT_DETECTRON,
	CONVERT_DETECTRON2
};

struct convert {
	enum convert_from from;
	bool whole;       /* a detector, else a body */
	bool but_classes; /* a detector, but for what tells classes apart */
	/* What the shapes say, and the project's habits beyond them. */
	struct rcnn_config config;
};

/* What is in st. ERR_DATA when it is no ResNet with or without a pyramid. */
int convert_look(struct convert *c, const struct nn_st *st, struct err *e);

/*
 * Fill a detector of that configuration (of which `from` is the project) with
 * the tensors of st: of the whole network, or of its body alone. bn_eps is
 * what the norms were trained with. ERR_DATA for a tensor that is missing or
 * of another shape, by both its names.
 */
int convert_fill(struct detector *d, const struct convert *c,
	const struct nn_st *st, double bn_eps, struct err *e);

/* Whether a tensor of ours is to come from c's. */
bool convert_takes(const struct convert *c, const char *name);
/*
 * Make the first convolution, which takes pixels as `from` has them, take
 * those of `to`: order, deviations, means. The difference of the means is a
 * constant, which goes into a norm's mean behind it: exact but at the border,
 * where the padding is each one's own grey.
 */
void convert_pixels(struct nn_params *ps, const struct rcnn_config *from,
	const struct rcnn_config *to);
/* torchvision's pixels: red, green, blue, less their mean, by deviation. */
void convert_torchvision_pixels(struct rcnn_config *c);

/* A tensor's name in another project, in the arena. NULL where it has none:
 * Detectron's norms have no statistics. depth: blocks of each stage. */
const char *convert_name(enum convert_from from, bool whole, const char *ours,
	const int depth[4], struct arena *a);

/*
 * Write the tensors as torchvision has them: what its models load with
 * strict=True. The first convolution is made to take torchvision's pixels, so
 * that the detector has to be thrown away.
 */
int convert_save_torchvision(
	struct detector *d, const char *path, struct err *e);
/* Write parameters alone, as PyTorch has them: by torch_save.h where the name
 * ends in .pth or .pt, else as safetensors. */
int convert_write(const char *path, struct nn_params *ps, struct err *e);
/* Write the body alone, for TRAIN.WEIGHTS. */
int convert_save_body(struct detector *d, const char *path, struct err *e);

#endif
