/*
 * The bodies: what an op means for one row, over a range of lanes. Each is
 *
 *	NN_HD void nn_NAME_at(const struct nn_NAME_args *a, int64_t row,
 *		int64_t c0, int64_t c1);
 *
 * A backend makes a loop or a kernel of each from this one list. Flat work
 * has one row of many lanes. NN_SPLIT_LANES: rows of one lane add to the same
 * memory, so only lanes may be shared out among threads.
 */
#ifndef NN_BODY_LIST_H
#define NN_BODY_LIST_H

#include "nn/body/pointwise.h"
#include "nn/body/loss.h"
#include "nn/body/update.h"
#include "nn/body/region.h"

enum nn_split { NN_SPLIT_ANY, NN_SPLIT_LANES };

#define NN_BODIES(X) \
	X(add, NN_SPLIT_ANY) \
	X(scale, NN_SPLIT_ANY) \
	X(act, NN_SPLIT_ANY) \
	X(act_grad, NN_SPLIT_ANY) \
	X(affine, NN_SPLIT_ANY) \
	X(norm_grad, NN_SPLIT_ANY) \
	X(max_pool, NN_SPLIT_ANY) \
	X(max_pool_grad, NN_SPLIT_ANY) \
	X(upsample_add, NN_SPLIT_ANY) \
	X(upsample_grad, NN_SPLIT_ANY) \
	X(roi_align, NN_SPLIT_ANY) \
	X(roi_align_grad, NN_SPLIT_LANES) \
	X(bce, NN_SPLIT_ANY) \
	X(smooth_l1, NN_SPLIT_ANY) \
	X(softmax, NN_SPLIT_ANY) \
	X(scatter, NN_SPLIT_ANY) \
	X(sgd, NN_SPLIT_ANY) \
	X(adam, NN_SPLIT_ANY)

enum nn_body {
#define NN_BODY_ENUM(name, split) NN_BODY_##name,
	NN_BODIES(NN_BODY_ENUM)
#undef NN_BODY_ENUM
		NN_BODY_COUNT
};

#endif
