/*
 * The table by which one launch reaches every parameter (nn/body/update.h). It
 * is listed anew for each step, and sent to the device where it differs from
 * the last one: as a rule once in a run.
 *
 *	struct nn_parts *t = nn_parts_begin(ps);
 *
 *	*nn_parts_add(t) = (struct nn_part){.w = ..., .n = ...};
 *	nn_parts_end(ps);
 *	struct nn_ema_args a = {t->table, rest};
 *	be->each(be, NN_BODY_ema, &a, t->rows, NN_CHUNK);
 */
#ifndef NN_PARTS_H
#define NN_PARTS_H

#include "nn/param.h"

struct nn_parts {
	struct nn_table table; /* on the device */
	int64_t rows;          /* of what is listed */

	int n, sent_n, room; /* parts listed, sent; parameters */
	int64_t chunk_room;  /* chunks of all parameters */
	struct nn_part *listed, *sent;
	struct nn_chunk *chunk;
	/* Of the norm, once it was asked for: sums of squares, and the verdict.
	 * On the device. */
	double *sums;
	struct nn_verdict *verdict;
};

/* At most one part a parameter, of its size. */
struct nn_parts *nn_parts_begin(struct nn_params *ps);
struct nn_part *nn_parts_add(struct nn_parts *t);
void nn_parts_end(struct nn_params *ps);

/* Ask for the verdict on the gradients of what is listed, and on numbers of the
 * device's that must be finite as well (NULL: none): where it will be. */
const struct nn_verdict *nn_parts_judge(
	struct nn_params *ps, double clip, const double *const finite[2]);

/* Of nn_params_release. */
void nn_parts_free(struct nn_params *ps);
/* Of the device's memory, so far. */
size_t nn_parts_bytes(const struct nn_params *ps);

#endif
