/*
 * Pickles as data: Python's serialised objects, read by a stack machine that
 * has no way to run anything. A global is a name, a call is the name and the
 * arguments, and what a call means is for whoever compares names; the opcodes
 * are those of protocols 1 to 5 that weights files use, and every other is an
 * error.
 *
 *	size_t used;
 *	const struct pickle *root = pickle_read(p, n, &used, &a, e);
 *
 * (Python's pickletools.py describes the format.) Values live in the arena and
 * their texts in the bytes that were read. Nothing here recurses, and neither
 * should its users without a limit: a hostile pickle may contain itself.
 */
#ifndef FOREIGN_PICKLE_H
#define FOREIGN_PICKLE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/err.h"

enum pickle_kind {
	PICKLE_NONE,
	PICKLE_BOOL,
	PICKLE_INT,
	PICKLE_REAL,
	PICKLE_TEXT, /* str or bytes */
	PICKLE_TUPLE,
	PICKLE_LIST,
	PICKLE_DICT, /* items: key, value, key, ... */
	PICKLE_NAME, /* of code: "module name" */
	PICKLE_CALL, /* what(args), then state and dict items put into it */
	PICKLE_REF,  /* args: what a persistent id says */
	PICKLE_MARK
};

struct pickle {
	enum pickle_kind kind;
	int64_t i; /* bool, int; INT64_MAX for one that is longer */
	double real;
	const char *s; /* text, name: n bytes, no 0 behind */
	size_t n;
	struct pickle **item;
	int nitems, cap;
	struct pickle *what, *args, *state; /* may be NULL */
};

/* Values in a pickle, and places in its memo. */
enum { PICKLE_VALUES_MAX = 1 << 20 };

/* The object of the pickle at p, which takes `used` of n bytes. NULL, ERR_DATA
 * and the place of the trouble when it is none, or has what we do not read. */
struct pickle *pickle_read(const uint8_t *p, size_t n, size_t *used,
	struct arena *a, struct err *e);

/* Whether v, which may be NULL, is a text or name of these bytes. */
bool pickle_is(const struct pickle *v, enum pickle_kind kind, const char *s);
/* Item i of a tuple or list, NULL beyond its end. */
struct pickle *pickle_item(const struct pickle *v, int i);
/* The value of a key of a dict, or of what a call made, or NULL. */
struct pickle *pickle_get(const struct pickle *v, const char *key);

#endif
