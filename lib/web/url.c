#include "web/url.h"

#include <ctype.h>
#include <curl/curl.h>
#include <string.h>
#include <strings.h>

static char *lower(char *s)
{
	for (char *p = s; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return s;
}

/* A part of it, copied into the arena; "" when there is none. */
static char *part(CURLU *h, CURLUPart what, unsigned flags, struct arena *a)
{
	char *got = NULL, *copy;

	if (curl_url_get(h, what, &got, flags) || !got)
		return arena_dup(a, "");
	copy = arena_dup(a, got);
	curl_free(got);
	return copy;
}

static int take(struct web_url *u, CURLU *h, struct arena *a, struct err *e)
{
	char *scheme = lower(part(h, CURLUPART_SCHEME, 0, a));
	char *port = part(h, CURLUPART_PORT, CURLU_DEFAULT_PORT, a);
	char *query;

	if (strcmp(scheme, "http") && strcmp(scheme, "https"))
		return err_set(e, ERR_DATA,
			"only http and https are fetched, not %.20s", scheme);
	if (*part(h, CURLUPART_USER, 0, a) ||
		*part(h, CURLUPART_PASSWORD, 0, a))
		return err_set(e, ERR_DATA,
			"a user name or password in a URL is not accepted");
	curl_url_set(h, CURLUPART_FRAGMENT, NULL, 0);
	u->host = lower(part(h, CURLUPART_HOST, 0, a));
	curl_url_set(h, CURLUPART_HOST, u->host, 0);
	u->origin = arena_printf(a, "%s://%s:%s", scheme, u->host, port);
	u->text = part(h, CURLUPART_URL, 0, a);
	u->path = part(h, CURLUPART_PATH, 0, a);
	query = part(h, CURLUPART_QUERY, 0, a);
	if (*query)
		u->path = arena_printf(a, "%s?%s", u->path, query);
	if (strlen(u->text) > WEB_URL_MAX)
		return err_set(e, ERR_DATA, "a URL of more than %d bytes",
			WEB_URL_MAX);
	return 0;
}

/* For messages: nothing of a hostile URL may move a terminal's cursor. */
static const char *shown(const char *s, struct arena *a)
{
	char *copy = arena_printf(a, "%.200s", s);

	for (char *p = copy; *p; p++)
		if (iscntrl((unsigned char)*p))
			*p = '?';
	return copy;
}

int web_url_parse(struct web_url *u, const char *text, const char *base,
	struct arena *a, struct err *e)
{
	CURLU *h;
	CURLUcode bad = 0;
	int failed;

	*u = (struct web_url){0};
	if (strlen(text) > WEB_URL_MAX)
		return err_set(e, ERR_DATA, "a URL of more than %d bytes",
			WEB_URL_MAX);
	h = curl_url();
	if (!h)
		return err_set(e, ERR_OS, "out of memory");
	if (base)
		bad = curl_url_set(h, CURLUPART_URL, base, CURLU_URLENCODE);
	if (!bad)
		bad = curl_url_set(h, CURLUPART_URL, text,
			CURLU_URLENCODE | CURLU_NON_SUPPORT_SCHEME);
	if (bad)
		failed = err_set(e, ERR_DATA, "'%s' is no URL: %s",
			shown(text, a), curl_url_strerror(bad));
	else if ((failed = take(u, h, a, e)) != 0)
		err_wrap(e, "'%s'", shown(text, a));
	curl_url_cleanup(h);
	return failed;
}

bool web_host_matches(const char *host, const char *pattern)
{
	size_t h = strlen(host), p = strlen(pattern);

	if (strncmp(pattern, "*.", 2))
		return !strcasecmp(host, pattern);
	return h > p - 1 && !strcasecmp(host + h - (p - 1), pattern + 1);
}

char *web_url_escape(struct arena *a, const char *s)
{
	static const char hex[] = "0123456789ABCDEF";
	char *out = arena_alloc(a, 3 * strlen(s) + 1), *to = out;

	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (isalnum(c) || strchr("-._~", c)) {
			*to++ = (char)c;
			continue;
		}
		*to++ = '%';
		*to++ = hex[c >> 4];
		*to++ = hex[c & 15];
	}
	*to = 0;
	return out;
}
