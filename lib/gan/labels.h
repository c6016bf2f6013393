/*
 * What is known of pictures besides their pixels: for some keys ("brand",
 * "season"), which of its values each has. A network sees the values of all
 * keys side by side as one row of numbers, 1 for each that holds and 0 for the
 * others; a picture of which a key is not known has zeros there, and mixtures
 * are any numbers between.
 *
 *	struct gan_labels l = {0};
 *	k = gan_labels_key(&l, "brand", e);
 *	v = gan_labels_value(&l, k, "gucci", e);	// counted
 *	at = gan_labels_at(&l, k, v);			// in the row
 *	gan_labels_release(&l);
 */
#ifndef GAN_LABELS_H
#define GAN_LABELS_H

#include <stdint.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/rng.h"

enum { GAN_LABEL_KEYS = 8 };

struct gan_label_key {
	const char *name;
	int n, cap;
	const char **value;
	int64_t *count; /* pictures that have it */
};

struct gan_labels {
	int nkeys;
	struct gan_label_key key[GAN_LABEL_KEYS];
	int n; /* values of all keys */
	struct arena arena;
};

void gan_labels_release(struct gan_labels *l);

/* Numbers of a key and of a key's value, -1 when they are not there. */
int gan_labels_find_key(const struct gan_labels *l, const char *name);
int gan_labels_find(const struct gan_labels *l, int key, const char *value);
/* The same, added where it is not there; strings are copied. A value is
 * counted once more. ERR_DATA: too many, empty, or a control character. */
int gan_labels_key(struct gan_labels *l, const char *name, struct err *e);
int gan_labels_value(
	struct gan_labels *l, int key, const char *value, struct err *e);
/* Where a value stands in the row. Only once all are known. */
int gan_labels_at(const struct gan_labels *l, int key, int value);

/* A row as some picture of the set has it: of each key one value, as often as
 * it is there. */
void gan_labels_draw(const struct gan_labels *l, struct rng *r, float *row);

/* One line "key TAB value TAB count" a value: as a checkpoint has them, in
 * arena a. And back. */
const char *gan_labels_text(const struct gan_labels *l, struct arena *a);
int gan_labels_parse(struct gan_labels *l, const char *text, struct err *e);

#endif
