#include "web/http.h"
#include "base/arena.h"
#include "base/mem.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct web_http {
	CURL *curl;
	struct web_http_rule rule;
	struct curl_slist *lines; /* of the request in progress */

	const struct web_request *request;
	struct web_answer *answer;
	struct web_warc_part kept; /* for the archive */
	struct err why;            /* what a callback found wrong */
	bool begun, done; /* the sink's begin was called; it has enough */
	struct arena scratch;
};

/* Keep the reason, which curl does not know; the value ends the transfer. */
static size_t fail(struct web_http *h)
{
	BUG_ON(h->why.code == ERR_NONE);
	return 0;
}

static size_t on_header(char *line, size_t size, size_t n, void *arg)
{
	struct web_http *h = arg;

	n *= size;
	if (!web_header_line(&h->answer->head, line, n)) {
		err_set(&h->why, ERR_DATA, "a header of more than %d bytes",
			WEB_HEADER_MAX);
		return fail(h);
	}
	return n;
}

static void keep_words(struct web_answer *a, const char *p, size_t n)
{
	size_t at = strlen(a->words);

	for (; n && at + 1 < sizeof a->words; n--, p++)
		a->words[at++] = *p >= ' ' && *p < 0x7f ? *p : ' ';
	a->words[at] = 0;
}

static size_t take(struct web_http *h, const char *p, size_t n)
{
	const struct web_sink *s = &h->request->sink;
	int got = 0;

	if (!h->begun) {
		h->begun = true;
		got = s->begin(s->to, &h->answer->head, &h->why);
	}
	if (!got)
		got = s->write(s->to, p, n, &h->why);
	if (!got)
		return n;
	h->done = got == WEB_ENOUGH;
	return h->done ? 0 : fail(h);
}

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
	struct web_http *h = arg;
	struct web_answer *a = h->answer;

	n *= size;
	a->bytes += (int64_t)n;
	if (a->bytes > h->request->max) {
		err_set(&h->why, ERR_DATA, "more than %lld bytes",
			(long long)h->request->max);
		return fail(h);
	}
	if (a->head.status == 200 || a->head.status == 206)
		return take(h, p, n);
	keep_words(a, p, n);
	return n;
}

static int on_debug(
	CURL *curl, curl_infotype type, char *p, size_t n, void *arg)
{
	struct web_http *h = arg;

	(void)curl;
	if (type == CURLINFO_HEADER_OUT)
		web_warc_request(&h->kept, p, n);
	else if (type == CURLINFO_DATA_IN)
		web_warc_body(&h->kept, p, n);
	return 0;
}

bool web_http_idle(const struct web_http_rule *rule)
{
	if (rule->idle)
		rule->idle(rule->arg);
	return rule->stopped && rule->stopped();
}

static int on_progress(
	void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	struct web_http *h = arg;

	(void)a, (void)b, (void)c, (void)d;
	return web_http_idle(&h->rule);
}

static bool allowed(const struct web_http *h, const struct sockaddr *sa)
{
	for (int i = 0; i < h->rule.nallow; i++)
		if (web_net_has(&h->rule.allow[i], sa))
			return true;
	return web_addr_public(sa);
}

static curl_socket_t on_socket(
	void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct web_http *h = arg;

	(void)purpose;
	if (!h->rule.proxy && !allowed(h, &to->addr)) {
		h->answer->refused_by_us = true;
		return CURL_SOCKET_BAD;
	}
	return socket(to->family, to->socktype, to->protocol);
}

static void set_always(struct web_http *h)
{
	const struct web_http_rule *r = &h->rule;
	CURL *c = h->curl;

	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_USERAGENT, r->agent);
	curl_easy_setopt(c, CURLOPT_PROXY, r->proxy ? r->proxy : "");
	curl_easy_setopt(
		c, CURLOPT_CONNECTTIMEOUT_MS, (long)(r->connect * 1e3));
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)(r->total * 1e3));
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)(r->stall + 0.5));
	/* An empty name: cookies of the answers are kept for the run. */
	curl_easy_setopt(c, CURLOPT_COOKIEFILE, r->cookies ? r->cookies : "");
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, h);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, h);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, on_socket);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, h);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, h);
	if (r->warc) {
		/* What WARC can hold. */
		curl_easy_setopt(
			c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
		curl_easy_setopt(c, CURLOPT_VERBOSE, 1L);
		curl_easy_setopt(c, CURLOPT_DEBUGFUNCTION, on_debug);
		curl_easy_setopt(c, CURLOPT_DEBUGDATA, h);
	}
}

struct web_http *web_http_new(const struct web_http_rule *rule, struct err *e)
{
	struct web_http *h;

	if (rule->cookies && access(rule->cookies, R_OK)) {
		err_set(e, ERR_NOINPUT, "cannot open '%s'", rule->cookies);
		return NULL;
	}
	curl_global_init(CURL_GLOBAL_DEFAULT);
	h = mem_alloc(1, sizeof *h);
	h->rule = *rule;
	h->curl = curl_easy_init();
	BUG_ON(!h->curl);
	set_always(h);
	return h;
}

void web_http_free(struct web_http *h)
{
	if (!h)
		return;
	curl_easy_cleanup(h->curl);
	curl_slist_free_all(h->lines);
	arena_release(&h->scratch);
	mem_free(h);
	curl_global_cleanup();
}

static void add_line(struct web_http *h, const char *line)
{
	h->lines = curl_slist_append(h->lines, line);
}

static void set_request(struct web_http *h)
{
	struct arena *a = &h->scratch;
	const struct web_request *r = h->request;
	const char *validator = NULL;
	int64_t have = r->sink.have ? r->sink.have(r->sink.to, &validator) : 0;

	curl_slist_free_all(h->lines);
	h->lines = NULL;
	add_line(h, arena_printf(a, "Accept: %s", r->accept));
	for (int i = 0; i < r->nheaders; i++)
		add_line(h, r->headers[i]);
	if (r->secret)
		add_line(h, r->secret);
	if (have > 0) {
		add_line(h,
			arena_printf(a, "Range: bytes=%lld-", (long long)have));
		if (validator)
			add_line(h, arena_printf(a, "If-Range: %s", validator));
	}
	curl_easy_setopt(h->curl, CURLOPT_URL, r->url);
	curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, h->lines);
	curl_easy_setopt(h->curl, CURLOPT_ACCEPT_ENCODING,
		r->compressed ? "gzip, deflate" : NULL);
}

/* What curl says, in terms of what to do about it. */
static int judge(struct web_http *h, CURLcode code, struct err *e)
{
	if (h->why.code)
		return err_set(e, h->why.code, "%s", h->why.msg);
	if (h->answer->refused_by_us)
		return err_set(
			e, ERR_FORBIDDEN, "its address is private or reserved");
	switch (code) {
	case CURLE_OK:
		return 0;
	case CURLE_WRITE_ERROR:
		if (h->done)
			return 0;
		return err_set(e, ERR_DATA, "%s", curl_easy_strerror(code));
	case CURLE_ABORTED_BY_CALLBACK:
		return err_set(e, ERR_LATER, "stopped");
	case CURLE_PARTIAL_FILE:
		return err_set(e, ERR_LATER, "the answer was cut off");
	case CURLE_OPERATION_TIMEDOUT:
		return err_set(e, ERR_LATER, "no answer in time");
	case CURLE_BAD_CONTENT_ENCODING:
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_URL_MALFORMAT:
	case CURLE_PEER_FAILED_VERIFICATION:
		return err_set(e, ERR_DATA, "%s", curl_easy_strerror(code));
	case CURLE_OUT_OF_MEMORY:
		return err_set(e, ERR_OS, "out of memory");
	default:
		return err_set(e, ERR_LATER, "%s", curl_easy_strerror(code));
	}
}

static int end_warc(struct web_http *h, CURLcode code, struct err *e)
{
	struct web_warc_end end = {0};
	char *address = NULL;

	if (code == CURLE_WRITE_ERROR)
		end.cut = "length"; /* we had enough */
	else if (code == CURLE_OPERATION_TIMEDOUT)
		end.cut = "time";
	else if (code)
		end.cut = "disconnect";
	curl_easy_getinfo(h->curl, CURLINFO_PRIMARY_IP, &address);
	end.address = address;
	return web_warc_end(&h->kept, &h->answer->head, &end, e);
}

int web_http_do(struct web_http *h, const struct web_request *r,
	struct web_answer *answer, struct err *e)
{
	curl_off_t after = 0;
	CURLcode code;
	int bad;

	h->request = r;
	h->answer = answer;
	h->begun = h->done = false;
	h->why = (struct err){0};
	answer->bytes = answer->retry_after = 0;
	answer->words[0] = 0;
	answer->refused_by_us = false;
	answer->head.status = 0;
	arena_reset(&h->scratch);
	set_request(h);
	if (h->rule.warc)
		web_warc_begin(&h->kept, h->rule.warc, r->url);
	code = curl_easy_perform(h->curl);
	bad = judge(h, code, e);
	curl_easy_getinfo(h->curl, CURLINFO_RETRY_AFTER, &after);
	answer->retry_after = after;
	/* A body of no bytes is one too. */
	if (!bad && !h->begun && answer->head.status == 200)
		bad = r->sink.begin(r->sink.to, &answer->head, e) < 0 ? -1 : 0;
	if (h->rule.warc && end_warc(h, code, e))
		bad = -1;
	return bad;
}
