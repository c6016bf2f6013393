#include "data/metrics.h"
#include "base/buf.h"
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

static void add_place(struct metrics *m, FILE *f, const char *name, bool ours)
{
	BUG_ON(m->n == METRICS_PLACES);
	m->to[m->n].f = f;
	m->to[m->n].name = name;
	m->to[m->n++].ours = ours;
}

void metrics_use(struct metrics *m, FILE *f, const char *name)
{
	add_place(m, f, name, false);
}

int metrics_open(struct metrics *m, const char *path, const char *key,
	int64_t last, struct err *e)
{
	struct stat st;
	bool file = stat(path, &st) || S_ISREG(st.st_mode);
	FILE *f;

	if (make_parent(path, e))
		return -1;
	/* A pipe that we could read ourselves would never be broken. */
	f = fopen(path, file ? "a+" : "a");
	if (!f)
		return err_set(e, ERR_CREATE, "cannot open '%s': %s", path,
			strerror(errno));
	add_place(m, f, path, true);
	if (!file)
		return 0;
	rewind(f);
	if (ftruncate(fileno(f), kept(f, key, last)) || fseeko(f, 0, SEEK_END))
		return err_set(e, ERR_IO, "cannot cut '%s': %s", path,
			strerror(errno));
	return 0;
}

static int write_all(struct metrics *m, const struct buf *line, struct err *e)
{
	for (int i = 0; i < m->n; i++) {
		FILE *f = m->to[i].f;

		if (fwrite(line->p, 1, line->n, f) != line->n || fflush(f))
			return err_set(e, ERR_IO, "cannot write %s: %s",
				m->to[i].name, strerror(errno));
	}
	return 0;
}

int metrics_add(struct metrics *m, const struct metric *metric, struct err *e)
{
	struct buf line;
	int bad;

	buf_init(&line, LINE_MAX_BYTES);
	for (int i = 0; metric[i].key; i++) {
		double unit = pow(10, metric[i].decimals);
		char text[JSON_NUMBER_SIZE];

		buf_str(&line, i ? "," : "{");
		json_quote(&line, metric[i].key);
		buf_printf(&line, ":%s",
			json_format(
				round(metric[i].value * unit) / unit, text));
	}
	buf_str(&line, "}\n");
	BUG_ON(line.overflow);
	bad = write_all(m, &line, e);
	buf_release(&line);
	return bad;
}

void metrics_close(struct metrics *m)
{
	for (int i = 0; i < m->n; i++)
		if (m->to[i].ours)
			fclose(m->to[i].f);
	*m = (struct metrics){0};
}
