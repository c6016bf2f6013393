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

/*
 * The next item of a list such as (1, 2,), [a, "b"], or a bare scalar, into
 * out, without quotes. Returns 1, 0 at the end, -1 when it is malformed.
 */
static int next_item(const char **at, char out[KEY_STR_MAX])
{
	const char *s = *at;
	size_t n = 0;
	char quote = 0;

	while (isspace((unsigned char)*s) || *s == ',')
		s++;
	if (!*s)
		return 0;
	if (*s == '\'' || *s == '"')
		quote = *s++;
	while (*s && (quote ? *s != quote
			    : *s != ',' && !isspace((unsigned char)*s))) {
		if (n + 1 >= KEY_STR_MAX)
			return -1;
		out[n++] = *s++;
	}
	if (quote && *s++ != quote)
		return -1;
	out[n] = 0;
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

static int set_list(
	const struct key *k, void *field, const char *text, struct err *e)
{
	char inner[KEY_LIST_MAX * KEY_STR_MAX], item[KEY_STR_MAX];
	const char *at = inner;
	int n = 0, more;

	if (!unwrap(text, inner, sizeof inner))
		return expected(k, "a list", text, e);
	while ((more = next_item(&at, item)) > 0) {
		struct key_ints *ints = field;
		struct key_reals *reals = field;
		struct key_strs *strs = field;

		if (n == KEY_LIST_MAX)
			return err_set(e, ERR_CONFIG, "%s: more than %d items",
				k->name, KEY_LIST_MAX);
		if (k->kind == KEY_STRS)
			memcpy(strs->v[n], item, sizeof item);
		else if (k->kind == KEY_INTS
				 ? !num_int(item, (int64_t)k->lo,
					   (int64_t)k->hi, &ints->v[n])
				 : !num_real(item, k->lo, k->hi, &reals->v[n]))
			return expected(k, "numbers", text, e);
		n++;
	}
	if (more < 0)
		return expected(k, "a list", text, e);
	/* n is the first member of all three. */
	*(int *)field = n;
	return 0;
}

int keys_set(const struct key *k, void *to, const char *text, struct err *e)
{
	void *field = (char *)to + k->at;

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

static void dump_list(const struct key *k, const void *field, FILE *f)
{
	const struct key_ints *ints = field;
	const struct key_reals *reals = field;
	const struct key_strs *strs = field;

	fputc('[', f);
	for (int i = 0; i < ints->n; i++) {
		if (i)
			fputs(", ", f);
		if (k->kind == KEY_INTS)
			fprintf(f, "%lld", (long long)ints->v[i]);
		else if (k->kind == KEY_REALS)
			put_real(f, reals->v[i]);
		else
			fprintf(f, "'%s'", strs->v[i]);
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
			fprintf(f, "'%s'\n", (const char *)field);
		} else {
			dump_list(k, field, f);
		}
	}
}
