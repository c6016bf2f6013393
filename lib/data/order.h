/*
 * The order in which a data set is learnt: which items are in batch i is a
 * function of seed and i alone, so that a training run resumes anywhere.
 *
 * Every epoch draws a new order (RNG_ORDER, the epoch being the item). A batch
 * is of one group only, wide pictures or tall ones, so that little of it is
 * padding; what does not fill a batch sits the epoch out, and the batches of
 * the groups are mixed (detectron/roi_data/loader.py). A group that is smaller
 * than a batch fills one with repetitions rather than never being seen.
 *
 *	struct order o;
 *	order_init(&o, group, n, 16, seed);
 *	pick = order_batch(&o, iter);
 *	for (int k = 0; k < 16; k++)
 *		use(order_item(&o, pick, k));
 *	order_release(&o);
 */
#ifndef DATA_ORDER_H
#define DATA_ORDER_H

#include <stdint.h>

enum { ORDER_GROUPS = 2 };

struct order_group {
	int32_t *item;  /* [n] as they came */
	int32_t *drawn; /* [n] as the epoch drew them */
	int n, rows;    /* batches of an epoch */
};

struct order {
	struct order_group group[ORDER_GROUPS];
	uint64_t seed;
	int batch, rows; /* all groups' */
	int32_t *row;    /* [rows] as drawn; group 0's are the first numbers */
	int64_t epoch;   /* that is drawn; -1: none yet */
};

/* Where a batch begins. */
struct order_pick {
	int group, at;
};

/* n items, group[i] 0 or 1, n and batch at least 1. */
void order_init(
	struct order *o, const uint8_t *group, int n, int batch, uint64_t seed);
void order_release(struct order *o);

/* Batch iter, from 0. Draws its epoch when that isn't the one at hand. */
struct order_pick order_batch(struct order *o, int64_t iter);
/* Item k of it; from k = batch on, those that come next in the group, round
 * and round: replacements for what turns out to be unusable. */
int32_t order_item(const struct order *o, struct order_pick p, int k);

#endif
