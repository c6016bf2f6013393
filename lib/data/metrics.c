#include "data/metrics.h"
#include "base/file.h"
#include "json/json.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1 << 16 };

/* Is this line, its newline included, a record up to the checkpoint? */
static bool keeps(const char *line, size_t n, const char *key, int64_t last,
	struct arena *a)
{
	struct json *j;
	int64_t at;

	if (!n || line[n - 1] != '\n')
		return false;
	j = json_parse(line, n - 1, a, NULL);
	return j && json_get_int(j, key, &at) && at <= last;
}

/* Bytes of the lines that stay. */
static off_t kept(FILE *f, const char *key, int64_t last)
{
	struct arena a = {0};
	char *line = NULL;
	size_t cap = 0;
	off_t end = 0;
	ssize_t n;

	while ((n = getline(&line, &cap, f)) > 0 &&
		keeps(line, (size_t)n, key, last, &a)) {
		end += n;
		arena_reset(&a);
	}
	free(line);
	arena_release(&a);
	return end;
}

static int make_parent(const char *path, struct err *e)
{
	struct arena a = {0};
	size_t n = (size_t)(file_base(path) - path);
	int bad = n > 1 ? file_mkdirs(arena_dupn(&a, path, n - 1), e) : 0;

	arena_release(&a);
	return bad;
}

int metrics_open(struct metrics *m, const char *path, const char *key,
	int64_t last, struct err *e)
{
	*m = (struct metrics){.path = path};
	if (make_parent(path, e))
		return -1;
	m->file = fopen(path, "a+");
	if (!m->file)
		return err_set(e, ERR_CREATE, "cannot open '%s': %s", path,
			strerror(errno));
	buf_init(&m->line, LINE_MAX_BYTES);
	rewind(m->file);
	if (!ftruncate(fileno(m->file), kept(m->file, key, last)) &&
		!fseeko(m->file, 0, SEEK_END))
		return 0;
	err_set(e, ERR_IO, "cannot cut '%s': %s", path, strerror(errno));
	metrics_close(m);
	return -1;
}

void metrics_also(struct metrics *m, FILE *f, const char *name)
{
	m->also = f;
	m->name = name;
}

static int put(FILE *f, const char *name, const struct buf *line, struct err *e)
{
	if (fwrite(line->p, 1, line->n, f) == line->n && !fflush(f))
		return 0;
	return err_set(
		e, ERR_IO, "cannot write '%s': %s", name, strerror(errno));
}

int metrics_add(
	struct metrics *m, const struct metric *metric, int n, struct err *e)
{
	buf_clear(&m->line);
	for (int i = 0; i < n; i++) {
		double unit = pow(10, metric[i].decimals);
		double v = round(metric[i].value * unit) / unit;
		char text[JSON_NUMBER_SIZE];

		BUG_ON(!isfinite(v));
		buf_str(&m->line, i ? "," : "{");
		json_quote(&m->line, metric[i].key);
		buf_printf(&m->line, ":%s", json_format(v, text));
	}
	buf_str(&m->line, "}\n");
	BUG_ON(m->line.overflow);
	if (put(m->file, m->path, &m->line, e))
		return -1;
	return m->also ? put(m->also, m->name, &m->line, e) : 0;
}

void metrics_close(struct metrics *m)
{
	if (m->file)
		fclose(m->file);
	buf_release(&m->line);
	*m = (struct metrics){0};
}
