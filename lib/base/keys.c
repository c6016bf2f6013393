#include "base/keys.h"
#include "base/num.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

const struct key *keys_find(const struct key *table, const char *name)
{
	for (const struct key *k = table; k->name; k++)
		if (!strcmp(k->name, name))
			return k;
	return NULL;
}

static int expected(
	const struct key *k, const char *what, const char *text, struct err *e)
{
	if (k->kind == KEY_INT || k->kind == KEY_REAL || k->kind == KEY_INTS ||
		k->kind == KEY_REALS)
		return err_set(e, ERR_CONFIG,
			"%s: %s in %g..%g expected, not "
			"'%s'",
			k->name, what, k->lo, k->hi, text);
	return err_set(e, ERR_CONFIG, "%s: %s expected, not '%s'", k->name,
		what, text);
}

static bool parse_bool(const char *s, bool *v)
{
	if (!strcmp(s, "True") || !strcmp(s, "true")) {
		*v = true;
		return true;
	}
	if (!strcmp(s, "False") || !strcmp(s, "false")) {
		*v = false;
		return true;
	}
	return false;
}

static const char *skip_blanks(const char *s)
{
	while (isspace((unsigned char)*s))
		s++;
	return s;
}

/*
 * One quoted item from *at, just after its quote, into out. Inside, the quote
 * is written twice, as in YAML. false when it is too long or has no end.
 */
static bool quoted_item(const char **at, char quote, char out[KEY_STR_MAX])
{
	const char *s = *at;
	size_t n = 0;

	for (;; s++) {
		if (*s == quote && *++s != quote)
			break;
		if (!*s || n + 1 >= KEY_STR_MAX)
			return false;
		out[n++] = *s;
	}
	out[n] = 0;
	*at = s;
	return true;
}

/*
 * The next item of the inside of a list, such as 1, 2, or 'a', "b", into out.
 * Returns 1, 0 at the end, -1 when it is malformed.
 */
static int next_item(const char **at, char out[KEY_STR_MAX])
{
	const char *s = skip_blanks(*at);
	size_t n = 0;

	if (!*s)
		return 0;
	if (*s == '\'' || *s == '"') {
		s++;
		if (!quoted_item(&s, s[-1], out))
			return -1;
	} else {
		while (*s && *s != ',' && !isspace((unsigned char)*s)) {
			if (n + 1 >= KEY_STR_MAX)
				return -1;
			out[n++] = *s++;
		}
		if (n == 0)
			return -1;
		out[n] = 0;
	}
	s = skip_blanks(s);
	if (*s && *s++ != ',')
		return -1;
	*at = s;
	return 1;
}

/* Strip one pair of brackets; false when they do not match. */
static bool unwrap(const char *text, char *out, size_t size)
{
	size_t n = strlen(text);
	char open = text[0];

	if (open == '(' || open == '[') {
		if (n < 2 || text[n - 1] != (open == '(' ? ')' : ']'))
			return false;
		text++;
		n -= 2;
	}
	if (n >= size)
		return false;
	memcpy(out, text, n);
	out[n] = 0;
	return true;
}

static bool set_item(const struct key *k, void *list, int i, const char *text)
{
	struct key_ints *ints = list;
	struct key_reals *reals = list;
	struct key_strs *strs = list;

	if (k->kind == KEY_INTS)
		return num_int(
			text, (int64_t)k->lo, (int64_t)k->hi, &ints->v[i]);
	if (k->kind == KEY_REALS)
		return num_real(text, k->lo, k->hi, &reals->v[i]);
	memcpy(strs->v[i], text, strlen(text) + 1);
	return true;
}

static int set_list(
	const struct key *k, void *field, const char *text, struct err *e)
{
	char inner[KEY_LIST_MAX * KEY_STR_MAX], item[KEY_STR_MAX];
	const char *at = inner;
	union {
		int n; /* the first member of all three */
		struct key_ints ints;
		struct key_reals reals;
		struct key_strs strs;
	} list = {0};
	size_t size = k->kind == KEY_INTS    ? sizeof list.ints
		      : k->kind == KEY_REALS ? sizeof list.reals
					     : sizeof list.strs;
	int more;

	if (!unwrap(text, inner, sizeof inner))
		return expected(k, "a list", text, e);
	for (; (more = next_item(&at, item)) > 0; list.n++) {
		if (list.n == KEY_LIST_MAX)
			return err_set(e, ERR_CONFIG, "%s: more than %d items",
				k->name, KEY_LIST_MAX);
		if (!set_item(k, &list, list.n, item))
			return expected(k, "numbers", text, e);
	}
	if (more < 0)
		return expected(k, "a list", text, e);
	memcpy(field, &list, size);
	return 0;
}

int keys_set(const struct key *k, void *to, const char *text, struct err *e)
{
	void *field = (char *)to + k->at;

	/* What is dumped is one line a key, and YAML. */
	for (const char *s = text; *s; s++)
		if (iscntrl((unsigned char)*s) && *s != '\t')
			return err_set(e, ERR_CONFIG,
				"%s: a control character in the value",
				k->name);
	switch (k->kind) {
	case KEY_BOOL:
		return parse_bool(text, field)
			       ? 0
			       : expected(k, "True or False", text, e);
	case KEY_INT:
		return num_int(text, (int64_t)k->lo, (int64_t)k->hi, field)
			       ? 0
			       : expected(k, "an integer", text, e);
	case KEY_REAL:
		return num_real(text, k->lo, k->hi, field)
			       ? 0
			       : expected(k, "a number", text, e);
	case KEY_STR:
		if (strlen(text) >= KEY_STR_MAX)
			return expected(k, "a shorter string", text, e);
		memcpy(field, text, strlen(text) + 1);
		return 0;
	case KEY_INTS:
	case KEY_REALS:
	case KEY_STRS:
		return set_list(k, field, text, e);
	case KEY_IGNORED:
		return 0;
	}
	return 0;
}

/* The shortest decimal that reads back as the same double. */
static void put_real(FILE *f, double v)
{
	char s[40];
	double back;

	for (int digits = 6; digits <= 17; digits++) {
		snprintf(s, sizeof s, "%.*g", digits, v);
		if (num_real(s, -1e308, 1e308, &back) && back == v)
			break;
	}
	fputs(s, f);
}

/* In single quotes, as YAML and next_item read them. */
static void put_str(FILE *f, const char *s)
{
	fputc('\'', f);
	for (; *s; s++) {
		if (*s == '\'')
			fputc('\'', f);
		fputc(*s, f);
	}
	fputc('\'', f);
}

static void dump_list(const struct key *k, const void *field, FILE *f)
{
	const struct key_ints *ints = field;
	const struct key_reals *reals = field;
	const struct key_strs *strs = field;
	int n = *(const int *)field; /* the first member of all three */

	fputc('[', f);
	for (int i = 0; i < n; i++) {
		if (i)
			fputs(", ", f);
		if (k->kind == KEY_INTS)
			fprintf(f, "%lld", (long long)ints->v[i]);
		else if (k->kind == KEY_REALS)
			put_real(f, reals->v[i]);
		else
			put_str(f, strs->v[i]);
	}
	fputs("]\n", f);
}

void keys_dump(const struct key *table, const void *from, FILE *f)
{
	for (const struct key *k = table; k->name; k++) {
		const void *field = (const char *)from + k->at;

		if (k->kind == KEY_IGNORED)
			continue;
		fprintf(f, "%s: ", k->name);
		if (k->kind == KEY_BOOL) {
			fputs(*(const bool *)field ? "True\n" : "False\n", f);
		} else if (k->kind == KEY_INT) {
			fprintf(f, "%lld\n",
				(long long)*(const int64_t *)field);
		} else if (k->kind == KEY_REAL) {
			put_real(f, *(const double *)field);
			fputc('\n', f);
		} else if (k->kind == KEY_STR) {
			put_str(f, field);
			fputc('\n', f);
		} else {
			dump_list(k, field, f);
		}
	}
}
