/* Shared by the client's files. */
#ifndef WEB_CLIENT_INT_H
#define WEB_CLIENT_INT_H

#include "base/rng.h"
#include "web/client.h"
#include "web/url.h"

/* Whom we talk to, by origin. */
struct web_host {
	struct web_host *next;
	const char *origin;
	struct web_robots *robots; /* NULL: not asked yet, or not readable */
	struct err unreadable;     /* why robots.txt could not be read */
	double free_at;            /* when the next request may be made */
	int refused;               /* requests in a row */
};

struct web_client {
	struct web_client_rule rule;
	struct web_http_rule how;
	struct web_http *http;
	struct web_host *hosts;
	struct web_client_count count;
	struct err over; /* why there are no more requests */
	struct rng jitter;
	struct arena run, scratch; /* scratch: of one web_client_get */
};

struct web_host *web_client_host(struct web_client *c, const char *origin);

/* Ask until there is an answer that will not be another one a little later. */
int web_client_ask(struct web_client *c, struct web_host *h,
	const struct web_request *r, struct web_answer *a, struct err *e);

bool web_client_redirected(const struct web_answer *a);
/* Go where the answer points: *u becomes that place. */
int web_client_follow(struct web_client *c, const struct web_answer *a,
	int hops, struct web_url *u, struct arena *mem, struct err *e);

/* Keep to robots.txt, which is asked for when it was not yet. (client_robots.c)
 */
int web_client_robots(struct web_client *c, struct web_host *h,
	const struct web_url *u, struct err *e);

#endif
