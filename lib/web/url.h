/*
 * Addresses of the web, by libcurl's parser: absolute ones, and those that a
 * page gives relative to its own.
 *
 *	struct web_url u;
 *	if (web_url_parse(&u, "/pin/84301/", "https://www.pinterest.com/", &a,
 *e)) return -1; u.origin;	// https://www.pinterest.com:443 u.path;
 *	// /pin/84301/
 *
 * Only http and https; no user names or passwords; at most WEB_URL_MAX bytes.
 * What may not stand in a URL, such as blanks and letters beyond ASCII, is
 * percent-encoded; the part after # is dropped.
 */
#ifndef WEB_URL_H
#define WEB_URL_H

#include <stdbool.h>
#include "base/arena.h"
#include "base/err.h"

enum { WEB_URL_MAX = 4096 };

struct web_url {
	char *text;   /* the whole of it */
	char *origin; /* scheme, host in small letters, port: whom we talk to */
	char *host;   /* in small letters, an IPv6 address in its brackets */
	char *path;   /* with the query, as robots.txt sees it */
};

/* base may be NULL, then text must be absolute. ERR_DATA. */
int web_url_parse(struct web_url *u, const char *text, const char *base,
	struct arena *a, struct err *e);

/* Is it the host of the pattern, which is a name, or *.name for all below? */
bool web_host_matches(const char *host, const char *pattern);

/* Percent-encode all but letters, digits and -._~ */
char *web_url_escape(struct arena *a, const char *s);

#endif
