#include "web/robots.h"
#include "base/mem.h"
#include "base/num.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { PATTERN_MAX = 2048, DELAY_MAX = 3600 };

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * One spelling for a path (RFC 9309, 2.2.2): bytes beyond ASCII are encoded,
 * unreserved characters are not, hexadecimal digits are large. In a path * and
 * $ are themselves, so they are encoded; in a pattern they are not.
 */
static void normalise(const char *s, bool pattern, char *to)
{
	static const char hex[] = "0123456789ABCDEF";

	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		bool encode = c >= 0x80 || (!pattern && strchr("*$", c));

		if (c == '%' && hex_digit(s[1]) >= 0 && hex_digit(s[2]) >= 0) {
			c = (unsigned char)(hex_digit(s[1]) << 4 |
					    hex_digit(s[2]));
			encode = !isalnum(c) && (!c || !strchr("-._~", c));
			s += 2;
		}
		if (encode) {
			*to++ = '%';
			*to++ = hex[c >> 4];
			*to++ = hex[c & 15];
		} else {
			*to++ = (char)c;
		}
	}
	*to = 0;
}

/* The most bytes that it takes. */
static size_t normal_size(const char *s)
{
	return 3 * strlen(s) + 1;
}

/* Does the pattern match the beginning of the path? After a * that led
 * nowhere the match goes on one byte further, so time is the product of both
 * lengths at most. */
static bool matches(const char *p, const char *path)
{
	const char *star = NULL, *back = NULL;

	for (;;) {
		if (*p == '*') {
			star = ++p;
			back = path;
		} else if (!*p || (*p == '$' && !p[1] && !*path)) {
			return true;
		} else if (*p == *path && *path && !(*p == '$' && !p[1])) {
			p++;
			path++;
		} else if (star && *back) {
			p = star;
			path = ++back;
		} else {
			return false;
		}
	}
}

/* A line cut into "key: value"; blanks and comments are gone. */
struct line {
	const char *key, *value;
	size_t nkey, nvalue;
};

static bool cut_line(const char *s, size_t n, struct line *l)
{
	const char *comment = memchr(s, '#', n), *colon;

	if (comment)
		n = (size_t)(comment - s);
	colon = memchr(s, ':', n);
	if (!colon)
		return false;
	l->key = s;
	l->nkey = (size_t)(colon - s);
	l->value = colon + 1;
	l->nvalue = n - l->nkey - 1;
	while (l->nkey && isspace((unsigned char)*l->key))
		l->key++, l->nkey--;
	while (l->nkey && isspace((unsigned char)l->key[l->nkey - 1]))
		l->nkey--;
	while (l->nvalue && isspace((unsigned char)*l->value))
		l->value++, l->nvalue--;
	while (l->nvalue && isspace((unsigned char)l->value[l->nvalue - 1]))
		l->nvalue--;
	return true;
}

static bool key_is(const struct line *l, const char *name)
{
	return l->nkey == strlen(name) && !strncasecmp(l->key, name, l->nkey);
}

/* The product name is what is before a version, such as /1.0. */
static bool names(const struct line *l, const char *agent)
{
	size_t n = 0;

	while (n < l->nvalue &&
		(isalpha((unsigned char)l->value[n]) || l->value[n] == '-' ||
			l->value[n] == '_'))
		n++;
	return n == strlen(agent) && !strncasecmp(l->value, agent, n);
}

struct reader {
	struct web_robots all, own; /* of *, of the agent */
	struct web_rule **all_end, **own_end;
	bool for_all, for_us, in_rules, named;
	const char *agent;
	struct arena *a;
};

static void add_rule(struct reader *r, const struct line *l, int line)
{
	struct web_rule rule = {.allow = key_is(l, "allow"), .line = line};
	struct web_rule ***ends[] = {&r->all_end, &r->own_end};
	bool wanted[] = {r->for_all, r->for_us};

	r->in_rules = true;
	/* An empty rule says nothing; a NUL has no place in a path. */
	if (!l->nvalue || l->nvalue > PATTERN_MAX ||
		memchr(l->value, 0, l->nvalue))
		return;
	for (int i = 0; i < 2; i++) {
		struct web_rule *new;
		char *normal;

		if (!wanted[i])
			continue;
		rule.pattern = arena_dupn(r->a, l->value, l->nvalue);
		normal = arena_alloc(r->a, normal_size(rule.pattern));
		normalise(rule.pattern, true, normal);
		rule.normal = normal;
		new = arena_alloc(r->a, sizeof *new);
		*new = rule;
		**ends[i] = new;
		*ends[i] = &new->next;
	}
}

static void set_delay(struct reader *r, const struct line *l)
{
	char text[32];
	double s;

	if (l->nvalue >= sizeof text)
		return;
	memcpy(text, l->value, l->nvalue);
	text[l->nvalue] = 0;
	if (!num_real(text, 0, DELAY_MAX, &s))
		return;
	if (r->for_all)
		r->all.delay = s;
	if (r->for_us)
		r->own.delay = s;
}

static void read_line(struct reader *r, const char *s, size_t n, int number)
{
	struct line l;

	if (!cut_line(s, n, &l))
		return;
	if (key_is(&l, "user-agent")) {
		if (r->in_rules)
			r->for_all = r->for_us = r->in_rules = false;
		if (l.nvalue && *l.value == '*')
			r->for_all = true;
		if (names(&l, r->agent))
			r->for_us = r->named = true;
	} else if (key_is(&l, "allow") || key_is(&l, "disallow")) {
		add_rule(r, &l, number);
	} else if (key_is(&l, "crawl-delay")) {
		set_delay(r, &l);
	}
}

struct web_robots *web_robots_parse(
	const char *text, size_t n, const char *agent, struct arena *a)
{
	struct web_robots *out = arena_zero(a, 1, sizeof *out);
	struct reader r = {.agent = agent, .a = a};
	size_t at = 0;
	int line = 1;

	r.all_end = &r.all.rules;
	r.own_end = &r.own.rules;
	if (n > ROBOTS_MAX)
		n = ROBOTS_MAX;
	if (n >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		at = 3;
	while (at < n) {
		size_t end = at;

		while (end < n && text[end] != '\n' && text[end] != '\r')
			end++;
		read_line(&r, text + at, end - at, line++);
		at = end + 1;
		if (at < n && text[end] == '\r' && text[at] == '\n')
			at++;
	}
	/* A group of ours stands in place of the one for all. */
	*out = r.named ? r.own : r.all;
	return out;
}

bool web_robots_allow(const struct web_robots *r, const char *path,
	const struct web_rule **why)
{
	char *normal = mem_alloc(normal_size(path), 1);
	const struct web_rule *best = NULL;
	size_t longest = 0;

	normalise(path, false, normal);
	for (const struct web_rule *rule = r->rules; rule; rule = rule->next) {
		size_t n = strlen(rule->normal);

		if (best && (n < longest || (n == longest && best->allow)))
			continue;
		if (matches(rule->normal, normal)) {
			best = rule;
			longest = n;
		}
	}
	mem_free(normal);
	if (!strcmp(path, "/robots.txt"))
		best = NULL;
	*why = best;
	return !best || best->allow;
}

/* Directives that are followed by a colon too, and a value. */
static bool has_value(const char *word, size_t n)
{
	static const char *const words[] = {"unavailable_after", "max-snippet",
		"max-image-preview", "max-video-preview"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (n == strlen(words[i]) && !strncasecmp(word, words[i], n))
			return true;
	return false;
}

bool web_robots_tag_forbids(const char *tag, const char *agent)
{
	static const char *const words[] = {
		"noindex", "noimageindex", "noai", "noimageai", "none"};
	bool ours = true; /* what follows "name:" is for that agent */

	while (*tag) {
		size_t n;

		tag += strspn(tag, " \t,");
		if (*tag == ';') { /* another header, for all again */
			ours = true;
			tag++;
			continue;
		}
		n = strcspn(tag, " \t,;:");
		if (has_value(tag, n)) {
			tag += strcspn(tag, ",;");
			continue;
		}
		if (tag[n] == ':') {
			ours = n == strlen(agent) &&
			       !strncasecmp(tag, agent, n);
			tag += n + 1;
			continue;
		}
		for (size_t i = 0; ours && i < sizeof words / sizeof *words;
			i++)
			if (n == strlen(words[i]) &&
				!strncasecmp(tag, words[i], n))
				return true;
		tag += n;
	}
	return false;
}
