#include "data/metrics.h"
#include "base/file.h"

#include <errno.h>
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

static int open_file(struct metrics *m, const char *key, int64_t last,
	struct err *e)
{
	struct stat st;
	bool regular;

	if (make_parent(m->path, e))
		return -1;
	/* A pipe opened for reading as well would keep its reader waiting. */
	regular = stat(m->path, &st) || S_ISREG(st.st_mode);
	m->f = fopen(m->path, regular ? "a+" : "a");
	m->opened = true;
	if (!m->f)
		return err_set(e, ERR_CREATE, "cannot open '%s': %s", m->path,
			strerror(errno));
	if (!regular)
		return 0;
	rewind(m->f);
	if (ftruncate(fileno(m->f), kept(m->f, key, last)) ||
		fseeko(m->f, 0, SEEK_END))
		return err_set(e, ERR_IO, "cannot cut '%s': %s", m->path,
			strerror(errno));
	return 0;
}

int metrics_open(struct metrics *m, const char *path, const char *key,
	int64_t last, struct err *e)
{
	metrics_use(m, NULL, path);
	if (!open_file(m, key, last, e))
		return 0;
	metrics_close(m);
	return -1;
}

void metrics_use(struct metrics *m, FILE *f, const char *name)
{
	*m = (struct metrics){.f = f, .path = name};
	buf_init(&m->line, LINE_MAX_BYTES);
}

int metrics_add(struct metrics *m, const struct json *record, struct err *e)
{
	buf_clear(&m->line);
	json_print_buf(record, &m->line);
	buf_str(&m->line, "\n");
	BUG_ON(m->line.overflow);
	if (fwrite(m->line.p, 1, m->line.n, m->f) != m->line.n || fflush(m->f))
		return err_set(e, ERR_IO, "cannot write '%s': %s", m->path,
			strerror(errno));
	return 0;
}

void metrics_close(struct metrics *m)
{
	if (m->f && m->opened)
		fclose(m->f);
	m->f = NULL;
	buf_release(&m->line);
}
