/*
 * Files that a command line names by URL: fetched once, kept in the user's
 * cache, $XDG_CACHE_HOME/deepstyle or ~/.cache/deepstyle.
 *
 *	struct fetch_how how = {.cli = c, .sha256 = NULL, .offline = false};
 *	path = fetch("https://host/R-50.pkl", &how, &arena, e);
 *
 * What is no URL is a path, and comes back as it is. A SHA-256, given beside
 * the URL or in it as #sha256=HEX, is checked each time, of files too; without
 * one only https is trusted. A file appears in the cache only when it is whole;
 * what an interrupted run has left of it is continued, and two programs that
 * want the same file fetch it once.
 */
#ifndef APP_FETCH_H
#define APP_FETCH_H

#include "base/arena.h"
#include "cli/cli.h"

struct fetch_how {
	const struct cli *cli;
	const char *sha256; /* in hexadecimal; NULL or "": none */
	bool offline;       /* nothing is fetched */
};

/*
 * Where it lies, or NULL: ERR_DATA for another digest, a redirect out of https
 * or a strange answer; ERR_CONFIG for a digest or URL that is none, or http
 * without a digest; ERR_NOINPUT when the server has no such file;
 * ERR_UNAVAILABLE when it may not be fetched, or there is no cache; ERR_LATER,
 * ERR_FORBIDDEN as web/client.h has them; ERR_IO, ERR_CREATE.
 */
const char *fetch(const char *source, const struct fetch_how *how,
	struct arena *a, struct err *e);

#endif
