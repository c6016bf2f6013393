#include "json/json_int.h"

#include <math.h>
#include <string.h>

/* One text while it is read. Strings are decoded where they stand: what is
 * left of one is never longer than what was there. */
struct parse {
	char *text, *at, *end; /* *end is 0 */
	struct arena *arena;
	struct json *node; /* a few that are free */
	int nodes, chunk, depth;
	struct err *e;
};

static bool bad(struct parse *p, const char *at, const char *what)
{
	err_set(p->e, ERR_DATA, "bad JSON at byte %zu: %s",
		(size_t)(at - p->text) + 1, what);
	return false;
}

static bool unexpected(struct parse *p)
{
	size_t left = (size_t)(p->end - p->at);
	int n = (int)json_utf8_span(p->at, left < 12 ? left : 12);
	unsigned char c = (unsigned char)*p->at;

	if (left == 0)
		err_set(p->e, ERR_DATA, "bad JSON: it ends too early");
	else if (c < ' ')
		bad(p, p->at, c ? "control character" : "NUL");
	else if (n == 0)
		bad(p, p->at, "not UTF-8");
	else
		err_set(p->e, ERR_DATA,
			"bad JSON at byte %zu: '%.*s' not expected",
			(size_t)(p->at - p->text) + 1, n, p->at);
	return false;
}

static void skip_blanks(struct parse *p)
{
	while (*p->at == ' ' || *p->at == '\n' || *p->at == '\r' ||
		*p->at == '\t')
		p->at++;
}

static struct json *new_node(struct parse *p)
{
	if (p->nodes == 0) {
		p->nodes = p->chunk;
		p->node = arena_alloc(
			p->arena, (size_t)p->nodes * sizeof *p->node);
	}
	p->nodes--;
	return p->node++;
}

/* ==== Strings ==== */

/* Four hexadecimal digits, -1 when they are none. */
static int hex4(const char *s)
{
	int v = 0;

	for (int i = 0; i < 4; i++) {
		char c = s[i];
		int digit = c >= '0' && c <= '9'   ? c - '0'
			    : c >= 'a' && c <= 'f' ? c - 'a' + 10
			    : c >= 'A' && c <= 'F' ? c - 'A' + 10
						   : -1;

		if (digit < 0)
			return -1;
		v = v * 16 + digit;
	}
	return v;
}

static char *put_utf8(char *to, int c)
{
	if (c < 0x80) {
		*to++ = (char)c;
	} else if (c < 0x800) {
		*to++ = (char)(0xc0 | c >> 6);
		*to++ = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		*to++ = (char)(0xe0 | c >> 12);
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
		*to++ = (char)(0x80 | (c & 0x3f));
	} else {
		*to++ = (char)(0xf0 | c >> 18);
		*to++ = (char)(0x80 | (c >> 12 & 0x3f));
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
		*to++ = (char)(0x80 | (c & 0x3f));
	}
	return to;
}

/* \uXXXX at p->at, or two of them for what is above U+FFFF. */
static bool unicode(struct parse *p, char **to)
{
	int c = hex4(p->at + 2), low = -1;

	if (c == 0)
		return bad(p, p->at, "NUL in a string");
	if (c >= 0xd800 && c < 0xdc00 && p->at[6] == '\\' && p->at[7] == 'u')
		low = hex4(p->at + 8);
	if (low >= 0xdc00 && low < 0xe000) {
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
		p->at += 6;
	}
	if (c < 0 || (c >= 0xd800 && c < 0xe000))
		return bad(p, p->at, "no character");
	p->at += 6;
	*to = put_utf8(*to, c);
	return true;
}

static bool escape(struct parse *p, char **to)
{
	static const char letters[] = "\"\\/bfnrt", is[] = "\"\\/\b\f\n\r\t";
	const char *found;

	if (p->at[1] == 'u')
		return unicode(p, to);
	found = p->at[1] ? strchr(letters, p->at[1]) : NULL;
	if (!found)
		return bad(p, p->at, "unknown escape");
	*(*to)++ = is[found - letters];
	p->at += 2;
	return true;
}

static inline bool plain(char c)
{
	return (unsigned char)c >= ' ' && (unsigned char)c < 0x80 && c != '"' &&
	       c != '\\';
}

/* The string whose quote is at p->at; NULL after an error. */
static const char *string(struct parse *p)
{
	char *from = p->at + 1, *to;

	for (to = ++p->at; plain(*p->at);)
		p->at++;
	for (to = p->at; *p->at != '"';) {
		size_t n = 1;

		if (p->at == p->end || (*p->at == '\\' && p->at + 1 == p->end))
			return bad(p, from - 1, "string without an end"), NULL;
		if (*p->at == '\\') {
			if (!escape(p, &to))
				return NULL;
			continue;
		}
		if ((unsigned char)*p->at < ' ')
			return bad(p, p->at, "control character in a string"),
			       NULL;
		n = json_utf8_len(p->at, (size_t)(p->end - p->at));
		if (n == 0)
			return bad(p, p->at, "not UTF-8"), NULL;
		memmove(to, p->at, n);
		to += n;
		p->at += n;
	}
	p->at++;
	*to = 0;
	return from;
}

/* ==== Values ==== */

static struct json *value(struct parse *p);

static bool number(struct parse *p, struct json *j)
{
	size_t len = json_number_len(p->at);

	if (len == 0)
		return bad(p, p->at, "malformed number");
	/* A double holds all of up to 308 digits. */
	if ((len > 300 || memchr(p->at, 'e', len) || memchr(p->at, 'E', len)) &&
		!isfinite(json_number_value(p->at, len)))
		return bad(p, p->at, "number out of range");
	*j = (struct json){
		.kind = JSON_NUMBER, .text = p->at, .len = (uint32_t)len};
	p->at += len;
	return true;
}

/* The key of a member, with its colon; NULL after an error. */
static const char *member_key(struct parse *p)
{
	const char *key;

	if (*p->at != '"')
		return unexpected(p), NULL;
	key = string(p);
	skip_blanks(p);
	if (key && *p->at != ':')
		return unexpected(p), NULL;
	p->at++;
	return key;
}

/* The items of the list whose bracket is at p->at. */
static bool list(struct parse *p, struct json *j, char close)
{
	const char *key = NULL;

	if (++p->depth > JSON_DEPTH)
		return bad(p, p->at, "nested too deeply");
	*j = (struct json){.kind = close == '}' ? JSON_OBJECT : JSON_ARRAY};
	p->at++;
	skip_blanks(p);
	while (*p->at != close) {
		struct json *item;

		if (j->last) {
			if (*p->at != ',')
				return unexpected(p);
			p->at++;
			skip_blanks(p);
		}
		if (close == '}' && !(key = member_key(p)))
			return false;
		item = value(p);
		if (!item)
			return false;
		item->key = key;
		if (j->last)
			j->last->next = item;
		else
			j->first = item;
		j->last = item;
		skip_blanks(p);
	}
	p->at++;
	p->depth--;
	return true;
}

static bool word(struct parse *p, const char *s, struct json *j, struct json is)
{
	size_t n = strlen(s);

	if (strncmp(p->at, s, n))
		return unexpected(p);
	p->at += n;
	*j = is;
	return true;
}

static struct json *value(struct parse *p)
{
	struct json *j = new_node(p);
	bool good;

	skip_blanks(p);
	switch (*p->at) {
	case '{':
		good = list(p, j, '}');
		break;
	case '[':
		good = list(p, j, ']');
		break;
	case '"':
		*j = (struct json){.kind = JSON_STRING};
		j->text = string(p);
		good = j->text;
		break;
	case 't':
		good = word(p, "true", j,
			(struct json){.kind = JSON_BOOL, .truth = true});
		break;
	case 'f':
		good = word(p, "false", j, (struct json){.kind = JSON_BOOL});
		break;
	case 'n':
		good = word(p, "null", j, (struct json){.kind = JSON_NULL});
		break;
	default:
		good = *p->at == '-' || (*p->at >= '0' && *p->at <= '9')
			       ? number(p, j)
			       : unexpected(p);
	}
	return good ? j : NULL;
}

struct json *json_parse(
	const char *text, size_t n, struct arena *a, struct err *e)
{
	struct parse p = {.arena = a, .e = e};
	struct json *j;

	if (n > JSON_MAX) {
		err_set(e, ERR_DATA, "bad JSON: %zu bytes, more than %d", n,
			JSON_MAX);
		return NULL;
	}
	p.text = p.at = arena_dupn(a, text, n);
	p.end = p.text + n;
	p.chunk = (int)(n < 4096 ? n / 8 + 2 : 512);
	j = value(&p);
	if (!j)
		return NULL;
	skip_blanks(&p);
	return p.at == p.end || unexpected(&p) ? j : NULL;
}
