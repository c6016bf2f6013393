/*
 * A pin: a picture that somebody has put on a board, and what is known of it.
 * Read from the JSON that the site gives, by the paths of site.h; made from
 * the elements of a page where there is no JSON.
 */
#ifndef WEB_PIN_H
#define WEB_PIN_H

#include <stdbool.h>
#include "base/arena.h"
#include "json/json.h"
#include "web/site.h"

enum { PIN_URLS_MAX = 24, PIN_TEXT_MAX = 4096 };

struct web_pin {
	const char *id;        /* NULL: a picture that is no pin */
	const char *signature; /* names its bytes on the site's servers; NULL */
	const char *url[PIN_URLS_MAX]; /* where it is, best first */
	int nurl;
	int64_t width, height; /* as the site says of url[0]; 0: not told */
	/* NULL where not known; of at most PIN_TEXT_MAX bytes. */
	const char *title, *description, *alt, *board, *pinner, *colour, *link,
		*created, *licence;
	const char *page; /* where it was found, or its own; NULL */
	struct web_pin *next;
};

/*
 * Append what one item of a list holds to *end: a pin, more where it carries
 * several pictures (their ids are ID_2, ID_3), none where it is an ad or a
 * heading. Returns where the list ends now.
 */
struct web_pin **web_pin_read(const struct web_site *site,
	const struct json *item, struct web_pin **end, struct arena *a);

/*
 * A pin of one picture address: the site's other sizes of it are added, by its
 * way of naming them. False when it has no such address.
 */
bool web_pin_from_url(const struct web_site *site, struct web_pin *p,
	const char *url, struct arena *a);

/* The file's name, without an ending: digits, letters, _ and - alone, whatever
 * the id is; at most 64 bytes. */
const char *web_pin_name(const struct web_pin *p, struct arena *a);

/* "source" of its record, and what such a one says of a pin, addresses
 * excepted. */
struct json *web_pin_source(
	const struct web_site *site, const struct web_pin *p, struct arena *a);
void web_pin_from_source(struct web_pin *p, const struct json *source);

#endif
