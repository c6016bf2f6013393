/*
 * A set of names, numbered from 0 in the order in which they came: how the
 * rows of one file find those of another, and paths find their pictures.
 *
 *	struct names n = {.arena = &a};
 *	int i = names_add(&n, "img/1.jpg");	// 0
 *	names_find(&n, "img/2.jpg");		// -1
 *
 * Names are not copied: they must live as long as the set.
 */
#ifndef DATA_NAMES_H
#define DATA_NAMES_H

#include <stdint.h>
#include "base/arena.h"

struct names {
	struct arena *arena;
	const char **name; /* [n] */
	int n, cap;
	struct names_slot {
		uint32_t hash;
		int name; /* its number plus 1, 0 where free */
	} * slot;         /* [nslots] */
	int nslots;
};

/* The number of a name, which is the old n when it is new. */
int names_add(struct names *n, const char *name);
/* The number of a name, -1 when it isn't there. */
int names_find(const struct names *n, const char *name);

#endif
