/*
 * A client with manners. To every host (scheme, name and port) it
 *
 *   - first asks for robots.txt and keeps to it,
 *   - has one request at a time, not more often than its rate or the site's
 *     Crawl-delay,
 *   - waits as long as Retry-After says, and backs off exponentially, with
 *     jitter, when it fails,
 *   - and does not come back after it was refused several times in a row.
 *
 * Over all hosts it keeps to a budget of requests and bytes. Redirects are
 * followed by the same rules.
 *
 *	if (web_client_get(c, &request, &answer, e)) {
 *		if (web_client_over(c, e))
 *			return -1;	// no more requests in this run
 *		... this one failed, as e says
 *	}
 */
#ifndef WEB_CLIENT_H
#define WEB_CLIENT_H

#include "web/http.h"
#include "web/robots.h"

struct web_client_rule {
	const char *product; /* our name in robots.txt */
	bool permission;     /* robots.txt is not asked */
	double rate;         /* requests a second to a host; 0: no limit */
	int retries;         /* after a failure that may pass */
	double backoff;      /* seconds before the first, at most; doubles */
	double patience;     /* longest wait that a host may ask for, s */
	int redirects;       /* in a row */
	int refusals;        /* in a row by a host that end the run; 0: never */
	int64_t max_requests; /* budget; 0: none */
	int64_t max_bytes;
	/* Told of waits and the like; may be NULL. */
	void (*note)(void *arg, const char *words);
	void *arg;
};

struct web_client_count {
	int64_t requests, bytes;
	int64_t robots; /* not asked because of robots.txt */
};

struct web_client;

struct web_client *web_client_new(const struct web_client_rule *rule,
	const struct web_http_rule *http, struct err *e);
void web_client_free(struct web_client *c);

/*
 * Get it. 0 with a body that was whole, status 200 or 206. Else -1:
 *
 *	ERR_FORBIDDEN	robots.txt, 401, 403, 451, an address or host that is
 *			not allowed
 *	ERR_NOINPUT	404, 410
 *	ERR_LATER	429, 5xx or no answer, after all retries
 *	ERR_DATA	any other status, too large, no HTTP, too many
 *			redirects, or one that leads out of http
 *
 * The message names neither URL nor file: the caller knows what it was for.
 */
int web_client_get(struct web_client *c, const struct web_request *r,
	struct web_answer *answer, struct err *e);

/* Is the run over (stopped, budget, refusals)? Then e says why, and there will
 * be no more requests. */
bool web_client_over(const struct web_client *c, struct err *e);

struct web_client_count web_client_count(const struct web_client *c);

#endif
