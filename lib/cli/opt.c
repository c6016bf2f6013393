#include "cli/opt.h"
#include "base/num.h"

#include <string.h>

static const struct opt *find_name(
	const struct opt *const tables[], const char *name, size_t n)
{
	for (int t = 0; tables[t]; t++)
		for (const struct opt *o = tables[t]; o->name; o++)
			if (strlen(o->name) == n && !strncmp(o->name, name, n))
				return o;
	return NULL;
}

static bool takes_no_value(const struct opt *o)
{
	return o->kind == OPT_FLAG_KIND || o->kind == OPT_SWITCH_KIND;
}

/* The entry that --name or --no-name stands for; *off tells which. */
static const struct opt *find_long(
	const struct opt *const tables[], const char *name, size_t n, bool *off)
{
	const struct opt *o = find_name(tables, name, n);

	*off = false;
	if (o || n <= 3 || strncmp(name, "no-", 3))
		return o;
	*off = true;
	o = find_name(tables, name + 3, n - 3);
	return o && takes_no_value(o) ? o : NULL;
}

static const struct opt *find_letter(const struct opt *const tables[], char c)
{
	for (int t = 0; tables[t]; t++)
		for (const struct opt *o = tables[t]; o->name; o++)
			if (o->letter && o->letter == c)
				return o;
	return NULL;
}

static bool parse_size(const struct opt *o, const char *text)
{
	struct opt_size *s = o->to;
	char w[16];
	const char *x = strchr(text, strchr(o->arg, ':') ? ':' : 'x');

	if (!x || (size_t)(x - text) >= sizeof w)
		return false;
	memcpy(w, text, (size_t)(x - text));
	w[x - text] = 0;
	return num_int(w, (int64_t)o->lo, (int64_t)o->hi, &s->w) &&
	       num_int(x + 1, (int64_t)o->lo, (int64_t)o->hi, &s->h);
}

static int set(const struct opt *o, const char *text, struct err *e)
{
	struct opt_list *list = o->to;

	switch (o->kind) {
	case OPT_FLAG_KIND:
		*(bool *)o->to = text != NULL;
		return 0;
	case OPT_SWITCH_KIND:
		*(int64_t *)o->to = text != NULL;
		return 0;
	case OPT_INT_KIND:
		if (!num_int(text, (int64_t)o->lo, (int64_t)o->hi, o->to))
			return err_set(e, ERR_USAGE,
				"--%s: an integer in "
				"%.0f..%.0f expected, not '%s'",
				o->name, o->lo, o->hi, text);
		return 0;
	case OPT_REAL_KIND:
		if (!num_real(text, o->lo, o->hi, o->to))
			return err_set(e, ERR_USAGE,
				"--%s: a number in "
				"%g..%g expected, not '%s'",
				o->name, o->lo, o->hi, text);
		return 0;
	case OPT_SIZE_KIND:
		if (!parse_size(o, text))
			return err_set(e, ERR_USAGE,
				"--%s: %s in %.0f..%.0f expected, not '%s'",
				o->name, o->arg, o->lo, o->hi, text);
		return 0;
	case OPT_STR_KIND:
		*(const char **)o->to = text;
		return 0;
	case OPT_LIST_KIND:
		if (list->n == OPT_LIST_MAX)
			return err_set(e, ERR_USAGE,
				"--%s: given more than "
				"%d times",
				o->name, OPT_LIST_MAX);
		list->v[list->n++] = text;
		return 0;
	}
	return 0;
}

static int parse_long(const struct opt *const tables[], char **argv, int argc,
	int *i, struct err *e)
{
	const char *name = argv[*i] + 2, *eq = strchr(name, '=');
	size_t n = eq ? (size_t)(eq - name) : strlen(name);
	bool off;
	const struct opt *o = find_long(tables, name, n, &off);

	if (!o)
		return err_set(
			e, ERR_USAGE, "unknown option '--%.*s'", (int)n, name);
	if (takes_no_value(o)) {
		if (eq)
			return err_set(
				e, ERR_USAGE, "--%s takes no value", o->name);
		return set(o, off ? NULL : "", e);
	}
	if (eq)
		return set(o, eq + 1, e);
	if (*i + 1 >= argc)
		return err_set(
			e, ERR_USAGE, "--%s: %s missing", o->name, o->arg);
	return set(o, argv[++*i], e);
}

static int parse_letters(const struct opt *const tables[], char **argv,
	int argc, int *i, struct err *e)
{
	for (const char *s = argv[*i] + 1; *s; s++) {
		const struct opt *o = find_letter(tables, *s);

		if (!o)
			return err_set(
				e, ERR_USAGE, "unknown option '-%c'", *s);
		if (takes_no_value(o)) {
			set(o, "", e);
			continue;
		}
		if (s[1])
			return set(o, s + 1, e);
		if (*i + 1 >= argc)
			return err_set(
				e, ERR_USAGE, "-%c: %s missing", *s, o->arg);
		return set(o, argv[++*i], e);
	}
	return 0;
}

int opt_parse(
	const struct opt *const tables[], int argc, char **argv, struct err *e)
{
	int operands = 0;

	for (int i = 1; i < argc; i++) {
		char *s = argv[i];
		int bad = 0;

		if (!strcmp(s, "--")) {
			while (++i < argc)
				argv[operands++] = argv[i];
			break;
		}
		if (s[0] != '-' || !s[1])
			argv[operands++] = s;
		else if (s[1] == '-')
			bad = parse_long(tables, argv, argc, &i, e);
		else
			bad = parse_letters(tables, argv, argc, &i, e);
		if (bad)
			return -1;
	}
	return operands;
}

void opt_help(const struct opt *table, FILE *f)
{
	for (const struct opt *o = table; o->name; o++) {
		char left[64], dash[4] = "  ";

		if (o->letter)
			snprintf(dash, sizeof dash, "-%c", o->letter);
		snprintf(left, sizeof left, "%s%s --%s%s%s", dash,
			o->letter ? "," : " ", o->name, o->arg ? " " : "",
			o->arg ? o->arg : "");
		fprintf(f, "  %-26s %s\n", left, o->help);
	}
}

void opt_table(const struct opt *table, FILE *f)
{
	for (const struct opt *o = table; o->name; o++)
		fprintf(f, "%c\t%s\t%s\t%s\n", o->letter ? o->letter : '-',
			o->name, o->arg ? o->arg : "-", o->help);
}
