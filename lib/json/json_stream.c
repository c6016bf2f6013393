#include "json/json_stream.h"
#include "base/mem.h"

#include <errno.h>
#include <string.h>

enum { FIRST_CAP = 1 << 16 };

int json_stream_open(struct json_stream *s, const char *path, struct err *e)
{
	bool std = !strcmp(path, "-");
	FILE *f = std ? stdin : fopen(path, "rb");

	*s = (struct json_stream){0};
	if (!f)
		return err_set(e, ERR_NOINPUT, "cannot open '%s': %s", path,
			strerror(errno));
	json_stream_begin(s, f, std ? "standard input" : path);
	s->ours = !std;
	return 0;
}

void json_stream_begin(struct json_stream *s, FILE *f, const char *name)
{
	*s = (struct json_stream){
		.name = name, .line = 1, .f = f, .cap = FIRST_CAP};
	s->p = mem_alloc(s->cap, 1);
	buf_init(&s->key, JSON_MAX);
}

void json_stream_close(struct json_stream *s)
{
	if (s->ours)
		fclose(s->f);
	s->f = NULL;
	mem_free(s->p);
	s->p = NULL;
	buf_release(&s->key);
}

/*
 * Read more behind what is there, and forget what is before p[keep]: what was
 * at p[keep] is at p[0] then. false at the end of the file, or when the buffer
 * is full of what must be kept.
 */
static bool more(struct json_stream *s, size_t keep)
{
	memmove(s->p, s->p + keep, s->end - keep);
	s->base += (int64_t)keep;
	s->end -= keep;
	s->at -= keep;
	if (s->end == s->cap) {
		if (s->cap > JSON_MAX)
			return false;
		s->cap *= 2;
		s->p = mem_grow(s->p, s->cap, 1);
	}
	s->end += fread(s->p + s->end, 1, s->cap - s->end, s->f);
	return s->at < s->end;
}

static int next(struct json_stream *s)
{
	if (s->at == s->end && !more(s, s->at))
		return EOF;
	s->line += s->p[s->at] == '\n';
	return (unsigned char)s->p[s->at++];
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
	s->at -= c != EOF;
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
static int to_item(struct json_stream *s, int close, struct err *e)
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

/*
 * The end of a value, found by its brackets and quotes alone: how deep we are
 * in it, and whether within a string or a word.
 */
struct extent {
	int depth;
	bool string, escaped, word;
};

/* Go over one character; true when the value ends before it. */
static inline bool step(struct extent *x, char c)
{
	if (x->string) {
		if (x->escaped)
			x->escaped = false;
		else if (c == '\\')
			x->escaped = true;
		else if (c == '"')
			x->string = false;
		return false;
	}
	switch (c) {
	case '"':
		x->string = true;
		return x->word;
	case '{':
	case '[':
		x->depth++;
		return x->word;
	case '}':
	case ']':
		x->depth--;
		return x->word;
	case ' ':
	case '\t':
	case '\r':
	case '\n':
	case ',':
	case ':':
		return x->word;
	default:
		x->word = x->depth == 0;
		return false;
	}
}

/*
 * Behind the value that begins at s->at. With keep it is in p[from..at), and
 * from is returned; without, a value may be of any size. -1: an error.
 */
static ssize_t over_value(struct json_stream *s, bool keep, struct err *e)
{
	struct extent x = {0};
	size_t from = s->at;
	int c = next_solid(s);
	long began = s->line;

	unread(s, c);
	if (c == EOF || strchr(",:]}", c))
		return unexpected(s, c, "a value", e);
	from = s->at;
	for (;;) {
		if (s->at == s->end) {
			bool any = more(s, keep ? from : s->at);

			from = 0;
			if (!any && s->end > JSON_MAX)
				break;
			if (!any && x.word)
				return 0;
			if (!any)
				return unexpected(s, EOF,
					x.string ? "the end of a string"
						 : "the end of a value",
					e);
		}
		c = s->p[s->at];
		if (step(&x, (char)c))
			return (ssize_t)from;
		s->line += c == '\n';
		s->at++;
		if (x.depth == 0 && !x.string && !x.word)
			return (ssize_t)from;
	}
	return err_set(e, ERR_DATA, "%s:%ld: a value of more than %d bytes",
		s->name, began, JSON_MAX);
}

int json_stream_key(struct json_stream *s, const char **key, struct err *e)
{
	int got = to_item(s, '}', e), c;
	ssize_t from;

	if (got <= 0)
		return got;
	c = next_solid(s);
	unread(s, c);
	if (c != '"')
		return unexpected(s, c, "a key", e);
	from = over_value(s, true, e);
	if (from < 0)
		return -1;
	/* It must not move while the ':' is looked for. */
	buf_clear(&s->key);
	buf_add(&s->key, s->p + from + 1, s->at - (size_t)from - 2);
	*key = s->key.p;
	c = next_solid(s);
	return c == ':' ? 1 : unexpected(s, c, "':'", e);
}

int json_stream_value(struct json_stream *s, struct json **value,
	struct arena *a, struct err *e)
{
	ssize_t from = over_value(s, true, e);
	long began = s->line;

	if (from < 0)
		return -1;
	s->text = s->p + from;
	s->n = s->at - (size_t)from;
	s->offset = s->base + from;
	*value = json_parse(s->text, s->n, a, e);
	for (size_t i = 0; !*value && i < s->n; i++)
		began -= s->text[i] == '\n';
	return *value ? 0 : err_wrap(e, "%s:%ld", s->name, began);
}

int json_stream_item(struct json_stream *s, struct json **item, struct arena *a,
	struct err *e)
{
	int got = to_item(s, ']', e);

	return got <= 0 ? got : json_stream_value(s, item, a, e) ? -1 : 1;
}

int json_stream_skip(struct json_stream *s, struct err *e)
{
	return over_value(s, false, e) < 0 ? -1 : 0;
}

int json_stream_end(struct json_stream *s, struct err *e)
{
	int c = next_solid(s);

	return c == EOF && !ferror(s->f)
		       ? 0
		       : unexpected(s, c, "the end of the file", e);
}
