/*
 * Fingerprints of picture files, and a file that remembers them, so that a
 * picture that has not changed is not read again.
 *
 *	print_cache_open(&c, "cache.jsonl", e);
 *	if (!print_cache_find(&c, file, &p) && print_read(&p, file, true, e))
 *		return -1;
 *	print_cache_add(&c, file, &p);
 *	print_cache_save(&c, e);
 *	print_cache_close(&c);
 *
 * The cache is a file of records, one a picture, written whole.
 */
#ifndef DATA_PRINT_H
#define DATA_PRINT_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "data/names.h"

struct print {
	int64_t size;     /* of the file, bytes */
	int64_t changed;  /* nanoseconds since 1970 */
	uint64_t content; /* FNV-1a of its bytes */
	bool seen;        /* decoded, so that what follows is known: */
	uint64_t dhash;
	int64_t w, h;
};

/* Read a file; look: decode it too. */
int print_read(struct print *p, const char *file, bool look, struct err *e);
/* Whether two files have the same bytes. */
int print_same_bytes(
	const char *file, const char *other, bool *same, struct err *e);

struct print_cache {
	const char *path; /* NULL: nothing is remembered */
	struct names known;
	struct print *print; /* [cap], by number in known */
	int cap;
	struct arena arena;
};

/* A file that isn't there is an empty cache; one that is something else is
 * ERR_DATA, so that it is not overwritten. path must outlive the cache. */
int print_cache_open(struct print_cache *c, const char *path, struct err *e);
void print_cache_close(struct print_cache *c);
/* What is known of the file as it is now, which has been seen if look. May be
 * called by many threads, with no print_cache_add meanwhile. */
bool print_cache_find(const struct print_cache *c, const char *file, bool look,
	struct print *p);
void print_cache_add(
	struct print_cache *c, const char *file, const struct print *p);
int print_cache_save(const struct print_cache *c, struct err *e);

#endif
