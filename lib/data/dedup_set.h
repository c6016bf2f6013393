/*
 * Records of pictures, all of them, with what was decided on each: for when it
 * takes the whole set to tell which picture of many is to be kept, or when the
 * duplicates are asked for.
 *
 *	dedup_set_init(&s, 4);
 *	i = dedup_set_add(&s, "photos/1.jpg", &print, line, n);
 *	...
 *	dedup_set_decide(&s, true, e);
 *	dedup_set_write(&s, DEDUP_GROUPS, stdout, e);
 *	dedup_set_release(&s);
 */
#ifndef DATA_DEDUP_SET_H
#define DATA_DEDUP_SET_H

#include <stddef.h>
#include <stdio.h>
#include "data/dedup.h"

struct dedup_set {
	struct dedup dedup;
	struct dedup_item *item; /* [n], in the order of their coming */
	struct dedup_line {
		const char *text; /* of the record; NULL: not kept */
		size_t n;
	} * line;
	int n, cap;
	long exact, near; /* duplicates found */
	struct arena arena;
};

void dedup_set_init(struct dedup_set *s, int bits);
void dedup_set_release(struct dedup_set *s);
/* Returns the item's number. file and the line of n bytes, which is a record
 * or NULL, are copied. */
int dedup_set_add(struct dedup_set *s, const char *file,
	const struct print *print, const char *line, size_t n);

/* Decide on one item, before those that come later; or on all, the largest
 * pictures first where asked for: by pixels, then bytes, then as they came. */
int dedup_set_place(struct dedup_set *s, int i, struct err *e);
int dedup_set_decide(struct dedup_set *s, bool largest, struct err *e);

/* Which records are written, and what is added to them. */
enum dedup_show {
	DEDUP_KEPT,    /* nothing */
	DEDUP_DROPPED, /* "duplicate_of", the path that is kept instead */
	DEDUP_GROUPS,  /* those kept that have "duplicates" */
	DEDUP_ALL      /* both of the first two */
};
int dedup_set_write(const struct dedup_set *s, enum dedup_show show, FILE *f,
	struct err *e);

#endif
