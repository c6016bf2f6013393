#include "json/json_stream.h"

#include <errno.h>
#include <string.h>

int json_stream_open(struct json_stream *s, const char *path, struct err *e)
{
	bool std = !strcmp(path, "-");

	*s = (struct json_stream){
		.name = std ? "standard input" : path, .line = 1};
	buf_init(&s->text, JSON_MAX);
	s->f = std ? stdin : fopen(path, "rb");
	if (!s->f)
		return err_set(e, ERR_NOINPUT, "cannot open '%s': %s", path,
			strerror(errno));
	return 0;
}

void json_stream_close(struct json_stream *s)
{
	if (s->f && s->f != stdin)
		fclose(s->f);
	s->f = NULL;
	buf_release(&s->text);
}

static int next(struct json_stream *s)
{
	int c = getc_unlocked(s->f);

	s->line += c == '\n';
	return c;
}

/* The next character that is no blank. */
static int next_solid(struct json_stream *s)
{
	int c;

	do
		c = next(s);
	while (c == ' ' || c == '\t' || c == '\n' || c == '\r');
	return c;
}

static void unread(struct json_stream *s, int c)
{
	if (c != EOF)
		ungetc(c, s->f);
	s->line -= c == '\n';
}

static int unexpected(
	struct json_stream *s, int c, const char *wanted, struct err *e)
{
	if (c == EOF && ferror(s->f))
		return err_set(e, ERR_IO, "cannot read '%s': %s", s->name,
			strerror(errno));
	if (c == EOF)
		return err_set(e, ERR_DATA,
			"%s:%ld: bad JSON: it ends where %s is expected",
			s->name, s->line, wanted);
	return err_set(e, ERR_DATA, "%s:%ld: bad JSON: %s expected", s->name,
		s->line, wanted);
}

static int enter(
	struct json_stream *s, int open, const char *wanted, struct err *e)
{
	int c = next_solid(s);

	s->comma = false;
	return c == open ? 0 : unexpected(s, c, wanted, e);
}

int json_stream_object(struct json_stream *s, struct err *e)
{
	return enter(s, '{', "an object", e);
}

int json_stream_array(struct json_stream *s, struct err *e)
{
	return enter(s, '[', "an array", e);
}

/* To the first character of the next item: 1; 0 at the end of the list. */
static int more(struct json_stream *s, int close, struct err *e)
{
	int c = next_solid(s);

	if (c == close) {
		s->comma = true; /* the list that we are back in has one item */
		return 0;
	}
	if (s->comma) {
		if (c != ',')
			return unexpected(s, c,
				close == '}' ? "',' or '}'" : "',' or ']'", e);
		c = next_solid(s);
	}
	unread(s, c);
	s->comma = true;
	return 1;
}

/* Behind the quote that ends a string. */
static int take_string(struct json_stream *s, bool keep, struct err *e)
{
	bool escaped = false;

	for (;;) {
		int c = next(s);
		char byte = (char)c;

		if (c == EOF)
			return unexpected(s, c, "the end of a string", e);
		if (keep)
			buf_add(&s->text, &byte, 1);
		if (!escaped && c == '"')
			return 0;
		escaped = !escaped && c == '\\';
	}
}

/* One value into s->text, by its brackets and quotes alone. */
static int take_value(struct json_stream *s, bool keep, struct err *e)
{
	long began = s->line;
	int depth = 0;

	buf_clear(&s->text);
	for (;;) {
		int c = depth ? next(s) : next_solid(s);
		char byte = (char)c;

		if (c == EOF || (!depth && strchr(",:]}", c)))
			return unexpected(s, c,
				depth ? "the end of a value" : "a value", e);
		if (keep)
			buf_add(&s->text, &byte, 1);
		if (c == '"') {
			if (take_string(s, keep, e))
				return -1;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if (c == '}' || c == ']') {
			depth--;
		} else if (!depth) {
			while ((c = next(s)) != EOF &&
				!strchr(" \t\r\n,]}", c)) {
				byte = (char)c;
				if (keep)
					buf_add(&s->text, &byte, 1);
			}
			unread(s, c);
		}
		if (!depth)
			break;
	}
	if (s->text.overflow)
		return err_set(e, ERR_DATA,
			"%s:%ld: a value of more than %d bytes", s->name, began,
			JSON_MAX);
	return 0;
}

int json_stream_key(struct json_stream *s, const char **key, struct err *e)
{
	int got = more(s, '}', e), c;

	if (got <= 0)
		return got;
	c = next_solid(s);
	if (c != '"')
		return unexpected(s, c, "a key", e);
	buf_clear(&s->text);
	if (take_string(s, true, e))
		return -1;
	s->text.p[--s->text.n] = 0;
	*key = s->text.p;
	c = next_solid(s);
	return c == ':' ? 1 : unexpected(s, c, "':'", e);
}

int json_stream_item(struct json_stream *s, struct json **item, struct arena *a,
	struct err *e)
{
	int got = more(s, ']', e);
	long began = s->line;

	if (got <= 0)
		return got;
	if (take_value(s, true, e))
		return -1;
	*item = json_parse(s->text.p, s->text.n, a, e);
	return *item ? 1 : err_wrap(e, "%s:%ld", s->name, began);
}

int json_stream_skip(struct json_stream *s, struct err *e)
{
	return take_value(s, false, e);
}

int json_stream_end(struct json_stream *s, struct err *e)
{
	int c = next_solid(s);

	return c == EOF && !ferror(s->f)
		       ? 0
		       : unexpected(s, c, "the end of the file", e);
}
