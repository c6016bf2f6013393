#include "base/file.h"
#include "base/mem.h"
#include "base/num.h"
#include "data/print.h"
#include "data/record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CACHE_MAX = 1 << 30 };

static bool get_hash(const struct record *r, const char *key, uint64_t *v)
{
	const char *s = json_get_str(r->json, key);

	if (!s || strlen(s) != 16 || strspn(s, "0123456789abcdef") != 16)
		return false;
	*v = strtoull(s, NULL, 16);
	return true;
}

static int add_line(
	struct print_cache *c, const char *line, size_t n, struct arena *a)
{
	struct print p = {0};
	struct record r;
	struct err e;
	const char *changed;

	if (record_parse(&r, line, n, a, &e))
		return -1;
	changed = json_get_str(r.json, "changed");
	if (!json_get_int(r.json, "size", &p.size) || !changed ||
		!num_int(changed, INT64_MIN, INT64_MAX, &p.changed) ||
		!get_hash(&r, "content", &p.content))
		return -1;
	p.w = r.width;
	p.h = r.height;
	p.seen = get_hash(&r, "dhash", &p.dhash);
	print_cache_add(c, r.path, &p);
	return 0;
}

int print_cache_open(struct print_cache *c, const char *path, struct err *e)
{
	struct arena a = {0}, line = {0};
	const char *s, *end;
	size_t n;
	int bad = 0, number = 0;

	*c = (struct print_cache){.path = path};
	c->known.arena = &c->arena;
	if (!path || access(path, F_OK))
		return 0;
	s = file_read(path, CACHE_MAX, &a, &n, e);
	if (!s) {
		c->path = NULL;
		return -1;
	}
	for (; !bad && n; n -= (size_t)(end - s) + 1, s = end + 1) {
		end = memchr(s, '\n', n);
		number++;
		if (!end || add_line(c, s, (size_t)(end - s), &line)) {
			bad = err_set(e, ERR_DATA,
				"%s:%d: no line of a cache of pictures", path,
				number);
			break;
		}
		arena_reset(&line);
	}
	arena_release(&line);
	arena_release(&a);
	return bad;
}

void print_cache_close(struct print_cache *c)
{
	mem_free(c->print);
	arena_release(&c->arena);
	*c = (struct print_cache){0};
}

static int write_line(const char *file, const struct print *p, FILE *f,
	struct arena *a, struct err *e)
{
	struct record r;

	record_new(&r, file, a);
	record_set_size(&r, p->w, p->h);
	record_set_integer(&r, "size", p->size);
	record_set_string(
		&r, "changed", arena_printf(a, "%" PRId64, p->changed));
	record_set_string(
		&r, "content", arena_printf(a, "%016" PRIx64, p->content));
	if (p->seen)
		record_set_string(
			&r, "dhash", arena_printf(a, "%016" PRIx64, p->dhash));
	return record_write(&r, f, e);
}

int print_cache_save(const struct print_cache *c, struct err *e)
{
	struct file_out out;
	struct arena a = {0};
	int bad = 0;

	if (!c->path)
		return 0;
	if (file_begin(&out, c->path, e))
		return -1;
	for (int i = 0; i < c->known.n && !bad; i++) {
		bad = write_line(c->known.name[i], &c->print[i], out.f, &a, e);
		arena_reset(&a);
	}
	arena_release(&a);
	if (bad) {
		file_abort(&out);
		return -1;
	}
	return file_commit(&out, e);
}
