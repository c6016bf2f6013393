#include "json/json_int.h"
#include "json/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* cJSON copies a number into 64 bytes and reads only these. */
enum { NUMBER_MAX = 63 };

/* Bytes of the UTF-8 sequence at s, 0 when it is not one. (Unicode 15.0,
 * table 3-7: no surrogates, no overlong forms, nothing above U+10FFFF.) */
static size_t utf8_len(const unsigned char *s, size_t n)
{
	unsigned char lo = 0x80, hi = 0xbf;
	size_t len;

	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	len = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (s[0] == 0xe0)
		lo = 0xa0;
	else if (s[0] == 0xed)
		hi = 0x9f;
	else if (s[0] == 0xf0)
		lo = 0x90;
	else if (s[0] == 0xf4)
		hi = 0x8f;
	if (n < len || s[1] < lo || s[1] > hi)
		return 0;
	for (size_t i = 2; i < len; i++)
		if (s[i] < 0x80 || s[i] > 0xbf)
			return 0;
	return len;
}

size_t json_utf8_span(const char *s, size_t n)
{
	size_t i = 0, len;

	while (i < n) {
		len = utf8_len((const unsigned char *)s + i, n - i);
		if (len == 0)
			break;
		i += len;
	}
	return i;
}

static int bad(struct err *e, size_t at, const char *what)
{
	return err_set(e, ERR_DATA, "bad JSON at byte %zu: %s", at + 1, what);
}

/* s is behind the opening quote; the first byte behind the closing one. */
static const char *skip_string(const char *s)
{
	for (; *s != '"'; s++)
		if (*s == '\\')
			s++;
	return s + 1;
}

/* Check a string whose opening quote is at text[*at]; *at ends behind it. */
static int scan_string(const char *text, size_t n, size_t *at, struct err *e)
{
	size_t i = *at + 1;

	for (; i < n && text[i] != '"'; i++) {
		if ((unsigned char)text[i] < ' ')
			return bad(e, i, "control character in a string");
		if (text[i] != '\\')
			continue;
		if (!strncmp(text + i, "\\u0000", 6))
			return bad(e, i, "NUL in a string");
		i++;
	}
	if (i >= n)
		return bad(e, *at, "string without an end");
	*at = i + 1;
	return 0;
}

static size_t digits(const char *s)
{
	return strspn(s, "0123456789");
}

size_t json_scan_number_len(const char *s)
{
	return strspn(s, "+-.0123456789Ee");
}

static int scan_number(const char *text, size_t *at, struct err *e)
{
	const char *s = text + *at, *p = s + (*s == '-');
	size_t len = json_scan_number_len(s), whole = digits(p), n;
	bool ok = whole > 0 && (*p != '0' || whole == 1);

	p += whole;
	if (*p == '.') {
		n = digits(p + 1);
		ok = ok && n > 0;
		p += 1 + n;
	}
	if (*p == 'e' || *p == 'E') {
		p += 1 + (p[1] == '-' || p[1] == '+');
		n = digits(p);
		ok = ok && n > 0;
		p += n;
	}
	if (!ok || p != s + len)
		return bad(e, *at, "malformed number");
	if (len > NUMBER_MAX)
		return bad(e, *at, "number of more than 63 characters");
	if (!isfinite(strtod(s, NULL)))
		return bad(e, *at, "number out of range");
	*at += len;
	return 0;
}

int json_scan(const char *text, size_t n, struct err *e)
{
	size_t depth = 0, at = json_utf8_span(text, n);

	if (at < n)
		return bad(e, at, "not UTF-8");
	for (at = 0; at < n;) {
		char c = text[at];
		int wrong = 0;

		if (c == '"')
			wrong = scan_string(text, n, &at, e);
		else if (c == '-' || digits(text + at))
			wrong = scan_number(text, &at, e);
		else if (c >= 0 && c < ' ' && !strchr("\t\r\n", c))
			wrong = bad(e, at, "control character");
		else if (c == 0)
			wrong = bad(e, at, "NUL");
		else if ((c == '{' || c == '[') && ++depth > JSON_DEPTH)
			wrong = bad(e, at, "nested too deeply");
		else {
			if ((c == '}' || c == ']') && depth > 0)
				depth--;
			at++;
		}
		if (wrong)
			return -1;
	}
	return 0;
}

const char *json_scan_number(const char *s)
{
	while (*s) {
		if (*s == '"')
			s = skip_string(s + 1);
		else if (*s == '-' || (*s >= '0' && *s <= '9'))
			return s;
		else
			s++;
	}
	return NULL;
}
