/* An answer as it goes over the wire, faults and all. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include "faultd.h"

enum { PIECE = 16 << 10 };

/* What of the body is sent, and how. */
struct sending {
	const char *p;
	size_t n;
	size_t from, to; /* the range that was asked for, to is behind it */
	size_t stop;     /* cut or reset here, counted from `from` */
	size_t piece;    /* at a time */
	long pause;      /* milliseconds between pieces */
	bool chunked, endless;
	char tag[128]; /* the ETag, with its quotes; "" for none */
};

static void nap(long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	if (ms > 0)
		nanosleep(&t, NULL);
}

/* more: what follows belongs in the same packet. */
static bool send_all(int fd, const void *p, size_t n, bool more)
{
	const char *at = p;

	while (n) {
		ssize_t sent =
			send(fd, at, n, MSG_NOSIGNAL | (more ? MSG_MORE : 0));

		if (sent < 0)
			return false;
		at += sent;
		n -= (size_t)sent;
	}
	return true;
}

/* text with every @BASE@ filled in. */
static void fill(
	struct buf *to, const char *text, size_t n, const struct request *r)
{
	static const char mark[] = "@BASE@";
	const char *host = request_header(r, "host"), *end = text + n;

	for (const char *s = text; s < end;) {
		const char *at = memchr(s, '@', (size_t)(end - s));

		if (!at)
			at = end;
		buf_add(to, s, (size_t)(at - s));
		s = at;
		if (s == end)
			break;
		if ((size_t)(end - s) >= sizeof(mark) - 1 &&
			!memcmp(s, mark, sizeof(mark) - 1)) {
			buf_printf(to, "http://%s", host ? host : "");
			s += sizeof(mark) - 1;
		} else {
			buf_add(to, s++, 1);
		}
	}
}

static void http_date(time_t t, char *to, size_t n)
{
	static const char days[] = "SunMonTueWedThuFriSat",
			  months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm tm;

	gmtime_r(&t, &tm);
	snprintf(to, n, "%.3s, %02d %.3s %d %02d:%02d:%02d GMT",
		days + tm.tm_wday % 7 * 3, tm.tm_mday,
		months + tm.tm_mon % 12 * 3, tm.tm_year + 1900, tm.tm_hour,
		tm.tm_min, tm.tm_sec);
}

/* Headers that an answer's words ask for, with @BASE@ still in them. */
static void extra_headers(struct buf *to, const struct answer *a)
{
	const char *after = a->retry_after;
	char date[64];

	if (a->location)
		buf_printf(to, "Location: %s\r\n", a->location);
	if (after && *after == '+') {
		http_date(time(NULL) + strtol(after, NULL, 10), date,
			sizeof(date));
		after = date;
	}
	if (after)
		buf_printf(to, "Retry-After: %s\r\n", after);
	if (a->headers)
		buf_str(to, a->headers);
}

static void tag(struct sending *s, const struct answer *a)
{
	bool file = a->source == SOURCE_FILE || a->source == SOURCE_JPG ||
		    a->source == SOURCE_PNG;

	if (a->etag && strcmp(a->etag, "none"))
		snprintf(s->tag, sizeof(s->tag), "\"%s\"", a->etag);
	else if (!a->etag && file)
		snprintf(s->tag, sizeof(s->tag), "\"%lx\"", a->sum);
}

/* "bytes=5-" and "bytes=5-9" are understood: 206 or 416, else 0. */
static long take_range(struct sending *s, const char *range)
{
	unsigned long from, last;
	int found = range ? sscanf(range, "bytes=%lu-%lu", &from, &last) : 0;

	if (found < 1)
		return 0;
	if (from >= s->n)
		return 416;
	s->from = from;
	if (found == 2 && last < s->n)
		s->to = last + 1;
	return s->to > s->from ? 206 : 416;
}

static void head(struct buf *to, const struct answer *a, long status,
	const struct sending *s, bool last)
{
	buf_printf(to, "HTTP/1.1 %ld %s\r\nContent-Type: %s\r\n", status,
		status < 400 ? "Fine" : "Trouble", body_type(a));
	if (status == 206)
		buf_printf(to, "Content-Range: bytes %zu-%zu/%zu\r\n", s->from,
			s->to - 1, s->n);
	if (status == 416)
		buf_printf(to, "Content-Range: bytes */%zu\r\n", s->n);
	if (*s->tag)
		buf_printf(to, "ETag: %s\r\n", s->tag);
	if (a->gzip)
		buf_str(to, "Content-Encoding: gzip\r\n");
	if (s->chunked)
		buf_str(to, "Transfer-Encoding: chunked\r\n");
	else if (a->length && strcmp(a->length, "none"))
		buf_printf(to, "Content-Length: %s\r\n", a->length);
	else if (!a->length)
		buf_printf(to, "Content-Length: %zu\r\n",
			status == 416 ? 0 : s->to - s->from);
	extra_headers(to, a);
	buf_printf(to, "Connection: %s\r\n\r\n", last ? "close" : "keep-alive");
}

/* False when the client is gone, or the answer stopped in the middle. */
static bool send_body(int fd, const struct sending *s, size_t *sent)
{
	size_t all = s->to - s->from, done = 0;

	while (all && (s->endless || done < all)) {
		size_t at = s->endless ? done % all : done, n = all - at;
		char size[32];

		if (n > s->piece)
			n = s->piece;
		if (n > s->stop - done)
			n = s->stop - done;
		if (s->chunked && n) {
			snprintf(size, sizeof(size), "%zx\r\n", n);
			if (!send_all(fd, size, strlen(size), true))
				return false;
		}
		if (!send_all(fd, s->p + s->from + at, n, s->chunked) ||
			(s->chunked && n && !send_all(fd, "\r\n", 2, false)))
			return false;
		done += n;
		*sent += n;
		if (done == s->stop)
			return false;
		nap(s->pause);
	}
	return !s->chunked || send_all(fd, "0\r\n\r\n", 5, false);
}

/* close() will send RST, and what was not yet sent is lost. */
static void arm_reset(int fd)
{
	struct linger now = {1, 0};

	/* Let what was sent arrive first: the fault is in the middle. */
	nap(50);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

static void plan(struct sending *s, const struct answer *a)
{
	long piece, pause;

	s->to = s->n;
	s->stop = (size_t)-1;
	s->piece = PIECE;
	s->endless = a->endless;
	s->chunked = a->chunked || a->endless;
	if (a->drip && sscanf(a->drip, "%ld/%ld", &piece, &pause) == 2 &&
		piece > 0) {
		s->piece = (size_t)piece;
		s->pause = pause;
	}
	if (a->cut >= 0)
		s->stop = (size_t)a->cut;
	if (a->reset >= 0)
		s->stop = (size_t)a->reset;
	tag(s, a);
}

static bool play(int fd, const struct answer *a, const struct request *r,
	const struct buf *body, size_t *sent)
{
	struct sending s = {.p = body->p, .n = body->n};
	bool last = r->last || a->close || (a->length && !a->chunked);
	long status = 0;
	const char *of = request_header(r, "if-range");
	struct buf top, filled;
	bool whole, follows;

	plan(&s, a);
	if (a->source == SOURCE_RAW) {
		send_body(fd, &s, sent);
		return false;
	}
	if (a->status == 200 && body->n && !a->no_range && !s.chunked &&
		(!of || !strcmp(of, s.tag)))
		status = take_range(&s, request_header(r, "range"));
	buf_init(&top, REQUEST_MAX);
	buf_init(&filled, REQUEST_MAX);
	head(&top, a, status ? status : a->status, &s, last);
	fill(&filled, top.p, top.n, r);
	follows = strcmp(r->method, "HEAD") && status != 416;
	whole = send_all(
		fd, filled.p, filled.n, follows && s.to > s.from && s.stop);
	buf_release(&top);
	buf_release(&filled);
	if (whole && follows)
		whole = send_body(fd, &s, sent);
	if (a->reset >= 0)
		arm_reset(fd);
	return whole && !last;
}

bool answer_play(
	int fd, const struct answer *a, const struct request *r, size_t *sent)
{
	struct buf text;
	bool more;
	char byte;

	nap(a->wait);
	if (a->hang) {
		recv(fd, &byte, 1, 0);
		return false;
	}
	if (a->source != SOURCE_TEXT && a->source != SOURCE_PAGE)
		return play(fd, a, r, &a->body, sent);
	buf_init(&text, SIZE_MAX / 2);
	fill(&text, a->body.p, a->body.n, r);
	if (a->gzip)
		body_gzip(&text);
	more = play(fd, a, r, &text, sent);
	buf_release(&text);
	return more;
}
