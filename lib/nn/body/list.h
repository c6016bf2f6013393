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
#include "nn/body/norm.h"
#include "nn/body/update.h"
#include "nn/body/region.h"
#include "nn/body/augment.h"
#include "nn/body/widen.h"
#include "nn/body/resize.h"

enum nn_split { NN_SPLIT_ANY, NN_SPLIT_LANES };

/* X(name, kind, split); kind: TYPED when its arguments begin with an
 * enum nn_type; else PLAIN, or ROWS where rows are long. */
#define NN_BODIES(X) \
	X(add, TYPED, NN_SPLIT_ANY) \
	X(cast, TYPED, NN_SPLIT_ANY) \
	X(narrow, PLAIN, NN_SPLIT_ANY) \
	X(fold, PLAIN, NN_SPLIT_ANY) \
	X(act, TYPED, NN_SPLIT_ANY) \
	X(act_grad, TYPED, NN_SPLIT_ANY) \
	X(affine, TYPED, NN_SPLIT_ANY) \
	X(norm_grad, TYPED, NN_SPLIT_ANY) \
	X(batch_norm, PLAIN, NN_SPLIT_ANY) \
	X(batch_norm_grad, PLAIN, NN_SPLIT_ANY) \
	X(group_norm, PLAIN, NN_SPLIT_ANY) \
	X(group_norm_grad, PLAIN, NN_SPLIT_ANY) \
	X(max_pool, TYPED, NN_SPLIT_ANY) \
	X(max_pool_grad, TYPED, NN_SPLIT_ANY) \
	X(upsample_add, TYPED, NN_SPLIT_ANY) \
	X(upsample_grad, TYPED, NN_SPLIT_ANY) \
	X(roi_align, TYPED, NN_SPLIT_ANY) \
	X(roi_align_grad, TYPED, NN_SPLIT_LANES) \
	X(bce, PLAIN, NN_SPLIT_ANY) \
	X(smooth_l1, PLAIN, NN_SPLIT_ANY) \
	X(softmax, PLAIN, NN_SPLIT_ANY) \
	X(giou, PLAIN, NN_SPLIT_ANY) \
	X(terms, PLAIN, NN_SPLIT_ANY) \
	X(gan_loss, PLAIN, NN_SPLIT_ANY) \
	X(dot, PLAIN, NN_SPLIT_ANY) \
	X(upsample, TYPED, NN_SPLIT_ANY) \
	X(scatter, PLAIN, NN_SPLIT_ANY) \
	X(squares, ROWS, NN_SPLIT_ANY) \
	X(pile, ROWS, NN_SPLIT_ANY) \
	X(judge, PLAIN, NN_SPLIT_ANY) \
	X(sgd, ROWS, NN_SPLIT_ANY) \
	X(adam, ROWS, NN_SPLIT_ANY) \
	X(ema, ROWS, NN_SPLIT_ANY) \
	X(snapshot, ROWS, NN_SPLIT_ANY) \
	X(widen, PLAIN, NN_SPLIT_ANY) \
	X(widen_grad, PLAIN, NN_SPLIT_ANY) \
	X(mix, TYPED, NN_SPLIT_ANY) \
	X(fetch, TYPED, NN_SPLIT_ANY) \
	X(shift, TYPED, NN_SPLIT_ANY) \
	X(recolour, TYPED, NN_SPLIT_ANY) \
	X(resize, TYPED, NN_SPLIT_ANY)

enum nn_body {
#define NN_BODY_ENUM(name, kind, split) NN_BODY_##name,
	NN_BODIES(NN_BODY_ENUM)
#undef NN_BODY_ENUM
		NN_BODY_COUNT
};

#endif
