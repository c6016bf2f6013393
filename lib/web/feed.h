/*
 * Lists that a site gives page by page: what a search finds, what is on a
 * board. Each page ends in a bookmark, with which the next is asked for.
 *
 *	web_feed_search(&f, site, "chanel fall 2018 runway", false);
 *	while ((url = web_feed_next(&f, &a)) != NULL) {
 *		... fetch it
 *		if (web_feed_read(&f, text, n, &pins, &a, e))
 *			...
 *	}
 *	web_feed_release(&f);
 *
 * It ends where the site says so, and by itself when a bookmark comes a second
 * time or three pages in a row are empty: a site that goes round in circles
 * does not keep us.
 */
#ifndef WEB_FEED_H
#define WEB_FEED_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "web/pin.h"

struct web_feed {
	const struct web_site *site;
	bool api; /* the official one, with a token */
	bool ended;
	char *query;               /* or NULL */
	char *user, *slug, *board; /* of a board; its id may still be unknown */
	char *bookmark;            /* of the next page; NULL: the first */
	int pages, empty;          /* read so far; without a pin in a row */
	uint64_t *seen;            /* hashes of bookmarks, one a page */
};

void web_feed_search(struct web_feed *f, const struct web_site *site,
	const char *query, bool api);
/* "user/slug", its address, or with the API its id; ERR_USAGE. */
int web_feed_board(struct web_feed *f, const struct web_site *site,
	const char *board, bool api, struct err *e);
void web_feed_release(struct web_feed *f);

/* Go on from the page that an earlier run did not finish. */
void web_feed_resume(struct web_feed *f, const char *bookmark);
/* What the next page is asked for; NULL behind the last. */
char *web_feed_next(const struct web_feed *f, struct arena *a);
/* Read its answer. ERR_DATA: no JSON, an error that the site tells, or
 * nothing where pins should be. */
int web_feed_read(struct web_feed *f, const char *text, size_t n,
	struct web_pin **pins, struct arena *a, struct err *e);

#endif
