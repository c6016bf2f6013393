#include "data/df_table.h"
#include "base/num.h"
#include "json/json.h"

#include <errno.h>
#include <string.h>

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The next line as it is, its end in *stop, without its newline: 1; 0 at the
 * end; -1. */
static int raw_line(struct df_table *t, char **line, char **stop, struct err *e)
{
	bool cut = false;

	for (;;) {
		char *s = t->p + t->at;
		size_t n = t->end - t->at, got;
		char *newline = memchr(s, '\n', n);

		if (newline || (n && feof(t->f))) {
			*line = s;
			*stop = newline ? newline : s + n;
			t->at += (size_t)(*stop - s) + (newline != NULL);
			t->line++;
			break;
		}
		if (ferror(t->f))
			return err_set(e, ERR_IO, "cannot read '%s': %s",
				t->path, strerror(errno));
		if (feof(t->f))
			return 0;
		cut = cut || n == DF_LINE_MAX;
		memmove(t->p, s, cut ? 0 : n);
		t->at = 0;
		t->end = cut ? 0 : n;
		got = fread(t->p + t->end, 1, DF_LINE_MAX - t->end, t->f);
		t->end += got;
	}
	return cut ? err_set(e, ERR_DATA, "%s:%ld: more than %d bytes", t->path,
			     t->line, DF_LINE_MAX)
		   : 1;
}

/* The next line that is not empty, without blanks around it. */
static int next_line(struct df_table *t, char **line, char **end, struct err *e)
{
	int got;

	while ((got = raw_line(t, line, end, e)) > 0) {
		char *s = *line, *stop = *end;

		while (s < stop && blank(*s))
			s++;
		while (stop > s && blank(stop[-1]))
			stop--;
		*stop = 0;
		*line = s;
		*end = stop;
		if (stop > s)
			break;
	}
	return got;
}

static int read_columns(struct df_table *t, struct arena *a, struct err *e)
{
	char *s, *end;
	int got = next_line(t, &s, &end, e);

	if (got < 0)
		return -1;
	if (!got)
		return err_set(
			e, ERR_DATA, "%s: no row of column names", t->path);
	s = arena_dupn(a, s, (size_t)(end - s));
	while (*s) {
		if (t->ncolumns == DF_COLUMNS_MAX)
			return err_set(e, ERR_DATA,
				"%s:%ld: more than %d columns", t->path,
				t->line, DF_COLUMNS_MAX);
		t->column[t->ncolumns++] = s;
		while (*s && !blank(*s))
			s++;
		while (blank(*s))
			*s++ = 0;
	}
	return 0;
}

static int read_header(struct df_table *t, struct arena *a, struct err *e)
{
	char *s, *end;
	int64_t count;
	int got = next_line(t, &s, &end, e);

	if (got < 0)
		return -1;
	if (!got || !num_int(s, 0, INT32_MAX, &count))
		return err_set(e, ERR_DATA, "%s:1: the number of rows expected",
			t->path);
	t->count = (long)count;
	return read_columns(t, a, e);
}

static int open_file(
	struct df_table *t, const char *path, struct arena *a, struct err *e)
{
	*t = (struct df_table){
		.path = arena_dup(a, path), .f = fopen(path, "rb")};
	t->p = arena_alloc(a, DF_LINE_MAX + 1);
	if (t->f)
		return 0;
	return err_set(
		e, ERR_NOINPUT, "cannot open '%s': %s", path, strerror(errno));
}

void df_table_close(struct df_table *t)
{
	if (t->f)
		fclose(t->f);
	t->f = NULL;
}

int df_table_open(
	struct df_table *t, const char *path, struct arena *a, struct err *e)
{
	if (open_file(t, path, a, e))
		return -1;
	if (!read_header(t, a, e))
		return 0;
	df_table_close(t);
	return -1;
}

int df_table_open_bare(struct df_table *t, const char *path, int ncolumns,
	struct arena *a, struct err *e)
{
	if (open_file(t, path, a, e))
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

/* The text of the next row: 1, 0 at the end, -1. */
static int next_row(struct df_table *t, char **s, char **end, struct err *e)
{
	int got = next_line(t, s, end, e);
	size_t n = got > 0 ? (size_t)(*end - *s) : 0;

	t->rows += got != 0;
	if (got <= 0)
		return got;
	if (memchr(*s, 0, n))
		return err_set(
			e, ERR_DATA, "%s:%ld: NUL byte", t->path, t->line);
	if (json_utf8_span(*s, n) < n)
		return err_set(
			e, ERR_DATA, "%s:%ld: not UTF-8", t->path, t->line);
	return 1;
}

int df_table_front(struct df_table *t, const char *field[DF_COLUMNS_MAX], int n,
	struct err *e)
{
	char *end, *s;
	int got = next_row(t, &s, &end, e);

	if (got <= 0)
		return got;
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
	char *end, *s, *from;
	int got = next_row(t, &s, &end, e);

	if (got <= 0)
		return got;
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
	const char *s = field + (*field == '-');
	int64_t n = 0;

	/* Nearly all are a few digits; the rest is num_int's. */
	for (; *s >= '0' && *s <= '9' && s - field < 10; s++)
		n = n * 10 + (*s - '0');
	if (*field == '-')
		n = -n;
	if (!*s && s > field + (*field == '-') && n >= lo && n <= hi) {
		*v = n;
		return 0;
	}
	if (num_int(field, lo, hi, v))
		return 0;
	return err_set(e, ERR_DATA,
		"%s:%ld: '%s' is not an integer in %lld..%lld", t->path,
		t->line, field, (long long)lo, (long long)hi);
}
