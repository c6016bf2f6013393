/* What a client asks, and which answer it gets. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include "faultd.h"

/* Percent decoding, in place. */
static void decode(char *s)
{
	char *to = s;

	while (*s) {
		char hex[3] = {0};

		if (*s == '%' && isxdigit((unsigned char)s[1]) &&
			isxdigit((unsigned char)s[2])) {
			memcpy(hex, s + 1, 2);
			*to++ = (char)strtol(hex, NULL, 16);
			s += 3;
		} else {
			*to++ = *s == '+' ? ' ' : *s;
			s++;
		}
	}
	*to = '\0';
}

const char *request_header(const struct request *r, const char *name)
{
	for (int i = 0; i < r->headers; i++)
		if (!strcmp(r->name[i], name))
			return r->value[i];
	return NULL;
}

static void parse_header(struct request *r, char *line)
{
	char *colon = strchr(line, ':');

	if (!colon || r->headers == HEADERS_MAX)
		return;
	*colon = '\0';
	for (char *s = line; *s; s++)
		*s = (char)tolower((unsigned char)*s);
	r->name[r->headers] = line;
	r->value[r->headers++] = colon + 1 + strspn(colon + 1, " \t");
}

/* "GET /path?query HTTP/1.1" and the headers, from r->text. */
static bool parse(struct request *r)
{
	char *line = r->text, *end = strstr(line, "\r\n"), *space, *version;
	const char *asked;

	*end = '\0';
	space = strchr(line, ' ');
	version = space ? strchr(space + 1, ' ') : NULL;
	if (!version || (size_t)(space - line) >= sizeof(r->method))
		return false;
	*space = *version = '\0';
	memcpy(r->method, line, (size_t)(space - line) + 1);
	r->path = space + 1;
	/* A proxy is asked for whole URLs. */
	if (!strncmp(r->path, "http://", 7)) {
		r->path = strchr(r->path + 7, '/');
		if (!r->path)
			return false;
	}
	r->query = strchr(r->path, '?');
	if (r->query)
		*r->query++ = '\0';
	else
		r->query = version;
	decode(r->query);
	r->headers = 0;
	for (line = end + 2; *line; line = end + 2) {
		end = strstr(line, "\r\n");
		if (!end || end == line)
			break;
		*end = '\0';
		parse_header(r, line);
	}
	asked = request_header(r, "connection");
	r->last = !strcmp(version + 1, "HTTP/1.0") ||
		  (asked && !strcasecmp(asked, "close"));
	return true;
}

static bool receive(int fd, struct buf *in)
{
	char part[16 << 10];
	ssize_t n = recv(fd, part, sizeof(part), 0);

	return n > 0 && buf_add(in, part, (size_t)n);
}

/* The first n bytes were dealt with. */
static void drop(struct buf *in, size_t n)
{
	memmove(in->p, in->p + n, in->n - n + 1);
	in->n -= n;
}

bool request_read(struct request *r, int fd, struct buf *in)
{
	const char *end, *length;
	size_t n, body;

	while (!in->n || !(end = strstr(in->p, "\r\n\r\n")))
		if (!receive(fd, in))
			return false;
	n = (size_t)(end - in->p) + 4;
	memcpy(r->text, in->p, n);
	r->text[n] = '\0';
	drop(in, n);
	if (!parse(r))
		return false;
	length = request_header(r, "content-length");
	body = length ? strtoul(length, NULL, 10) : 0;
	while (in->n < body)
		if (!receive(fd, in))
			return false;
	if (body)
		drop(in, body);
	return true;
}

static bool path_fits(const char *want, const char *path)
{
	size_t n = strlen(want);

	if (want[n - 1] == '*')
		return !strncmp(want, path, n - 1);
	return !strcmp(want, path);
}

/* "Name: text": a header of that name has the text. */
static bool header_fits(const char *want, const struct request *r)
{
	const char *colon = strchr(want, ':');
	size_t n = (size_t)(colon - want);

	for (int i = 0; i < r->headers; i++)
		if (!strncasecmp(r->name[i], want, n) && !r->name[i][n] &&
			strstr(r->value[i], colon + 2))
			return true;
	return false;
}

struct answer *request_answer(const struct request *r, struct script *s)
{
	for (struct route *to = s->routes; to; to = to->next) {
		struct answer *a = to->now;

		if (!path_fits(to->path, r->path) ||
			(to->method && strcmp(to->method, r->method)) ||
			(to->query && !strstr(r->query, to->query)) ||
			(to->header && !header_fits(to->header, r)))
			continue;
		to->asked++;
		if (a->next)
			to->now = a->next;
		return a;
	}
	return NULL;
}
