#include "base/file.h"
#include "base/buf.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int file_mkdirs(const char *path, struct err *e)
{
	struct arena a = {0};
	char *p = arena_dup(&a, path), *s;
	struct stat st;
	int bad = 0;

	for (s = p + (*p == '/'); !bad; s++) {
		char c = *s;

		if (c && c != '/')
			continue;
		*s = 0;
		if (*p && mkdir(p, 0777) && errno != EEXIST)
			bad = err_set(e, ERR_CREATE,
				"cannot create folder '%s': %s", p,
				strerror(errno));
		*s = c;
		if (!c)
			break;
	}
	if (!bad && !stat(path, &st) && !S_ISDIR(st.st_mode))
		bad = err_set(e, ERR_CREATE,
			"cannot create folder '%s': it is a file", path);
	arena_release(&a);
	return bad;
}

static int make_parent(const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	struct arena a = {0};
	int bad;

	if (!slash || slash == path)
		return 0;
	bad = file_mkdirs(arena_dupn(&a, path, (size_t)(slash - path)), e);
	arena_release(&a);
	return bad;
}

/* The temporary file; its folder is nearly always there. */
static int open_tmp(struct file_out *o, struct err *e)
{
	const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
	int fd = open(o->tmp, flags, 0666);

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) {
		if (make_parent(o->path, e))
			return -1;
		fd = open(o->tmp, flags, 0666);
	}
	o->f = fd < 0 ? NULL : fdopen(fd, "wb");
	if (o->f)
		return 0;
	err_set(e, ERR_CREATE, "cannot create '%s': %s", o->path,
		strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

int file_begin(struct file_out *o, const char *path, struct err *e)
{
	size_t n = strlen(path) + 32;
	struct stat st;

	*o = (struct file_out){0};
	if (!strcmp(path, "-")) {
		o->f = stdout;
		o->path = mem_dup("standard output");
		return 0;
	}
	/* A device such as /dev/full or /dev/stdout is written as it is. */
	if (!stat(path, &st) && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
		o->f = fopen(path, "wb");
		if (!o->f)
			return err_set(e, ERR_CREATE, "cannot open '%s': %s",
				path, strerror(errno));
		o->path = mem_dup(path);
		return 0;
	}
	o->path = mem_dup(path);
	o->tmp = mem_alloc(n, 1);
	snprintf(o->tmp, n, "%s.tmp.%ld", path, (long)getpid());
	if (!open_tmp(o, e))
		return 0;
	file_abort(o);
	return -1;
}

static int close_file(struct file_out *o, bool sync, struct err *e)
{
	int bad = fflush(o->f) || ferror(o->f);
	int why = errno;

	if (sync && o->tmp && !bad && fsync(fileno(o->f))) {
		bad = 1;
		why = errno;
	}
	if (o->f != stdout) {
		if (fclose(o->f) && !bad) {
			bad = 1;
			why = errno;
		}
	}
	o->f = NULL;
	if (!bad && o->tmp && rename(o->tmp, o->path)) {
		bad = 1;
		why = errno;
	}
	if (bad)
		err_set(e, ERR_IO, "cannot write '%s': %s", o->path,
			strerror(why));
	else if (o->tmp)
		o->tmp[0] = 0; /* renamed: nothing to remove */
	file_abort(o);
	return bad ? -1 : 0;
}

int file_commit(struct file_out *o, struct err *e)
{
	return close_file(o, true, e);
}

int file_finish(struct file_out *o, struct err *e)
{
	return close_file(o, false, e);
}

int file_put(const char *path, const void *p, size_t n, struct err *e)
{
	struct file_out o;

	if (file_begin(&o, path, e))
		return -1;
	fwrite(p, 1, n, o.f); /* file_finish sees its failure */
	return file_finish(&o, e);
}

void file_abort(struct file_out *o)
{
	if (o->f && o->f != stdout)
		fclose(o->f);
	if (o->tmp && o->tmp[0])
		unlink(o->tmp);
	mem_free(o->tmp);
	mem_free(o->path);
	*o = (struct file_out){0};
}

/* A pipe or a device, up to its end. */
static char *read_stream(FILE *f, size_t max, struct arena *a, size_t *n)
{
	struct buf b;
	char part[4096], *p = NULL;
	size_t got;

	buf_init(&b, max);
	while (!b.overflow && (got = fread(part, 1, sizeof part, f)) > 0)
		buf_add(&b, part, got);
	*n = b.n;
	if (!b.overflow)
		p = arena_dupn(a, b.p ? b.p : "", b.n);
	buf_release(&b);
	return p;
}

/* A regular file, whose size is known. */
static char *read_regular(
	FILE *f, size_t size, size_t max, struct arena *a, size_t *n)
{
	char *p;

	if (size > max)
		return NULL;
	p = arena_alloc(a, size + 1);
	*n = fread(p, 1, size, f);
	p[*n] = 0;
	return p;
}

char *file_read(
	const char *path, size_t max, struct arena *a, size_t *n, struct err *e)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	char *p;

	if (!f || fstat(fileno(f), &st)) {
		err_set(e, ERR_NOINPUT, "cannot open '%s': %s", path,
			strerror(errno));
		if (f)
			fclose(f);
		return NULL;
	}
	p = S_ISREG(st.st_mode) ? read_regular(f, (size_t)st.st_size, max, a, n)
				: read_stream(f, max, a, n);
	if (ferror(f)) {
		err_set(e, ERR_IO, "cannot read '%s': %s", path,
			strerror(errno));
		p = NULL;
	} else if (!p) {
		err_set(e, ERR_DATA, "'%s' has more than %zu bytes", path, max);
	}
	fclose(f);
	return p;
}

/* All that is left of from, in a file without a name. */
static FILE *copy_stream(FILE *from, const char *path, struct err *e)
{
	FILE *to = tmpfile();
	char part[1 << 16];
	size_t n;

	if (!to) {
		err_set(e, ERR_CREATE, "cannot create a temporary file: %s",
			strerror(errno));
		return NULL;
	}
	while ((n = fread(part, 1, sizeof part, from)) > 0 &&
		fwrite(part, 1, n, to) == n)
		;
	if (!ferror(from) && !fflush(to) && !ferror(to)) {
		rewind(to);
		return to;
	}
	if (ferror(from))
		err_set(e, ERR_IO, "cannot read '%s': %s", path,
			strerror(errno));
	else
		err_set(e, ERR_IO, "cannot write a temporary file: %s",
			strerror(errno));
	fclose(to);
	return NULL;
}

FILE *file_open_again(const char *path, struct err *e)
{
	bool std = !strcmp(path, "-");
	FILE *f = std ? stdin : fopen(path, "rb"), *copy;
	struct stat st;

	if (!f || fstat(fileno(f), &st)) {
		err_set(e, ERR_NOINPUT, "cannot open '%s': %s", path,
			strerror(errno));
		if (f && !std)
			fclose(f);
		return NULL;
	}
	if (S_ISREG(st.st_mode) && ftello(f) == 0)
		return f;
	copy = copy_stream(f, std ? "standard input" : path, e);
	if (!std)
		fclose(f);
	return copy;
}

char *file_join(struct arena *a, const char *root, const char *path)
{
	if (!root || !*root || *path == '/')
		return arena_dup(a, path);
	return arena_printf(a, "%s/%s", root, path);
}

const char *file_base(const char *path)
{
	const char *s = strrchr(path, '/');

	return s ? s + 1 : path;
}
