/*
 * One exchange over HTTP, by libcurl: a request, an answer, nothing more.
 * Redirects are not followed, nothing is tried again: that is client.h's.
 *
 * What may come back is bounded: bytes, counted as they arrive and after
 * decompression (libcurl's own limit sees neither chunked nor compressed
 * answers), and time. The address is checked just before it is connected, so
 * that no name leads into a private network (addr.h); through a proxy it is
 * the proxy's.
 *
 * The environment (http_proxy, .netrc) is not looked at.
 */
#ifndef WEB_HTTP_H
#define WEB_HTTP_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "web/addr.h"
#include "web/header.h"
#include "web/warc.h"

struct web_http_rule {
	const char *agent;   /* User-Agent */
	const char *proxy;   /* NULL: none */
	const char *cookies; /* a Netscape cookie file, or NULL */
	const struct web_net
		*allow; /* ranges that are not public but allowed */
	int nallow;
	double connect, total; /* seconds for the connection, for all of it */
	double stall;          /* seconds of less than a byte in each */
	bool (*stopped)(void); /* true ends the exchange; may be NULL */
	/* Called at least once a second while there is nothing to do but wait;
	 * may be NULL. */
	void (*idle)(void *arg);
	void *arg;
	struct web_warc *warc; /* keeps every exchange; may be NULL */
};

/* Where the body of an answer goes. */
struct web_sink {
	/* How many bytes are there from before: asked before each request,
	 * which then is one for the rest. May be NULL: none. *validator is
	 * what If-Range asks with, or NULL. */
	int64_t (*have)(void *to, const char **validator);
	/* A body begins, of an answer with status 200 or 206. Like write, it
	 * returns 0, WEB_ENOUGH, or -1 with the reason. */
	int (*begin)(void *to, const struct web_header *h, struct err *e);
	int (*write)(void *to, const void *p, size_t n, struct err *e);
	void *to;
};

/* The rest is of no interest; what came so far counts as a whole answer. */
enum { WEB_ENOUGH = 1 };

struct web_request {
	const char *url;
	const char *accept;         /* media types */
	const char *const *headers; /* "Name: value", more of them */
	int nheaders;
	const char *secret; /* such a line too, for the first host only, and
			       not for the archive; or NULL */
	bool compressed;    /* may come compressed */
	int64_t max;        /* bytes of body */
	struct web_sink sink;

	/* For client.h: */
	const char *const *hosts; /* patterns of web_host_matches; none: any */
	int nhosts;
	bool secure;    /* https only, where redirects lead too */
	bool no_robots; /* what robots.txt is not about: an API with a key */
	bool probe;     /* something else is tried when this is refused */
};

struct web_answer {
	struct web_header head;
	int64_t bytes;       /* of body, decompressed */
	int64_t retry_after; /* seconds; 0: not told */
	char words[256];     /* how the body of an error begins */
	bool refused_by_us;  /* the address was not allowed */
};

struct web_http;

/* Call what waits: stopped, which is returned, and idle. */
bool web_http_idle(const struct web_http_rule *rule);

/* ERR_NOINPUT when the cookies cannot be read. */
struct web_http *web_http_new(const struct web_http_rule *rule, struct err *e);
void web_http_free(struct web_http *h);

/*
 * 0 with whatever answer there is, its status in answer->head. -1: ERR_LATER
 * when the host or the way to it failed, or when it was stopped; ERR_DATA for
 * an answer that is too large or no HTTP; ERR_FORBIDDEN for an address that
 * is not allowed; the sink's own error.
 */
int web_http_do(struct web_http *h, const struct web_request *r,
	struct web_answer *answer, struct err *e);

#endif
