/*
 * The pins in a page that was fetched or saved: HTML in any of the forms that
 * the site has had, or JSON as its calls answer. In this order, until there is
 * one:
 *
 *	JSON in script elements, by their ids and by the functions called
 *	JSON-LD, and the og: properties of a page about one pin
 *	img elements of the site's picture hosts
 *
 * A page about one pin shows others beside it; then only that one is taken.
 */
#ifndef WEB_EXTRACT_H
#define WEB_EXTRACT_H

#include <stdbool.h>
#include "base/err.h"
#include "web/pin.h"

enum { WEB_PAGE_MAX = JSON_MAX };

struct web_page {
	struct web_pin *pins;
	bool forbidden; /* a robots meta element says so (robots.h) */
};

/*
 * Read n bytes of a page; url is where it came from, to complete addresses, or
 * NULL. agent is our name to robots meta elements. Any bytes are accepted;
 * ERR_DATA when it is neither HTML nor JSON, or its JSON is broken. A page
 * without pins is no error.
 */
int web_extract(const struct web_site *site, const char *text, size_t n,
	const char *url, const char *agent, struct web_page *out,
	struct arena *a, struct err *e);

/* What n bytes begin as. */
enum web_kind { WEB_OTHER, WEB_HTML, WEB_JSON_TEXT };
enum web_kind web_kind(const char *text, size_t n);

#endif
