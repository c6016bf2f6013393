/* The pictures that a GAN learns from, with their labels, as bytes in memory.
 */
#ifndef APP_GAN_PICTURES_H
#define APP_GAN_PICTURES_H

#include "cli/progress.h"
#include "data/pixels.h"
#include "gan/gan_step.h"

struct gan_pictures {
	struct cli *c;
	struct gallery gallery;
	struct gan_labels labels;
	struct pixels px;
	/* [px.n][labels.nkeys]: where a picture's label stands in the row, or
	 * -1. */
	int32_t *at;
	int held;      /* pictures kept aside, behind the px.n others */
	uint8_t *copy; /* the others' on a card; NULL: none */
	struct nn_backend *be;
	struct progress bar;
};

/* The operands' pictures, and what their records say under the keys of a list
 * "brand,season" (NULL: none). Nothing is decoded yet. */
int gan_pictures_list(struct gan_pictures *p, struct cli *c, const char *root,
	const char *keys, struct err *e);
/* Decode them as the run wants them; tells what is wrong with them. So many are
 * kept aside, evenly from the list; -1: a tenth and at most 500, if there are
 * enough for that to be no loss. */
int gan_pictures_load(struct gan_pictures *p, const struct gan_run *run,
	int64_t held, int threads, struct err *e);
/* The others as the store of a gan_batch. A card gets a copy, which is let go
 * with p, before the backend is closed. */
const uint8_t *gan_pictures_store(
	struct gan_pictures *p, struct nn_backend *be);
/* Those that were kept aside. */
const uint8_t *gan_pictures_held(const struct gan_pictures *p);
void gan_pictures_release(struct gan_pictures *p);

/* At most b->n after `seen`: pixels_next. */
int gan_pictures_batch(
	struct gan_pictures *p, int64_t seen, struct gan_batch *b);

#endif
