/*
 * What was done, in SQLite, so that a second run goes on where the first one
 * ended, however that was: which pins, pictures and addresses are there or
 * were found bad, the record of every picture, how far each list was read.
 *
 * Pictures go through it like this, one or several, so that a crash at any
 *point neither loses them nor has them twice:
 *
 *	web_archive_add(...)	their records and keys
 *	web_archive_commit(...)	from here on a crash can't take these
 *	rename(...)		they are in their places
 *	puts(record)		the world is told
 *	web_archive_told(...)	and need not be told again
 *	syncfs(...)		many pictures later: all are on the disk,
 *	web_archive_safe(...)	and even a power cut cannot take them
 *
 * What was not yet told or safe is looked at when the archive is next opened.
 * What was not committed never was, but the functions here know it.
 *
 * One process has it at a time; another gets ERR_LATER.
 */
#ifndef WEB_ARCHIVE_H
#define WEB_ARCHIVE_H

#include <stdbool.h>
#include "base/arena.h"
#include "base/err.h"

struct web_archive;

/* Created when it is not there; NULL for one in memory. ERR_LATER, ERR_CREATE,
 * ERR_DATA for a file that is something else, ERR_IO: of all functions. */
struct web_archive *web_archive_open(const char *path, struct err *e);
/* Commits. */
int web_archive_close(struct web_archive *a, struct err *e);

/* A key is what a picture may be known by: "pin:84301", "signature:...",
 * "url:http://...". */
enum { WEB_KEYS_MAX = 4 };
struct web_keys {
	int n;
	const char *v[WEB_KEYS_MAX];
};

enum web_known { WEB_UNKNOWN, WEB_HAD, WEB_BAD };
enum web_known web_archive_find(
	struct web_archive *a, const struct web_keys *keys);
/* The path of the picture with this content, or NULL. */
const char *web_archive_content(
	struct web_archive *a, const char *sha256, struct arena *mem);
/* Does a picture have this path? */
bool web_archive_has_path(struct web_archive *a, const char *path);

/* A picture with this content, and what it is known by from now on. One that
 * had the path before is forgotten. */
int web_archive_add(struct web_archive *a, const struct web_keys *keys,
	const char *sha256, const char *path, const char *record,
	struct err *e);
/* Everything that was done so far stays done. */
int web_archive_commit(struct web_archive *a, struct err *e);
/* Is there something to commit? */
bool web_archive_pending(const struct web_archive *a);
/* All that was committed was told, is safe. */
void web_archive_told(struct web_archive *a);
int web_archive_safe(struct web_archive *a, struct err *e);
/* More keys of a picture that is there. */
int web_archive_link(struct web_archive *a, const struct web_keys *keys,
	const char *sha256, struct err *e);
/* It will never be a picture. */
int web_archive_bad(struct web_archive *a, const struct web_keys *keys,
	const char *cause, struct err *e);
/* It was added but is not in its place, or damaged. */
int web_archive_drop(struct web_archive *a, const char *sha256, struct err *e);

struct web_entry {
	const char *sha256, *path, *record;
	bool told;
};

/* Call use for every picture, in the order of their coming, or for those that
 * are not safe; until it returns other than 0, which is returned. It may drop
 * the picture. */
int web_archive_each(struct web_archive *a, bool unsafe,
	int (*use)(void *to, const struct web_entry *entry, struct err *e),
	void *to, struct err *e);

/* The bookmark up to which a list was read; NULL when it was never begun or
 * read to its end. Setting NULL ends it. */
const char *web_archive_bookmark(
	struct web_archive *a, const char *list, struct arena *mem);
int web_archive_set_bookmark(struct web_archive *a, const char *list,
	const char *bookmark, struct err *e);

#endif
