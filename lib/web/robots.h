/*
 * robots.txt by RFC 9309: groups of user agents with their rules, the longest
 * matching rule counts, Allow before Disallow where both are as long, * for
 * any text and $ for the end.
 *
 *	struct web_robots *r = web_robots_parse(text, n, "pinscrape", &a);
 *	const struct web_rule *why;
 *	if (!web_robots_allow(r, "/search/pins/?q=coat", &why))
 *		printf("line %d: Disallow: %s\n", why->line, why->pattern);
 *
 * Any bytes are accepted; what is no rule is passed over, and so is what
 * comes after ROBOTS_MAX bytes.
 */
#ifndef WEB_ROBOTS_H
#define WEB_ROBOTS_H

#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"

enum { ROBOTS_MAX = 512 << 10 };

struct web_rule {
	struct web_rule *next;
	bool allow;
	int line;            /* in robots.txt, from 1 */
	const char *pattern; /* as it is there */
	const char *normal;  /* with percent-encoding made uniform */
};

struct web_robots {
	struct web_rule *rules; /* for us */
	double delay; /* Crawl-delay in seconds; 0: none. Not in the RFC, but
			 a site that writes one means it. */
};

/* What a robots.txt says to the agent of that product name. */
struct web_robots *web_robots_parse(
	const char *text, size_t n, const char *agent, struct arena *a);

/* May the path, query included, be fetched? *why becomes the rule that
 * decided, or NULL. */
bool web_robots_allow(const struct web_robots *r, const char *path,
	const struct web_rule **why);

/*
 * Does an X-Robots-Tag, or a robots meta element, forbid us to use a picture?
 * That is noindex, noimageindex, noai, noimageai or none, for all or for the
 * agent ("otherbot: noai" is not for us). A semicolon is between one header and
 * the next: an agent is named for the rest of its header only.
 */
bool web_robots_tag_forbids(const char *tag, const char *agent);

#endif
