/* A script becomes routes and their answers. */
#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include "faultd.h"
#include "base/file.h"
#include "base/num.h"

enum { SCRIPT_MAX = 16 << 20 };

enum word_kind { WORD_TEXT, WORD_COUNT, WORD_FLAG, WORD_SOURCE, WORD_HEADER };

struct word {
	const char *name;
	enum word_kind kind;
	size_t at; /* the field of a struct answer, or the source */
};

static const struct word words[] = {
	{"text", WORD_SOURCE, SOURCE_TEXT},
	{"page", WORD_SOURCE, SOURCE_PAGE},
	{"file", WORD_SOURCE, SOURCE_FILE},
	{"jpg", WORD_SOURCE, SOURCE_JPG},
	{"png", WORD_SOURCE, SOURCE_PNG},
	{"zeros", WORD_SOURCE, SOURCE_ZEROS},
	{"bomb", WORD_SOURCE, SOURCE_BOMB},
	{"raw", WORD_SOURCE, SOURCE_RAW},
	{"header", WORD_HEADER, 0},
	{"type", WORD_TEXT, offsetof(struct answer, type)},
	{"location", WORD_TEXT, offsetof(struct answer, location)},
	{"retry-after", WORD_TEXT, offsetof(struct answer, retry_after)},
	{"length", WORD_TEXT, offsetof(struct answer, length)},
	{"drip", WORD_TEXT, offsetof(struct answer, drip)},
	{"etag", WORD_TEXT, offsetof(struct answer, etag)},
	{"cut", WORD_COUNT, offsetof(struct answer, cut)},
	{"reset", WORD_COUNT, offsetof(struct answer, reset)},
	{"wait", WORD_COUNT, offsetof(struct answer, wait)},
	{"gzip", WORD_FLAG, offsetof(struct answer, gzip)},
	{"chunked", WORD_FLAG, offsetof(struct answer, chunked)},
	{"endless", WORD_FLAG, offsetof(struct answer, endless)},
	{"hang", WORD_FLAG, offsetof(struct answer, hang)},
	{"close", WORD_FLAG, offsetof(struct answer, close)},
	{"no-range", WORD_FLAG, offsetof(struct answer, no_range)},
};

/* The byte that an escape means, with s behind its backslash. */
static char unescape(const char **s)
{
	char hex[3] = {0};

	switch (*(*s)++) {
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	case 'x':
		for (int i = 0; i < 2 && isxdigit((unsigned char)**s); i++)
			hex[i] = *(*s)++;
		return (char)strtol(hex, NULL, 16);
	default:
		return (*s)[-1];
	}
}

/* The next blank-separated word, its quotes and escapes resolved in place;
 * NULL at the end of the line. */
static char *next_word(char **line)
{
	char *s = *line + strspn(*line, " \t"), *word = s, *to = s;
	bool quoted = false;

	if (!*s || *s == '#')
		return NULL;
	while (*s && (quoted || !isspace((unsigned char)*s))) {
		if (*s == '"') {
			quoted = !quoted;
			s++;
		} else if (quoted && *s == '\\' && s[1]) {
			const char *after = s + 1;

			*to++ = unescape(&after);
			s += after - s;
		} else {
			*to++ = *s++;
		}
	}
	*line = *s ? s + 1 : s;
	*to = '\0';
	return word;
}

static int set_word(struct script *s, struct answer *a, const struct word *w,
	char *value, struct err *e)
{
	char *field = (char *)a + w->at;
	int64_t n;

	if ((w->kind == WORD_FLAG) != !value)
		return err_set(e, ERR_DATA, "'%s' takes %s", w->name,
			value ? "no value" : "a value");
	switch (w->kind) {
	case WORD_FLAG:
		*(bool *)field = true;
		break;
	case WORD_COUNT:
		if (!num_int(value, 0, INT64_C(1) << 40, &n))
			return err_set(e, ERR_DATA, "%s='%s' is no count",
				w->name, value);
		*(long *)field = n;
		break;
	case WORD_TEXT:
		*(char **)field = value;
		break;
	case WORD_SOURCE:
		a->source = (enum source)w->at;
		a->of = value;
		break;
	case WORD_HEADER:
		a->headers = arena_printf(&s->mem, "%s%s\r\n",
			a->headers ? a->headers : "", value);
		break;
	}
	return 0;
}

/* "500 text=oh": one more answer of the route. */
static int add_answer(
	struct script *s, struct route *r, char *line, struct err *e)
{
	struct answer *a = arena_zero(&s->mem, 1, sizeof(*a)), **end;
	char *text = next_word(&line);
	int64_t status;

	a->cut = a->reset = a->wait = -1;
	if (!r)
		return err_set(e, ERR_DATA, "an answer before the first route");
	if (!num_int(text, 100, 999, &status))
		return err_set(e, ERR_DATA, "'%s' is no status", text);
	a->status = status;
	while ((text = next_word(&line))) {
		char *value = strchr(text, '=');
		size_t i = 0, n = sizeof(words) / sizeof(*words);

		if (value)
			*value++ = '\0';
		while (i < n && strcmp(words[i].name, text))
			i++;
		if (i == n)
			return err_set(e, ERR_DATA, "no word '%s'", text);
		if (set_word(s, a, &words[i], value, e))
			return -1;
	}
	for (end = &r->answers; *end; end = &(*end)->next)
		;
	*end = a;
	return body_make(a, s->root, e);
}

/* "/path query=text": a route. */
static struct route *new_route(struct script *s, char *line, struct err *e)
{
	struct route *r = arena_zero(&s->mem, 1, sizeof(*r));
	char *text;

	r->path = next_word(&line);
	while ((text = next_word(&line))) {
		if (!strncmp(text, "query=", 6))
			r->query = text + 6;
		else if (!strncmp(text, "header=", 7) && strstr(text, ": "))
			r->header = text + 7;
		else if (!strncmp(text, "method=", 7))
			r->method = text + 7;
		else {
			err_set(e, ERR_DATA, "a route has no '%s'", text);
			return NULL;
		}
	}
	return r;
}

int script_load(struct script *s, const char *path, struct err *e)
{
	struct route *r = NULL, **end = &s->routes;
	size_t n;
	char *line = file_read(path, SCRIPT_MAX, &s->mem, &n, e), *next;

	if (!line)
		return -1;
	for (int at = 1; line; line = next, at++) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		char *first = line + strspn(line, " \t\r");
		if (!*first || *first == '#')
			continue;
		if (first > line) {
			if (add_answer(s, r, line, e))
				return err_wrap(e, "%s:%d", path, at);
			continue;
		}
		r = new_route(s, line, e);
		if (!r)
			return err_wrap(e, "%s:%d", path, at);
		*end = r;
		end = &r->next;
	}
	for (r = s->routes; r; r = r->next)
		if (!r->answers)
			return err_set(e, ERR_DATA, "%s: %s has no answer",
				path, r->path);
	script_rewind(s);
	return 0;
}

void script_release(struct script *s)
{
	for (struct route *r = s->routes; r; r = r->next)
		for (struct answer *a = r->answers; a; a = a->next)
			buf_release(&a->body);
	arena_release(&s->mem);
}

void script_rewind(struct script *s)
{
	for (struct route *r = s->routes; r; r = r->next) {
		r->now = r->answers;
		r->asked = 0;
	}
}
