#include "json/json_int.h"

#include <string.h>

static bool quote_char(struct buf *b, unsigned char c)
{
	static const char letters[] = "\b\f\n\r\t\"\\", as[] = "bfnrt\"\\";
	const char *found = strchr(letters, c);

	if (found)
		return buf_printf(b, "\\%c", as[found - letters]);
	return buf_printf(b, "\\u%04x", c);
}

bool json_quote(struct buf *b, const char *s)
{
	bool ok = buf_str(b, "\"");

	while (*s) {
		size_t plain = 0;

		while (s[plain] && s[plain] != '"' && s[plain] != '\\' &&
			(unsigned char)s[plain] >= ' ')
			plain++;
		while (plain > 0) {
			size_t good = json_utf8_span(s, plain);

			ok = ok && buf_add(b, s, good);
			s += good;
			plain -= good;
			if (plain > 0) {
				ok = ok && buf_str(b, "\xef\xbf\xbd");
				s++;
				plain--;
			}
		}
		if (*s)
			ok = ok && quote_char(b, (unsigned char)*s++);
	}
	return ok && buf_str(b, "\"");
}

static bool print_list(const struct json *j, bool object, struct buf *b)
{
	bool ok = buf_str(b, object ? "{" : "["), first = true;

	json_each (item, j) {
		if (!first)
			ok = ok && buf_str(b, ",");
		first = false;
		if (object)
			ok = ok && json_quote(b, json_key(item)) &&
			     buf_str(b, ":");
		ok = ok && json_print_buf(item, b);
	}
	return ok && buf_str(b, object ? "}" : "]");
}

bool json_print_buf(const struct json *j, struct buf *b)
{
	switch (json_kind(j)) {
	case JSON_NULL:
		return buf_str(b, "null");
	case JSON_BOOL:
		return buf_str(b, j->truth ? "true" : "false");
	case JSON_NUMBER:
		return buf_add(b, j->text, j->len);
	case JSON_STRING:
		return json_quote(b, j->text);
	case JSON_ARRAY:
		return print_list(j, false, b);
	case JSON_OBJECT:
		return print_list(j, true, b);
	}
	return false;
}

int json_print(const struct json *j, FILE *f)
{
	struct buf b;
	bool ok;

	/* Quoting makes at most six bytes of one. */
	buf_init(&b, (size_t)JSON_MAX * 8);
	ok = json_print_buf(j, &b) && fwrite(b.p, 1, b.n, f) == b.n;
	buf_release(&b);
	return ok ? 0 : -1;
}
