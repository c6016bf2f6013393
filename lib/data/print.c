#include "data/print.h"
#include "base/file.h"
#include "base/mem.h"
#include "img/dhash.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 1 << 16 };

static void stamp(struct print *p, const struct stat *st)
{
	p->size = st->st_size;
	p->changed =
		(int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

/* Only regular files end for sure. */
static int open_file(const char *file, struct stat *st, struct err *e)
{
	int fd = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0 && !fstat(fd, st) && S_ISREG(st->st_mode))
		return fd;
	err_set(e, ERR_NOINPUT, "cannot read picture '%s': %s", file,
		fd < 0 ? strerror(errno) : "not a regular file");
	if (fd >= 0)
		close(fd);
	return -1;
}

static int bad_read(const char *file, struct err *e)
{
	return err_set(e, ERR_NOINPUT, "cannot read picture '%s': %s", file,
		strerror(errno));
}

/* As much as there is, up to CHUNK; -1 when reading fails. */
static ssize_t read_chunk(int fd, uint8_t *to)
{
	ssize_t n = 0, got;

	while (n < CHUNK &&
		(got = read(fd, to + n, (size_t)(CHUNK - n))) != 0) {
		if (got < 0)
			return -1;
		n += got;
	}
	return n;
}

/* FNV-1a, 64 bits (Fowler, Noll, Vo). */
static int hash_file(int fd, uint64_t *hash)
{
	uint8_t part[CHUNK];
	ssize_t n;

	*hash = 14695981039346656037U;
	while ((n = read_chunk(fd, part)) > 0)
		for (ssize_t i = 0; i < n; i++)
			*hash = (*hash ^ part[i]) * 1099511628211U;
	return n < 0 ? -1 : 0;
}

int print_read(struct print *p, const char *file, bool look, struct err *e)
{
	struct img_window win;
	struct stat st;
	int bad, w, h, fd = open_file(file, &st, e);

	if (fd < 0)
		return -1;
	*p = (struct print){.seen = look};
	stamp(p, &st);
	bad = hash_file(fd, &p->content);
	if (bad)
		bad_read(file, e);
	close(fd);
	if (bad || img_size(file, &w, &h, e))
		return -1;
	p->w = w;
	p->h = h;
	if (!look)
		return 0;
	if (img_load_window(&win, file,
		    &(struct img_ask){.min_side = IMG_DHASH_SIDE}, e))
		return -1;
	p->dhash = img_dhash(&win.im);
	img_release(&win.im);
	return 0;
}

int print_same_bytes(
	const char *file, const char *other, bool *same, struct err *e)
{
	static const int none = -1;
	uint8_t a[CHUNK], b[CHUNK];
	ssize_t n = 1, m = 1;
	struct stat st;
	int fd = open_file(file, &st, e);
	int fd2 = fd < 0 ? none : open_file(other, &st, e);

	while (fd2 >= 0 && n > 0 && n == m) {
		n = read_chunk(fd, a);
		m = read_chunk(fd2, b);
		if (n == m && n > 0 && memcmp(a, b, (size_t)n))
			m = none;
	}
	*same = n == 0 && m == 0;
	if (fd2 >= 0 && n < 0)
		bad_read(file, e);
	if (fd >= 0)
		close(fd);
	if (fd2 >= 0)
		close(fd2);
	return fd2 < 0 || n < 0 ? -1 : 0;
}

bool print_cache_find(const struct print_cache *c, const char *file, bool look,
	struct print *p)
{
	int i = names_find(&c->known, file);
	struct print now;
	struct stat st;

	if (i < 0 || stat(file, &st))
		return false;
	stamp(&now, &st);
	*p = c->print[i];
	return p->size == now.size && p->changed == now.changed &&
	       (p->seen || !look);
}

void print_cache_add(
	struct print_cache *c, const char *file, const struct print *p)
{
	int i;

	if (!c->path)
		return;
	i = names_find(&c->known, file);
	if (i < 0)
		i = names_add(&c->known, arena_dup(&c->arena, file));
	if (i >= c->cap) {
		c->cap = c->cap ? c->cap * 2 : 64;
		c->print = mem_grow(c->print, (size_t)c->cap, sizeof *c->print);
	}
	c->print[i] = *p;
}
