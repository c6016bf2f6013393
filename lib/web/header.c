#include "web/header.h"
#include "base/num.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static void forget(struct web_header *h)
{
	struct buf text = h->text;

	buf_clear(&text);
	*h = (struct web_header){
		.from = -1, .total = -1, .length = -1, .text = text};
}

void web_header_init(struct web_header *h)
{
	buf_init(&h->text, WEB_HEADER_MAX);
	forget(h);
}

void web_header_release(struct web_header *h)
{
	buf_release(&h->text);
}

/* n bytes as a string, if they fit and have no control character. */
static bool copy(char *to, size_t size, const char *s, size_t n)
{
	if (n >= size)
		return false;
	for (size_t i = 0; i < n; i++)
		if (iscntrl((unsigned char)s[i]))
			return false;
	memcpy(to, s, n);
	to[n] = 0;
	return true;
}

static bool digits(const char *s, size_t n, int64_t *v)
{
	char text[24];

	return n && isdigit((unsigned char)*s) &&
	       copy(text, sizeof text, s, n) && num_int(text, 0, INT64_MAX, v);
}

/* bytes 100-199/200, the total may be a star */
static void read_range(struct web_header *h, const char *s, size_t n)
{
	const char *dash, *slash;
	int64_t from, total;

	if (n < 6 || strncasecmp(s, "bytes ", 6))
		return;
	s += 6;
	n -= 6;
	dash = memchr(s, '-', n);
	slash = memchr(s, '/', n);
	if (!dash || !slash || dash > slash ||
		!digits(s, (size_t)(dash - s), &from))
		return;
	h->from = from;
	if (digits(slash + 1, n - (size_t)(slash + 1 - s), &total))
		h->total = total;
}

static void read_type(struct web_header *h, const char *s, size_t n)
{
	const char *end = memchr(s, ';', n);

	if (end)
		n = (size_t)(end - s);
	while (n && isspace((unsigned char)s[n - 1]))
		n--;
	if (copy(h->type, sizeof h->type, s, n))
		for (char *p = h->type; *p; p++)
			*p = (char)tolower((unsigned char)*p);
}

static void add_tag(struct web_header *h, const char *s, size_t n)
{
	size_t at = strlen(h->robots_tag);

	if (at && at + 2 < sizeof h->robots_tag) {
		memcpy(h->robots_tag + at, "; ", 3);
		at += 2;
	}
	/* What does not fit is cut off, rather than all of it forgotten. */
	if (n > sizeof h->robots_tag - 1 - at)
		n = sizeof h->robots_tag - 1 - at;
	copy(h->robots_tag + at, sizeof h->robots_tag - at, s, n);
}

static bool name_is(const char *line, size_t n, const char *name)
{
	return n == strlen(name) && !strncasecmp(line, name, n);
}

static void read_field(struct web_header *h, const char *line, size_t n)
{
	const char *colon = memchr(line, ':', n), *s;
	size_t nname, nvalue;

	if (!colon)
		return;
	nname = (size_t)(colon - line);
	s = colon + 1;
	nvalue = n - nname - 1;
	while (nvalue && (*s == ' ' || *s == '\t'))
		s++, nvalue--;
	if (name_is(line, nname, "content-type"))
		read_type(h, s, nvalue);
	else if (name_is(line, nname, "content-length"))
		digits(s, nvalue, &h->length);
	else if (name_is(line, nname, "content-range"))
		read_range(h, s, nvalue);
	else if (name_is(line, nname, "content-encoding"))
		h->encoded = !name_is(s, nvalue, "identity");
	else if (name_is(line, nname, "etag") && nvalue && *s == '"')
		copy(h->etag, sizeof h->etag, s, nvalue);
	else if (name_is(line, nname, "last-modified"))
		copy(h->modified, sizeof h->modified, s, nvalue);
	else if (name_is(line, nname, "location"))
		copy(h->location, sizeof h->location, s, nvalue);
	else if (name_is(line, nname, "x-robots-tag"))
		add_tag(h, s, nvalue);
}

/* HTTP/1.1 200 OK */
static int read_status(const char *line, size_t n)
{
	const char *blank = memchr(line, ' ', n);
	int64_t v;

	if (!blank || n - (size_t)(blank - line) < 4 ||
		!digits(blank + 1, 3, &v))
		return 0;
	return (int)v;
}

bool web_header_line(struct web_header *h, const char *line, size_t n)
{
	size_t end = n;

	while (end && isspace((unsigned char)line[end - 1]))
		end--;
	if (end >= 5 && !strncasecmp(line, "HTTP/", 5)) {
		forget(h);
		h->status = read_status(line, end);
	} else {
		read_field(h, line, end);
	}
	return buf_add(&h->text, line, n);
}

const char *web_header_validator(const struct web_header *h)
{
	if (*h->etag)
		return h->etag;
	return *h->modified ? h->modified : NULL;
}
