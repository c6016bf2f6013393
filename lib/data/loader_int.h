/* What the files of the loader share and nobody else sees. */
#ifndef DATA_LOADER_INT_H
#define DATA_LOADER_INT_H

#include <stddef.h>
#include "base/rng.h"
#include "data/loader.h"

/* ---- stock.c: all that is learnt from, cleaned ---- */

struct stock_entry {
	int set, image;
	int first, nboxes; /* its boxes in the stock's arrays */
};

struct stock {
	struct stock_entry *entry; /* [n] */
	int n;
	float (*box)[4];  /* [nboxes] pixels of the photograph */
	int32_t *classes; /* [nboxes] */
	uint8_t *crowd;   /* [nboxes] */
	int nboxes;
	long defects[TRUTH_DEFECTS];
};

/* st must be zeros; it is to be released either way. */
int stock_fill(struct stock *st, const struct loader_options *o, struct err *e);
void stock_release(struct stock *st);

/* ---- batch.c: a batch, once it is known of what ---- */

/* An entry of the stock, as it is or mirrored. */
struct batch_item {
	int entry;
	bool flipped;
};

/* Whether an entry's photograph is of the tall ones, where those are apart;
 * squares are of the others. */
bool batch_tall(
	const struct loader_options *o, const struct stock *st, int entry);

/* The largest that a batch of any of the stock's photographs can be. */
void batch_largest(
	const struct loader_options *o, const struct stock *st, int *h, int *w);

/* And the bytes of its x, or of its pack. */
size_t batch_bytes(const struct loader_options *o, const struct stock *st);

/* What filling one needs besides: the largest of its photographs, the part of
 * it that is shown, and what Pillow's filter makes of that. */
size_t batch_work_bytes(const struct loader_options *o, const struct stock *st);

/*
 * Fill b, whose x or pack.block has b->room, for n of the largest, with n items
 * at a size, each varied in its way. When a photograph cannot be used, -1 with
 * the reason, and *bad is its place among the items.
 */
int batch_fill(struct loader_batch *b, const struct loader_options *o,
	const struct stock *st, const struct batch_item *items,
	const struct variation *vary, int n, int size, int *bad, struct err *e);

#endif
