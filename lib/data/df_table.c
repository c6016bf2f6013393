#include "data/df_table.h"
#include "base/file.h"
#include "base/num.h"
#include "json/json.h"

#include <string.h>

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The next line that is not empty, without blanks around it; NULL: none. */
static char *next_line(struct df_table *t, char **end)
{
	while (t->at < t->end) {
		char *s = t->at;
		char *stop = memchr(s, '\n', (size_t)(t->end - s));

		if (!stop)
			stop = t->end;
		t->at = stop + (stop < t->end);
		t->line++;
		while (s < stop && blank(*s))
			s++;
		while (stop > s && blank(stop[-1]))
			stop--;
		*stop = 0;
		*end = stop;
		if (stop > s)
			return s;
	}
	return NULL;
}

static int read_header(struct df_table *t, struct err *e)
{
	char *end, *s = next_line(t, &end);
	int64_t count;

	if (!s || !num_int(s, 0, INT32_MAX, &count))
		return err_set(e, ERR_DATA, "%s:1: the number of rows expected",
			t->path);
	t->count = (long)count;
	s = next_line(t, &end);
	while (s && s < end) {
		if (t->ncolumns == DF_COLUMNS_MAX)
			return err_set(e, ERR_DATA,
				"%s:%ld: more than %d columns", t->path,
				t->line, DF_COLUMNS_MAX);
		t->column[t->ncolumns++] = s;
		while (s < end && !blank(*s))
			s++;
		while (s < end && blank(*s))
			*s++ = 0;
	}
	if (t->ncolumns == 0)
		return err_set(
			e, ERR_DATA, "%s: no row of column names", t->path);
	return 0;
}

static int read_text(
	struct df_table *t, const char *path, struct arena *a, struct err *e)
{
	size_t n;

	*t = (struct df_table){.path = arena_dup(a, path)};
	t->at = file_read(path, DF_FILE_MAX, a, &n, e);
	if (!t->at)
		return -1;
	t->end = t->at + n;
	if (memchr(t->at, 0, n))
		return err_set(e, ERR_DATA, "%s: NUL byte in a text", path);
	return 0;
}

int df_table_open(
	struct df_table *t, const char *path, struct arena *a, struct err *e)
{
	return read_text(t, path, a, e) || read_header(t, e) ? -1 : 0;
}

int df_table_open_bare(struct df_table *t, const char *path, int ncolumns,
	struct arena *a, struct err *e)
{
	if (read_text(t, path, a, e))
		return -1;
	t->ncolumns = ncolumns;
	return 0;
}

int df_table_column(const struct df_table *t, const char *name, struct err *e)
{
	for (int i = 0; i < t->ncolumns; i++)
		if (!strcmp(t->column[i], name))
			return i;
	return err_set(e, ERR_DATA, "%s:2: no column '%s'", t->path, name);
}

/* The text of the next row; NULL at the end, or with an error in e. */
static char *next_row(struct df_table *t, char **end, struct err *e)
{
	char *s = next_line(t, end);
	size_t n = s ? (size_t)(*end - s) : 0;

	if (!s)
		return NULL;
	t->rows++;
	if (json_utf8_span(s, n) == n)
		return s;
	err_set(e, ERR_DATA, "%s:%ld: not UTF-8", t->path, t->line);
	return NULL;
}

int df_table_front(struct df_table *t, const char *field[DF_COLUMNS_MAX], int n,
	struct err *e)
{
	long rows = t->rows;
	char *end, *s = next_row(t, &end, e);

	if (!s)
		return t->rows > rows ? -1 : 0;
	for (int i = 0; i < n; i++) {
		if (s == end)
			return err_set(e, ERR_DATA,
				"%s:%ld: fewer than %d columns", t->path,
				t->line, n);
		field[i] = s;
		while (s < end && !blank(*s))
			s++;
		while (s < end && blank(*s))
			*s++ = 0;
	}
	return 1;
}

int df_table_next(
	struct df_table *t, const char *field[DF_COLUMNS_MAX], struct err *e)
{
	long rows = t->rows;
	char *end, *s = next_row(t, &end, e), *from;

	if (!s)
		return t->rows > rows ? -1 : 0;
	for (int i = t->ncolumns - 1; i > 0; i--) {
		for (from = end; from > s && !blank(from[-1]);)
			from--;
		field[i] = from;
		for (end = from; end > s && blank(end[-1]);)
			*--end = 0;
		if (end == s)
			return err_set(e, ERR_DATA,
				"%s:%ld: fewer than %d columns", t->path,
				t->line, t->ncolumns);
	}
	field[0] = s;
	return 1;
}

int df_table_int(const struct df_table *t, const char *field, int64_t lo,
	int64_t hi, int64_t *v, struct err *e)
{
	if (num_int(field, lo, hi, v))
		return 0;
	return err_set(e, ERR_DATA,
		"%s:%ld: '%s' is not an integer in %lld..%lld", t->path,
		t->line, field, (long long)lo, (long long)hi);
}
