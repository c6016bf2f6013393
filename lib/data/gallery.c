#define _DEFAULT_SOURCE /* lstat, strcasecmp */
#include "data/gallery.h"
#include "base/file.h"
#include "base/mem.h"
#include "data/record.h"
#include "img/img.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* Folders in folders: more is a mistake, or an attack. */
enum { DEPTH_MAX = 64 };

void gallery_init(struct gallery *g)
{
	*g = (struct gallery){0};
}

void gallery_release(struct gallery *g)
{
	mem_free(g->item);
	arena_release(&g->arena);
	*g = (struct gallery){0};
}

void gallery_add(
	struct gallery *g, const char *path, const char *from, long line)
{
	struct gallery_item *last = g->n ? &g->item[g->n - 1] : NULL;

	/* One copy of the name for all lines of a file. */
	if (last && last->from && from && !strcmp(last->from, from))
		from = last->from;
	else if (from)
		from = arena_dup(&g->arena, from);
	if (g->n == g->cap) {
		g->cap = g->cap ? 2 * g->cap : 256;
		g->item = mem_grow(g->item, (size_t)g->cap, sizeof *g->item);
	}
	g->item[g->n++] = (struct gallery_item){
		arena_dup(&g->arena, path), NULL, from, line};
}

/* The member that a path of names, with dots between, leads to. */
static const struct json *member(
	const struct json *j, const char *key, struct arena *a)
{
	const char *dot;

	while (j && (dot = strchr(key, '.'))) {
		j = json_get(j, arena_dupn(a, key, (size_t)(dot - key)));
		key = dot + 1;
	}
	return json_get(j, key);
}

/* A string, or a number as it is written; NULL for what is neither. */
static const char *text_of(const struct json *j, struct arena *a)
{
	char digits[JSON_NUMBER_SIZE];
	const char *s = json_to_str(j);
	double v;

	if (s && *s)
		return arena_dup(a, s);
	if (json_to_num(j, &v))
		return arena_dup(a, json_format(v, digits));
	return NULL;
}

/* What the record of the last picture says under our keys. */
static void add_labels(
	struct gallery *g, const struct record *r, struct arena *a)
{
	const char **label =
		arena_zero(&g->arena, (size_t)g->nkeys + 1, sizeof *label);

	for (int k = 0; k < g->nkeys; k++)
		label[k] = text_of(member(r->json, g->key[k], a), &g->arena);
	g->item[g->n - 1].label = label;
}

int gallery_add_line(struct gallery *g, const char *root, const char *line,
	size_t n, const char *from, long number, struct err *e)
{
	struct arena a = {0};
	struct record r;
	int bad = record_parse(&r, line, n, &a, e);

	if (!bad) {
		gallery_add(g, file_join(&a, root, r.path), from, number);
		if (g->nkeys)
			add_labels(g, &r, &a);
	}
	arena_release(&a);
	return bad;
}

static bool called_like_a_picture(const char *path)
{
	const char *dot = strrchr(file_base(path), '.');

	return dot && (!strcasecmp(dot, ".jpg") || !strcasecmp(dot, ".jpeg") ||
			      !strcasecmp(dot, ".png"));
}

enum kind { FOLDER, PICTURE, OTHER };

static enum kind kind_of(const char *path)
{
	enum img_format format;
	struct stat st;

	if (!strcmp(path, "-") || stat(path, &st))
		return OTHER;
	if (S_ISDIR(st.st_mode))
		return FOLDER;
	/* A pipe must not be read by the one who only looks. */
	if (S_ISREG(st.st_mode) && (called_like_a_picture(path) ||
					   !img_format(path, &format, NULL)))
		return PICTURE;
	return OTHER;
}

static int walk(struct gallery *g, const char *dir, int depth, struct err *e)
{
	DIR *d = depth < DEPTH_MAX ? opendir(dir) : NULL;
	struct arena a = {0};
	struct dirent *in;
	int bad = 0;

	if (depth == DEPTH_MAX)
		errno = ELOOP;
	if (!d)
		return err_set(e, ERR_NOINPUT, "cannot open folder '%s': %s",
			dir, strerror(errno));
	while (!bad && (errno = 0, in = readdir(d))) {
		const char *path;
		struct stat st;
		enum kind kind;

		arena_reset(&a);
		if (in->d_name[0] == '.')
			continue;
		path = file_join(&a, dir, in->d_name);
		kind = kind_of(path);
		if (kind == PICTURE)
			gallery_add(g, path, NULL, 0);
		if (kind == FOLDER && !lstat(path, &st) && S_ISDIR(st.st_mode))
			bad = walk(g, path, depth + 1, e);
	}
	if (!bad && errno)
		bad = err_set(e, ERR_IO, "cannot read folder '%s': %s", dir,
			strerror(errno));
	closedir(d);
	arena_release(&a);
	return bad;
}

static int by_path(const void *a, const void *b)
{
	const struct gallery_item *x = a, *y = b;

	return strcmp(x->path, y->path);
}

int gallery_add_folder(struct gallery *g, const char *dir, struct err *e)
{
	int first = g->n;

	if (walk(g, dir, 0, e))
		return -1;
	if (g->n > first)
		qsort(g->item + first, (size_t)(g->n - first), sizeof *g->item,
			by_path);
	return 0;
}

int gallery_add_operand(struct gallery *g, const char *path, struct err *e)
{
	switch (kind_of(path)) {
	case FOLDER:
		return gallery_add_folder(g, path, e) ? -1 : 1;
	case PICTURE:
		gallery_add(g, path, NULL, 0);
		return 1;
	case OTHER:
		break;
	}
	return 0;
}
