#include "data/df_sizes.h"
#include "base/file.h"
#include "base/mem.h"
#include "data/record.h"
#include "img/img.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct df_size *size_of(struct df_sizes *s, const char *name)
{
	int i = names_add(&s->names, name);

	if (s->names.cap > s->cap) {
		s->size = mem_grow(
			s->size, (size_t)s->names.cap, sizeof *s->size);
		memset(s->size + s->cap, 0,
			(size_t)(s->names.cap - s->cap) * sizeof *s->size);
		s->cap = s->names.cap;
	}
	return &s->size[i];
}

/* A line of the file into s. */
static int read_line(
	struct df_sizes *s, const char *line, size_t n, struct err *e)
{
	struct arena a = {0};
	struct record r;
	struct df_size *size, got = {0};
	int bad = record_parse(&r, line, n, &a, e);

	if (!bad) {
		got.w = r.width;
		got.h = r.height;
		if (!got.w || !got.h ||
			!json_get_int(r.json, "bytes", &got.bytes) ||
			!json_get_int(r.json, "mtime", &got.mtime)) {
			bad = err_set(e, ERR_DATA, "not a picture's size");
		} else {
			size = size_of(s, arena_dup(&s->arena, r.path));
			*size = got;
		}
	}
	arena_release(&a);
	return bad;
}

static int read_file(struct df_sizes *s, FILE *f, struct err *e)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	long at = 0;
	int bad = 0;

	while (!bad && (n = getline(&line, &cap, f)) > 0) {
		at++;
		n -= line[n - 1] == '\n';
		bad = read_line(s, line, (size_t)n, e);
		if (bad)
			err_wrap(e, "%s:%ld", s->path, at);
	}
	if (!bad && ferror(f))
		bad = err_set(e, ERR_IO, "cannot read '%s': %s", s->path,
			strerror(errno));
	free(line);
	return bad;
}

int df_sizes_open(
	struct df_sizes *s, const char *root, const char *path, struct err *e)
{
	FILE *f;
	int bad;

	*s = (struct df_sizes){.root = root, .path = path};
	s->names.arena = &s->arena;
	if (!path)
		return 0;
	f = fopen(path, "r");
	if (!f && errno == ENOENT)
		return 0;
	if (!f)
		return err_set(e, ERR_NOINPUT, "cannot open '%s': %s", path,
			strerror(errno));
	bad = read_file(s, f, e);
	fclose(f);
	return bad;
}

/* One picture: from what is remembered, or from its header. Touches nothing
 * that another thread does. */
static void look(const char *root, struct df_want *want,
	const struct df_size *known, struct df_size *now, struct err *e)
{
	struct arena a = {0};
	const char *path = file_join(&a, root, want->name);
	struct stat st;
	int w, h;

	if (stat(path, &st)) {
		err_set(e, ERR_NOINPUT, "cannot open '%s': %s", path,
			strerror(errno));
	} else {
		*now = (struct df_size){
			0, 0, (int64_t)st.st_size, (int64_t)st.st_mtime};
		if (known && known->bytes == now->bytes &&
			known->mtime == now->mtime) {
			*now = *known;
		} else if (!img_size(path, &w, &h, e)) {
			now->w = w;
			now->h = h;
		}
	}
	want->w = now->w;
	want->h = now->h;
	arena_release(&a);
}

void df_sizes_get(struct df_sizes *s, struct df_want *want, int n, int threads)
{
	struct df_size *now = mem_alloc((size_t)n, sizeof *now);

#pragma omp parallel for num_threads(threads) schedule(dynamic, 64)
	for (int i = 0; i < n; i++) {
		int at = names_find(&s->names, want[i].name);
		struct err why = {0};

		look(s->root, &want[i], at < 0 ? NULL : &s->size[at], &now[i],
			&why);
		if (!want[i].w) {
#pragma omp critical
			want[i].why = arena_dup(&s->arena, why.msg);
		}
	}
	for (int i = 0; i < n && s->path; i++) {
		struct df_size *size;

		if (!now[i].w)
			continue;
		size = size_of(s, want[i].name);
		s->changed |= memcmp(size, &now[i], sizeof *size) != 0;
		*size = now[i];
	}
	mem_free(now);
}

static void print_size(
	const struct df_sizes *s, int i, struct arena *a, FILE *f)
{
	struct record r;

	record_new(&r, s->names.name[i], a);
	record_set_size(&r, s->size[i].w, s->size[i].h);
	record_set_integer(&r, "bytes", s->size[i].bytes);
	record_set_integer(&r, "mtime", s->size[i].mtime);
	record_write(&r, f, NULL);
}

static int write_file(const struct df_sizes *s, struct err *e)
{
	struct arena a = {0};
	struct file_out out;

	if (file_begin(&out, s->path, e))
		return -1;
	for (int i = 0; i < s->names.n; i++) {
		arena_reset(&a);
		print_size(s, i, &a, out.f);
	}
	arena_release(&a);
	return file_commit(&out, e);
}

int df_sizes_close(struct df_sizes *s, struct err *e)
{
	int bad = s->changed ? write_file(s, e) : 0;

	arena_release(&s->arena);
	mem_free(s->size);
	*s = (struct df_sizes){0};
	return bad;
}
