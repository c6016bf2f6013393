#define _DEFAULT_SOURCE
#include "web/part.h"
#include "web/digest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int trouble(const struct web_part *p, struct err *e)
{
	return err_set(
		e, ERR_IO, "cannot write '%s': %s", p->path, strerror(errno));
}

static void hash(const char *s, char text[9])
{
	char sha[WEB_SHA256_TEXT];

	web_sha256(s, strlen(s), sha);
	snprintf(text, 9, "%.8s", sha);
}

/* NAME.URL. */
static char *stem_of(const struct web_part *p)
{
	char url[9];

	hash(p->url, url);
	return arena_printf(p->mem, "%s.%s.", p->name, url);
}

/* Its path, for a version; one without can't be continued by another run, and
 * is called new. */
static char *path_of(const struct web_part *p, const char *validator)
{
	char version[9] = "new";

	if (validator)
		hash(validator, version);
	return arena_printf(p->mem, "%s/%s%s", p->dir, stem_of(p), version);
}

/* Look for what another run has left, whatever its version. */
static void find_old(struct web_part *p)
{
	const char *stem = stem_of(p);
	struct dirent *d;
	struct stat st;
	DIR *dir = opendir(p->dir);

	while (dir && (d = readdir(dir)) != NULL) {
		char *path;

		if (strncmp(d->d_name, stem, strlen(stem)))
			continue;
		path = arena_printf(p->mem, "%s/%s", p->dir, d->d_name);
		if (p->filed || !strcmp(d->d_name + strlen(stem), "new") ||
			lstat(path, &st) || !S_ISREG(st.st_mode) ||
			!st.st_size) {
			unlink(path);
			continue;
		}
		p->path = path;
		p->filed = true;
		p->size = st.st_size;
	}
	if (dir)
		closedir(dir);
}

void web_part_begin(struct web_part *p, const char *dir, const char *name,
	const char *url, bool look, struct arena *a)
{
	*p = (struct web_part){.dir = dir,
		.name = name,
		.url = url,
		.mem = a,
		.fd = -1,
		.total = -1};
	buf_init(&p->held, WEB_PART_HELD);
	if (look)
		find_old(p);
}

static int64_t have(void *to, const char **validator)
{
	struct web_part *p = to;

	*validator = *p->validator ? p->validator : NULL;
	return p->size;
}

/* ---- the file ---- */

static int create(struct web_part *p)
{
	return open(p->path,
		O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
}

static int write_all(struct web_part *p, const char *s, size_t n, struct err *e)
{
	while (n) {
		ssize_t put = write(p->fd, s, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return trouble(p, e);
		s += put;
		n -= (size_t)put;
	}
	return 0;
}

/* What is held becomes a file, which stays open. */
static int file_it(struct web_part *p, struct err *e)
{
	p->fd = create(p);
	if (p->fd < 0 && errno == ENOENT && !mkdir(p->dir, 0777))
		p->fd = create(p);
	if (p->fd < 0)
		return err_set(e, errno == ENOSPC ? ERR_IO : ERR_CREATE,
			"cannot create '%s': %s", p->path, strerror(errno));
	p->filed = true;
	if (write_all(p, p->held.p, p->held.n, e))
		return -1;
	buf_release(&p->held);
	return 0;
}

static int close_it(struct web_part *p, struct err *e)
{
	int bad = p->fd >= 0 && close(p->fd) ? trouble(p, e) : 0;

	p->fd = -1;
	return bad;
}

/* ---- what the client does with it ---- */

/* Begin at nothing, to be called after this version. */
static int begin_anew(struct web_part *p, const struct web_header *h)
{
	const char *validator = web_header_validator(h);

	web_part_drop(p);
	p->path = path_of(p, validator);
	snprintf(p->validator, sizeof p->validator, "%s",
		validator ? validator : "");
	p->total = h->length;
	return 0;
}

/* The rest of what is there: of the same version, and from where it ends? A
 * server without versions is trusted within a run when the size is the same. */
static int go_on(struct web_part *p, const struct web_header *h, struct err *e)
{
	const char *validator = web_header_validator(h);
	bool same = p->path && h->from == p->size &&
		    !strcmp(p->path, path_of(p, validator)) &&
		    (validator || (p->total > 0 && h->total == p->total));

	if (!same) {
		web_part_drop(p);
		return err_set(e, ERR_LATER,
			"it has changed since a part of it was fetched");
	}
	snprintf(p->validator, sizeof p->validator, "%s",
		validator ? validator : "");
	if (p->filed && p->fd < 0)
		p->fd = open(
			p->path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
	return p->filed && p->fd < 0 ? trouble(p, e) : 0;
}

static int begin(void *to, const struct web_header *h, struct err *e)
{
	return h->status == 206 ? go_on(to, h, e) : begin_anew(to, h);
}

static int add(void *to, const void *bytes, size_t n, struct err *e)
{
	struct web_part *p = to;

	p->size += (int64_t)n;
	if (!p->filed && buf_add(&p->held, bytes, n))
		return 0;
	if (!p->filed && file_it(p, e))
		return -1;
	return write_all(p, bytes, n, e);
}

struct web_sink web_part_sink(struct web_part *p)
{
	return (struct web_sink){
		.have = have, .begin = begin, .write = add, .to = p};
}

/* ---- what becomes of it ---- */

int web_part_end(struct web_part *p, struct err *e)
{
	return close_it(p, e);
}

const void *web_part_bytes(struct web_part *p, struct err *e)
{
	int fd;

	if (!p->filed)
		return p->held.p ? p->held.p : "";
	if (p->map)
		return p->map;
	fd = open(p->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0) {
		p->map = mmap(
			NULL, (size_t)p->size, PROT_READ, MAP_PRIVATE, fd, 0);
		close(fd);
		if (p->map != MAP_FAILED)
			return p->map;
		p->map = NULL;
	}
	err_set(e, ERR_IO, "cannot read '%s': %s", p->path, strerror(errno));
	return NULL;
}

static void forget(struct web_part *p)
{
	if (p->map)
		munmap(p->map, (size_t)p->size);
	p->map = NULL;
	close_it(p, NULL);
	buf_release(&p->held);
	p->path = NULL;
	p->filed = false;
	p->size = 0;
	p->validator[0] = 0;
}

void web_part_drop(struct web_part *p)
{
	if (p->filed)
		unlink(p->path);
	forget(p);
}

void web_part_leave(struct web_part *p)
{
	if (!p->filed && p->held.n && *p->validator && file_it(p, NULL))
		web_part_drop(p);
	else
		forget(p);
}

int web_part_keep(struct web_part *p, const char *path, struct err *e)
{
	int bad = p->filed ? 0 : file_it(p, e);

	if (close_it(p, bad ? NULL : e))
		bad = -1;
	if (!bad && rename(p->path, path))
		bad = err_set(e, ERR_IO, "cannot write '%s': %s", path,
			strerror(errno));
	if (bad)
		web_part_drop(p);
	else
		forget(p);
	return bad;
}

void web_part_sweep(const char *dir)
{
	struct arena a = {0};
	struct dirent *d;
	DIR *open = opendir(dir);

	while (open && (d = readdir(open)) != NULL)
		if (*d->d_name != '.')
			unlink(arena_printf(&a, "%s/%s", dir, d->d_name));
	if (open)
		closedir(open);
	rmdir(dir);
	arena_release(&a);
}
