/*
 * A table of named, typed fields of a struct, for configurations: whoever
 * owns the struct owns the table, and a reader of files (conf/) or a command
 * line sets fields by their dotted names without knowing what they mean.
 *
 *	static const struct key keys[] = {
 *		KEY("TRAIN.MAX_SIZE", KEY_INT, struct rcnn_config, max_size, 1,
 *			1e5),
 *		...
 *		{0}
 *	};
 */
#ifndef BASE_KEYS_H
#define BASE_KEYS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include "base/err.h"

enum key_kind {
	KEY_BOOL,   /* bool: True, False, true, false */
	KEY_INT,    /* int64_t */
	KEY_REAL,   /* double */
	KEY_STR,    /* char[KEY_STR_MAX] */
	KEY_INTS,   /* struct key_ints: (1, 2) or [1, 2] or 1 */
	KEY_REALS,  /* struct key_reals */
	KEY_STRS,   /* struct key_strs */
	KEY_IGNORED /* accepted, without effect; the user is told */
};

enum { KEY_STR_MAX = 256, KEY_LIST_MAX = 16 };

struct key_ints {
	int n;
	int64_t v[KEY_LIST_MAX];
};

struct key_reals {
	int n;
	double v[KEY_LIST_MAX];
};

struct key_strs {
	int n;
	char v[KEY_LIST_MAX][KEY_STR_MAX];
};

struct key {
	const char *name;
	enum key_kind kind;
	size_t at;     /* offset of the field */
	double lo, hi; /* range of numbers, ends included */
};

#define KEY(name, kind, type, field, lo, hi) \
	{ \
		name, kind, offsetof(type, field), lo, hi \
	}

/* The key of that name, or NULL. */
const struct key *keys_find(const struct key *table, const char *name);
/*
 * Set a field from text. Items of lists may be quoted by ' or ", which inside
 * is written twice. After an error, which says what was expected, the field is
 * as it was.
 */
int keys_set(const struct key *k, void *to, const char *text, struct err *e);
/* One "NAME: value" line a key, in YAML that keys_set reads back. */
void keys_dump(const struct key *table, const void *from, FILE *f);

#endif
