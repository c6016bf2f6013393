#include "nn/safetensors.h"
#include "base/buf.h"
#include "base/file.h"
#include "json/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LENGTH = 8, QUOTE_MAX = 160 };

const unsigned char *nn_st_map(
	struct nn_st *st, const char *name, struct err *e)
{
	const char *path = strcmp(name, "-") ? name : "/dev/stdin";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat about;

	*st = (struct nn_st){0};
	st->path = arena_dup(&st->arena, name);
	if (fd < 0 || fstat(fd, &about) || S_ISDIR(about.st_mode)) {
		err_set(e, ERR_NOINPUT, "cannot open '%s': %s", path,
			strerror(fd < 0 ? errno : EISDIR));
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	if (!S_ISREG(about.st_mode) || !about.st_size) {
		close(fd);
		return (const unsigned char *)file_read(
			path, NN_ST_PIPE_MAX, &st->arena, &st->size, e);
	}
	st->size = (size_t)about.st_size;
	st->map = mmap(NULL, st->size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (st->map == MAP_FAILED) {
		st->map = NULL;
		err_set(e, ERR_OS, "cannot map '%s': %s", path,
			strerror(errno));
	}
	return st->map;
}

/* A name from outside, fit for a message: one line, and not too long. */
static const char *quoted(struct nn_st *st, const char *name)
{
	char start[QUOTE_MAX + 1];
	struct buf b;
	const char *s;

	snprintf(start, sizeof start, "%s", name);
	start[json_utf8_span(start, strlen(start))] = 0;
	buf_init(&b, 8 * sizeof start);
	json_quote(&b, start);
	s = arena_dup(&st->arena, b.p);
	buf_release(&b);
	return s;
}

static int bad_tensor(struct nn_st *st, const struct nn_st_entry *t,
	const char *cause, struct err *e)
{
	return err_set(e, ERR_DATA, "'%s': tensor %s %s", st->path,
		quoted(st, t->name), cause);
}

static int read_type(struct nn_st *st, struct nn_st_entry *t,
	const struct json *spec, struct err *e)
{
	const char *name = json_get_str(spec, "dtype");

	if (!name)
		return bad_tensor(st, t, "has no dtype", e);
	for (int i = 0; i < NN_ST_TYPES; i++)
		if (!strcmp(nn_st_type_name(i), name)) {
			t->type = i;
			return 0;
		}
	return bad_tensor(st, t,
		arena_printf(&st->arena, "has the unknown dtype %s",
			quoted(st, name)),
		e);
}

static int read_shape(struct nn_st *st, struct nn_st_entry *t,
	const struct json *spec, struct err *e)
{
	const struct json *shape = json_get(spec, "shape");
	int64_t bytes = (int64_t)nn_st_type_size(t->type);

	if (json_kind(shape) != JSON_ARRAY)
		return bad_tensor(st, t, "has no shape", e);
	json_each (item, shape) {
		int64_t dim;

		if (!json_to_int(item, &dim) || dim < 0)
			return bad_tensor(st, t,
				"has a dimension that is no whole number", e);
		if (t->rank == NN_ST_RANK_MAX)
			return bad_tensor(st, t, "has too many dimensions", e);
		if (__builtin_mul_overflow(bytes, dim, &bytes))
			return bad_tensor(st, t, "is too large to be true", e);
		t->shape[t->rank++] = dim;
	}
	t->bytes = (size_t)bytes;
	return 0;
}

/* Where its data are, of the size bytes at data. */
static int read_place(struct nn_st *st, struct nn_st_entry *t,
	const struct json *spec, const unsigned char *data, size_t size,
	struct err *e)
{
	const struct json *place = json_get(spec, "data_offsets");
	const struct json *first = json_first(place);
	int64_t from, to;

	if (json_kind(place) != JSON_ARRAY || json_count(place) != 2 ||
		!json_to_int(first, &from) ||
		!json_to_int(json_next(first), &to) || from < 0 || to < from)
		return bad_tensor(st, t, "has no data_offsets", e);
	if ((uint64_t)to > size)
		return bad_tensor(st, t,
			arena_printf(&st->arena,
				"ends at byte %lld of the data, which has %zu",
				(long long)to, size),
			e);
	if ((size_t)(to - from) != t->bytes)
		return bad_tensor(st, t,
			arena_printf(&st->arena,
				"has %lld bytes of data, its shape needs %zu",
				(long long)(to - from), t->bytes),
			e);
	t->data = data + from;
	return 0;
}

static int by_key(const void *a, const void *b)
{
	const struct nn_meta *x = a, *y = b;

	return strcmp(x->key, y->key);
}

static int bad_meta(struct nn_st *st, const struct nn_meta *m,
	const char *cause, struct err *e)
{
	return err_set(e, ERR_DATA, "'%s': __metadata__ %s is %s", st->path,
		quoted(st, m->key), cause);
}

static int read_meta(
	struct nn_st *st, const struct json *strings, struct err *e)
{
	if (st->meta || json_kind(strings) != JSON_OBJECT)
		return err_set(e, ERR_DATA, "'%s': __metadata__ is %s",
			st->path,
			st->meta ? "there twice" : json_kind_name(strings));
	st->meta = arena_zero(
		&st->arena, (size_t)json_count(strings) + 1, sizeof *st->meta);
	json_each (item, strings) {
		struct nn_meta *m = &st->meta[st->nmeta++];

		*m = (struct nn_meta){json_key(item), json_to_str(item)};
		if (!m->value)
			return bad_meta(st, m, json_kind_name(item), e);
	}
	qsort(st->meta, (size_t)st->nmeta, sizeof *st->meta, by_key);
	for (int i = 1; i < st->nmeta; i++)
		if (!by_key(&st->meta[i - 1], &st->meta[i]))
			return bad_meta(st, &st->meta[i], "there twice", e);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct nn_st_entry *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static int by_place(const void *a, const void *b)
{
	const struct nn_st_entry *x = *(const struct nn_st_entry *const *)a;
	const struct nn_st_entry *y = *(const struct nn_st_entry *const *)b;

	if (x->data != y->data)
		return (uintptr_t)x->data < (uintptr_t)y->data ? -1 : 1;
	return (x->bytes > y->bytes) - (x->bytes < y->bytes);
}

/*
 * No name twice; and the tensors cover the data exactly, as the format
 * demands: a file that says two things with the same bytes, or hides some,
 * was not made by an honest writer.
 */
static int check_all(
	struct nn_st *st, const unsigned char *data, size_t size, struct err *e)
{
	const struct nn_st_entry **v = st->by_name;
	const unsigned char *at = data;

	for (int i = 0; i < st->n; i++)
		v[i] = &st->entry[i];
	qsort(v, (size_t)st->n, sizeof *v, by_place);
	for (int i = 0; i < st->n; i++) {
		const unsigned char *begin = v[i]->data;

		if (begin != at)
			return bad_tensor(st, v[i],
				begin < at ? "overlaps another"
					   : "leaves a gap before its data",
				e);
		at += v[i]->bytes;
	}
	if (at != data + size)
		return err_set(e, ERR_DATA,
			"'%s': %zu bytes at its end belong to no tensor",
			st->path, (size_t)(data + size - at));
	qsort(v, (size_t)st->n, sizeof *v, by_name);
	for (int i = 1; i < st->n; i++)
		if (!strcmp(v[i - 1]->name, v[i]->name))
			return bad_tensor(st, v[i], "is there twice", e);
	return 0;
}

static int read_header(struct nn_st *st, const struct json *header,
	const unsigned char *data, size_t size, struct err *e)
{
	size_t n = (size_t)json_count(header) + 1;

	if (json_kind(header) != JSON_OBJECT)
		return err_set(e, ERR_DATA, "'%s': its header is %s", st->path,
			json_kind_name(header));
	st->entry = arena_zero(&st->arena, n, sizeof *st->entry);
	st->by_name = arena_zero(&st->arena, n, sizeof *st->by_name);
	json_each (item, header) {
		struct nn_st_entry *t = &st->entry[st->n];

		if (!strcmp(json_key(item), "__metadata__")) {
			if (read_meta(st, item, e))
				return -1;
			continue;
		}
		st->n++;
		t->name = json_key(item);
		if (read_type(st, t, item, e) || read_shape(st, t, item, e) ||
			read_place(st, t, item, data, size, e))
			return -1;
	}
	return check_all(st, data, size, e);
}

int nn_st_parse(struct nn_st *st, const unsigned char *file, struct err *e)
{
	const unsigned char *data;
	const struct json *header;
	uint64_t n = 0;

	for (int i = 0; i < LENGTH && st->size >= LENGTH; i++)
		n |= (uint64_t)file[i] << (8 * i);
	/* Most of what is something else ends here: eight bytes of text or of
	 * a magic are a huge length. */
	if (st->size <= LENGTH || n > st->size - LENGTH || n < 2 ||
		file[LENGTH] != '{')
		return err_set(e, ERR_DATA,
			"'%s' is no safetensors file, or cut off: %zu bytes, "
			"of which %llu would be the header",
			st->path, st->size, (unsigned long long)n);
	data = file + LENGTH + n;
	header = json_parse((const char *)file + LENGTH, n, &st->arena, e);
	if (!header)
		return err_wrap(e, "'%s': its header", st->path);
	return read_header(st, header, data, st->size - LENGTH - n, e);
}

int nn_st_open(struct nn_st *st, const char *path, struct err *e)
{
	const unsigned char *file = nn_st_map(st, path, e);

	if (file && !nn_st_parse(st, file, e))
		return 0;
	nn_st_close(st);
	return -1;
}

void nn_st_close(struct nn_st *st)
{
	if (st->map)
		munmap(st->map, st->size);
	arena_release(&st->arena);
	*st = (struct nn_st){0};
}

const struct nn_st_entry *nn_st_find(const struct nn_st *st, const char *name)
{
	const struct nn_st_entry key = {.name = name}, *p = &key, **found;

	found = bsearch(
		&p, st->by_name, (size_t)st->n, sizeof *st->by_name, by_name);
	return found ? *found : NULL;
}

const char *nn_st_meta(const struct nn_st *st, const char *key)
{
	const struct nn_meta want = {.key = key}, *found;

	if (!st->nmeta)
		return NULL;
	found = bsearch(
		&want, st->meta, (size_t)st->nmeta, sizeof *st->meta, by_key);
	return found ? found->value : NULL;
}
