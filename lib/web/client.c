#define _DEFAULT_SOURCE
#include "web/client_int.h"
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BACKOFF_MAX = 120 };

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static bool stopped(const struct web_client *c)
{
	return web_http_idle(&c->how);
}

struct web_client *web_client_new(const struct web_client_rule *rule,
	const struct web_http_rule *http, struct err *e)
{
	struct web_http *h = web_http_new(http, e);
	struct web_client *c;

	if (!h)
		return NULL;
	c = mem_alloc(1, sizeof *c);
	c->rule = *rule;
	c->how = *http;
	c->http = h;
	/* Many machines that were refused together must not come back so. */
	c->jitter = rng_new((uint64_t)time(NULL), (uint64_t)getpid());
	return c;
}

void web_client_free(struct web_client *c)
{
	if (!c)
		return;
	web_http_free(c->http);
	arena_release(&c->run);
	arena_release(&c->scratch);
	mem_free(c);
}

bool web_client_over(const struct web_client *c, struct err *e)
{
	if (!c->over.code)
		return false;
	err_set(e, c->over.code, "%s", c->over.msg);
	return true;
}

struct web_client_count web_client_count(const struct web_client *c)
{
	return c->count;
}

struct web_host *web_client_host(struct web_client *c, const char *origin)
{
	struct web_host *h;

	for (h = c->hosts; h; h = h->next)
		if (!strcmp(h->origin, origin))
			return h;
	h = arena_zero(&c->run, 1, sizeof *h);
	h->origin = arena_dup(&c->run, origin);
	h->next = c->hosts;
	c->hosts = h;
	return h;
}

/* End the run. */
__attribute__((format(printf, 3, 4))) static int end(
	struct web_client *c, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	if (c->over.code)
		return -1;
	va_start(ap, fmt);
	vsnprintf(c->over.msg, sizeof c->over.msg, fmt, ap);
	va_end(ap);
	c->over.code = code;
	return -1;
}

static int wait_until(struct web_client *c, double when)
{
	/* In slices, since a signal may come just before we sleep. */
	for (double left; (left = when - now()) > 0 && !stopped(c);) {
		long ns = left > 0.2 ? 200000000 : (long)(left * 1e9);

		nanosleep(&(struct timespec){0, ns}, NULL);
	}
	return stopped(c) ? end(c, ERR_LATER, "stopped") : 0;
}

static double delay_of(const struct web_client *c, const struct web_host *h)
{
	double s = c->rule.rate > 0 ? 1 / c->rule.rate : 0;

	return h->robots && h->robots->delay > s ? h->robots->delay : s;
}

static int check_budget(struct web_client *c)
{
	const struct web_client_rule *r = &c->rule;

	if (r->max_requests && c->count.requests >= r->max_requests)
		return end(c, ERR_LATER, "the budget of %lld requests is spent",
			(long long)r->max_requests);
	if (r->max_bytes && c->count.bytes >= r->max_bytes)
		return end(c, ERR_LATER, "the budget of %lld bytes is spent",
			(long long)r->max_bytes);
	return 0;
}

/* One request, at its time. */
static int ask(struct web_client *c, struct web_host *h,
	const struct web_request *r, struct web_answer *a, struct err *e)
{
	double spread = 1 + 0.2 * (double)rng_uniform(&c->jitter);
	int bad;

	if (check_budget(c) || wait_until(c, h->free_at)) {
		web_client_over(c, e);
		return -1;
	}
	h->free_at = now() + delay_of(c, h) * spread;
	c->count.requests++;
	bad = web_http_do(c->http, r, a, e);
	c->count.bytes += a->bytes;
	if (bad && stopped(c))
		end(c, ERR_LATER, "stopped");
	return bad;
}

static bool may_pass(int status)
{
	return status == 408 || status == 425 || status == 429 ||
	       status == 500 || status == 502 || status == 503 || status == 504;
}

/* When to try again: the host's word, or a random time below a limit that
 * doubles ("full jitter"). */
static double pause_of(
	struct web_client *c, const struct web_answer *a, int tries)
{
	double limit = c->rule.backoff, s;

	while (tries-- > 0 && limit < BACKOFF_MAX)
		limit *= 2;
	if (limit > BACKOFF_MAX)
		limit = BACKOFF_MAX;
	s = limit * (0.5 + 0.5 * (double)rng_uniform(&c->jitter));
	return a->retry_after > s ? (double)a->retry_after : s;
}

static void note_pause(struct web_client *c, const struct web_host *h,
	const struct web_answer *a, const char *why, double s)
{
	char words[640];

	if (!c->rule.note)
		return;
	if (a->head.status >= 300)
		snprintf(words, sizeof words,
			"%s answers %d; again in %.1f seconds", h->origin,
			a->head.status, s);
	else
		snprintf(words, sizeof words, "%s: %s; again in %.1f seconds",
			h->origin, why, s);
	c->rule.note(c->rule.arg, words);
}

int web_client_ask(struct web_client *c, struct web_host *h,
	const struct web_request *r, struct web_answer *a, struct err *e)
{
	for (int tries = 0;; tries++) {
		struct err why = {0};
		int bad = ask(c, h, r, a, &why);
		bool passing =
			bad ? why.code == ERR_LATER : may_pass(a->head.status);
		double s;

		if (!passing || c->over.code || tries >= c->rule.retries) {
			if (bad)
				err_set(e, why.code, "%s", why.msg);
			return bad;
		}
		s = pause_of(c, a, tries);
		if (s > c->rule.patience && a->retry_after) {
			end(c, ERR_LATER,
				"%s answers %d and asks to wait %lld seconds",
				h->origin, a->head.status,
				(long long)a->retry_after);
			web_client_over(c, e);
			return -1;
		}
		note_pause(c, h, a, why.msg, s);
		if (h->free_at < now() + s)
			h->free_at = now() + s;
	}
}

bool web_client_redirected(const struct web_answer *a)
{
	int s = a->head.status;

	return (s == 301 || s == 302 || s == 303 || s == 307 || s == 308) &&
	       *a->head.location;
}

static int check_host(
	const struct web_request *r, const struct web_url *u, struct err *e)
{
	if (r->secure && strncmp(u->origin, "https://", 8) != 0)
		return err_set(e, ERR_DATA,
			"it leads to '%.100s', which is "
			"not https",
			u->origin);
	for (int i = 0; i < r->nhosts; i++)
		if (web_host_matches(u->host, r->hosts[i]))
			return 0;
	if (!r->nhosts)
		return 0;
	return err_set(e, ERR_FORBIDDEN, "host %.100s is not allowed", u->host);
}

int web_client_follow(struct web_client *c, const struct web_answer *a,
	int hops, struct web_url *u, struct arena *mem, struct err *e)
{
	struct web_url to;

	if (hops >= c->rule.redirects)
		return err_set(e, ERR_DATA, "more than %d redirects",
			c->rule.redirects);
	if (web_url_parse(&to, a->head.location, u->text, mem, e))
		return err_wrap(e, "redirected");
	*u = to;
	return 0;
}

/* ---- the whole ---- */

static int status_error(const struct web_answer *a, struct err *e)
{
	int s = a->head.status;
	const char *sep = *a->words ? ": " : "";
	enum err_code code = ERR_DATA;

	if (s == 200 || s == 206)
		return 0;
	if (s == 401 || s == 403 || s == 451)
		code = ERR_FORBIDDEN;
	else if (s == 404 || s == 410)
		code = ERR_NOINPUT;
	else if (may_pass(s))
		code = ERR_LATER;
	return err_set(e, code, "status %d%s%.120s", s, sep, a->words);
}

/* Refusals in a row; anything else that the host says is a new beginning. */
static void count_refusal(struct web_client *c, struct web_host *h,
	const struct web_request *r, const struct web_answer *a)
{
	int s = a->head.status;
	bool no = s == 401 || s == 403 || s == 429 || s == 503 ||
		  (!s && !a->refused_by_us);

	if (!no) {
		h->refused = 0;
		return;
	}
	if (r->probe || ++h->refused < c->rule.refusals || !c->rule.refusals)
		return;
	if (s)
		end(c, s == 401 || s == 403 ? ERR_FORBIDDEN : ERR_LATER,
			"%s refused %d times in a row, at last with status %d",
			h->origin, h->refused, s);
	else
		end(c, ERR_LATER, "%s gave no answer %d times in a row",
			h->origin, h->refused);
}

static int get(struct web_client *c, struct web_request r, struct arena *mem,
	struct web_answer *a, struct err *e)
{
	struct web_url u;
	const char *first;

	if (web_url_parse(&u, r.url, NULL, mem, e))
		return -1;
	first = u.origin;
	for (int hops = 0;; hops++) {
		struct web_host *h = web_client_host(c, u.origin);
		int bad;

		if (check_host(&r, &u, e))
			return -1;
		if (!r.no_robots && !c->rule.permission &&
			web_client_robots(c, h, &u, e))
			return -1;
		r.url = u.text;
		/* What opens one host's door is not shown at another's. */
		if (strcmp(first, u.origin))
			r.secret = NULL;
		bad = web_client_ask(c, h, &r, a, e);
		if (!c->over.code)
			count_refusal(c, h, &r, a);
		if (bad)
			return -1;
		if (!web_client_redirected(a))
			return status_error(a, e);
		if (web_client_follow(c, a, hops, &u, mem, e))
			return -1;
	}
}

int web_client_get(struct web_client *c, const struct web_request *r,
	struct web_answer *answer, struct err *e)
{
	int bad;

	if (web_client_over(c, e))
		return -1;
	bad = get(c, *r, &c->scratch, answer, e);
	arena_reset(&c->scratch);
	return bad;
}
