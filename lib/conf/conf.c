#include "conf/conf.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/file.h"
#include "conf/nearest.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

enum {
	DEPTH = 16,                             /* sections in sections */
	LIST_TEXT = 2 * sizeof(struct key_strs) /* a list, every item quoted */
};

/* A key or section that was seen, and where. */
struct seen {
	struct seen *next;
	const char *name;
	size_t line;
};

struct reader {
	yaml_parser_t yaml;
	yaml_event_t ev;         /* the event being looked at */
	size_t line;             /* that errors speak of */
	const char *file, *text; /* its name, its n bytes */
	size_t n;
	const struct key *table;
	void *to;
	conf_note_fn note;
	void *arg;
	struct arena mem;
	struct seen *seen;
	struct err *e;
};

__attribute__((format(printf, 2, 3))) static int complain(
	struct reader *r, const char *fmt, ...)
{
	char why[sizeof r->e->msg];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof why, fmt, ap);
	va_end(ap);
	return err_set(r->e, ERR_CONFIG, "%s:%zu: %s", r->file, r->line, why);
}

static int broken(struct reader *r)
{
	size_t at = r->yaml.problem_offset;

	r->line = r->yaml.problem_mark.line + 1;
	/* Bytes that are no text have no mark, only their offset. */
	if (r->yaml.error == YAML_READER_ERROR) {
		r->line = 1;
		for (size_t i = 0; i < r->n && i < at; i++)
			r->line += r->text[i] == '\n';
	}
	return complain(
		r, "%s", r->yaml.problem ? r->yaml.problem : "cannot be read");
}

/*
 * Take the next event. Tags mean types that we don't have, and aliases let a
 * small file grow without bounds: neither has a use in a table of settings.
 */
static int next(struct reader *r)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;
	yaml_event_t *ev = &r->ev;

	yaml_event_delete(ev);
	if (!yaml_parser_parse(&r->yaml, ev))
		return broken(r);
	if (ev->type == YAML_ALIAS_EVENT) {
		anchor = ev->data.alias.anchor;
	} else if (ev->type == YAML_SCALAR_EVENT) {
		anchor = ev->data.scalar.anchor;
		tag = ev->data.scalar.tag;
	} else if (ev->type == YAML_SEQUENCE_START_EVENT) {
		anchor = ev->data.sequence_start.anchor;
		tag = ev->data.sequence_start.tag;
	} else if (ev->type == YAML_MAPPING_START_EVENT) {
		anchor = ev->data.mapping_start.anchor;
		tag = ev->data.mapping_start.tag;
	}
	if (!anchor && !tag)
		return 0;
	r->line = ev->start_mark.line + 1;
	return anchor ? complain(r, "anchors and aliases are not read")
		      : complain(r, "tags are not read");
}

/* The text of the scalar being looked at; NULL when there is a NUL in it. */
static const char *scalar(const struct reader *r)
{
	const char *s = (const char *)r->ev.data.scalar.value;

	return strlen(s) == r->ev.data.scalar.length ? s : NULL;
}

static bool is_section(const struct key *table, const char *name)
{
	size_t n = strlen(name);

	for (const struct key *k = table; k->name; k++)
		if (!strncmp(k->name, name, n) && k->name[n] == '.')
			return true;
	return false;
}

static int unknown(const struct key *table, const char *name, struct err *e)
{
	const char *near = conf_nearest(table, name);

	if (is_section(table, name))
		return err_set(
			e, ERR_CONFIG, "'%s' is a section, not a key", name);
	if (near)
		return err_set(e, ERR_CONFIG,
			"unknown key '%s'; did you mean '%s'?", name, near);
	return err_set(e, ERR_CONFIG, "unknown key '%s'", name);
}

static int wrap(struct reader *r)
{
	return err_wrap(r->e, "%s:%zu", r->file, r->line);
}

/* Remember a name; a second time is an error. */
static int once(struct reader *r, const char *name)
{
	struct seen *s;

	for (s = r->seen; s; s = s->next)
		if (!strcmp(s->name, name))
			return complain(r, "'%s' was given on line %zu already",
				name, s->line);
	s = arena_alloc(&r->mem, sizeof *s);
	*s = (struct seen){r->seen, name, r->line};
	r->seen = s;
	return 0;
}

/* Pass over the node that begins with the event being looked at. */
static int skip(struct reader *r)
{
	int depth = 0;

	for (;;) {
		yaml_event_type_t type = r->ev.type;

		if (type == YAML_SEQUENCE_START_EVENT ||
			type == YAML_MAPPING_START_EVENT)
			depth++;
		else if (type == YAML_SEQUENCE_END_EVENT ||
			 type == YAML_MAPPING_END_EVENT)
			depth--;
		if (depth > DEPTH)
			return complain(r, "more than %d levels", DEPTH);
		if (depth == 0)
			return 0;
		if (next(r))
			return -1;
	}
}

static int ignore(struct reader *r, const struct key *k)
{
	if (r->note)
		r->note(r->arg, k,
			arena_printf(&r->mem, "%s:%zu: %s has no effect",
				r->file, r->line, k->name));
	return skip(r);
}

/* One item of a sequence, in keys_set's quotes where it needs them. */
static void add_item(struct buf *b, const char *s)
{
	bool quote = !*s || strpbrk(s, " \t,'\"");

	buf_str(b, b->n ? ", " : "[");
	buf_str(b, quote ? "'" : "");
	for (; *s; s++) {
		if (*s == '\'')
			buf_add(b, "'", 1);
		buf_add(b, s, 1);
	}
	buf_str(b, quote ? "'" : "");
}

/* A sequence into text: keys_set alone knows what a list may hold. */
static int read_list(struct reader *r, const struct key *k, struct buf *b)
{
	for (;;) {
		if (next(r))
			return -1;
		if (r->ev.type == YAML_SEQUENCE_END_EVENT)
			break;
		if (r->ev.type != YAML_SCALAR_EVENT || !scalar(r))
			return complain(r,
				"%s: a list of plain values expected", k->name);
		add_item(b, scalar(r));
		if (b->overflow)
			return complain(r, "%s: the list is too long", k->name);
	}
	buf_str(b, b->n ? "]" : "[]");
	return keys_set(k, r->to, b->p, r->e) ? wrap(r) : 0;
}

static int read_mapping(struct reader *r, const char *prefix, int depth);

static int read_value(struct reader *r, const char *name, int depth)
{
	const struct key *k = keys_find(r->table, name);
	yaml_event_type_t type = r->ev.type;
	struct buf list;
	int bad;

	if (!k && !(is_section(r->table, name) &&
			  (type == YAML_MAPPING_START_EVENT ||
				  (type == YAML_SCALAR_EVENT &&
					  !r->ev.data.scalar.length)))) {
		unknown(r->table, name, r->e);
		return wrap(r);
	}
	if (once(r, name))
		return -1;
	if (!k) /* a section without keys is an empty scalar */
		return type == YAML_SCALAR_EVENT
			       ? 0
			       : read_mapping(r, name, depth + 1);
	if (k->kind == KEY_IGNORED)
		return ignore(r, k);
	if (type == YAML_SEQUENCE_START_EVENT) {
		buf_init(&list, LIST_TEXT);
		bad = read_list(r, k, &list);
		buf_release(&list);
		return bad;
	}
	if (type != YAML_SCALAR_EVENT)
		return complain(r, "'%s' is a key, not a section", name);
	if (!scalar(r))
		return complain(r, "%s: a NUL in the value", name);
	return keys_set(k, r->to, scalar(r), r->e) ? wrap(r) : 0;
}

static int read_mapping(struct reader *r, const char *prefix, int depth)
{
	if (depth > DEPTH)
		return complain(r, "more than %d levels", DEPTH);
	for (;;) {
		const char *name;

		if (next(r))
			return -1;
		if (r->ev.type == YAML_MAPPING_END_EVENT)
			return 0;
		r->line = r->ev.start_mark.line + 1;
		if (r->ev.type != YAML_SCALAR_EVENT || !scalar(r))
			return complain(r, "a key must be a word");
		name = arena_printf(&r->mem, "%s%s%s", prefix,
			*prefix ? "." : "", scalar(r));
		if (next(r) || read_value(r, name, depth))
			return -1;
	}
}

/* One document, or none, and in it one mapping, or nothing. */
static int read_stream(struct reader *r)
{
	if (next(r) || next(r)) /* the stream begins, the document begins */
		return -1;
	if (r->ev.type == YAML_STREAM_END_EVENT)
		return 0;
	if (next(r))
		return -1;
	r->line = r->ev.start_mark.line + 1;
	if (r->ev.type == YAML_MAPPING_START_EVENT) {
		if (read_mapping(r, "", 1))
			return -1;
	} else if (r->ev.type != YAML_SCALAR_EVENT ||
		   r->ev.data.scalar.length) {
		return complain(r, "keys with values expected");
	}
	if (next(r) || next(r)) /* the document ends, the stream ends */
		return -1;
	if (r->ev.type == YAML_STREAM_END_EVENT)
		return 0;
	r->line = r->ev.start_mark.line + 1;
	return complain(r, "a second document");
}

int conf_parse(const char *text, size_t n, const char *name,
	const struct key *table, void *to, conf_note_fn note, void *arg,
	struct err *e)
{
	struct err own = {0};
	struct reader r = {.file = name,
		.text = text,
		.n = n,
		.table = table,
		.to = to,
		.note = note,
		.arg = arg,
		.e = e ? e : &own};
	int bad;

	if (!yaml_parser_initialize(&r.yaml))
		return err_set(e, ERR_OS, "%s: out of memory", name);
	yaml_parser_set_input_string(&r.yaml, (const unsigned char *)text, n);
	bad = read_stream(&r);
	yaml_event_delete(&r.ev);
	yaml_parser_delete(&r.yaml);
	arena_release(&r.mem);
	return bad;
}

int conf_load(const char *path, const struct key *table, void *to,
	conf_note_fn note, void *arg, struct err *e)
{
	struct arena mem = {0};
	size_t n;
	char *s = file_read(path, CONF_MAX, &mem, &n, e);
	int bad = s ? conf_parse(s, n, path, table, to, note, arg, e) : -1;

	arena_release(&mem);
	return bad;
}

int conf_set(const struct key *table, void *to, const char *name,
	const char *value, conf_note_fn note, void *arg, struct err *e)
{
	const struct key *k = keys_find(table, name);
	char words[160];

	if (!k)
		return unknown(table, name, e);
	if (k->kind == KEY_IGNORED && note) {
		snprintf(words, sizeof words, "%s has no effect", k->name);
		note(arg, k, words);
	}
	return keys_set(k, to, value, e);
}
