#include "foreign/npy.h"

#include <stdlib.h>
#include <string.h>

/* "\x93NUMPY", version, length of the header: two bytes in version 1, four
 * after; then a Python dictionary, as text. */
enum { MAGIC = 6, FORMAT = 6, LENGTH = 8, HEADER_MAX = 4096 };

static const char magic[] = "\x93NUMPY";

bool foreign_is_npy(const uint8_t *p, size_t n)
{
	return n > LENGTH + 4 && !memcmp(p, magic, MAGIC);
}

/* The text behind "'key': ", or NULL. */
static const char *value_of(const char *header, const char *key)
{
	const char *at = strstr(header, key);

	if (!at)
		return NULL;
	at += strlen(key);
	return at + strspn(at, ": ");
}

static bool read_type(const char *s, enum nn_st_type *type)
{
	static const struct {
		const char *name;
		enum nn_st_type type;
	} types[] = {{"'<f4'", NN_ST_F32}, {"'<f8'", NN_ST_F64},
		{"'<f2'", NN_ST_F16}, {"'<i8'", NN_ST_I64},
		{"'<i4'", NN_ST_I32}, {"'<i2'", NN_ST_I16}, {"'|i1'", NN_ST_I8},
		{"'|u1'", NN_ST_U8}};

	for (size_t i = 0; s && i < sizeof types / sizeof *types; i++)
		if (!strncmp(s, types[i].name, strlen(types[i].name))) {
			*type = types[i].type;
			return true;
		}
	return false;
}

/* "(500, 256)" */
static bool read_shape(const char *s, struct nn_st_entry *t)
{
	if (!s || *s++ != '(')
		return false;
	while (*s != ')') {
		char *end;
		long long v;

		s += strspn(s, ", ");
		if (*s < '0' || *s > '9' || t->rank == NN_ST_RANK_MAX)
			return false;
		v = strtoll(s, &end, 10);
		t->shape[t->rank++] = v;
		s = end + strspn(end, ", ");
	}
	return true;
}

/* Bytes of the values, which the file must have exactly. */
static bool measure(struct nn_st_entry *t, size_t there)
{
	size_t bytes = nn_st_type_size(t->type);

	for (int i = 0; i < t->rank; i++)
		if (__builtin_mul_overflow(bytes, (size_t)t->shape[i], &bytes))
			return false;
	t->bytes = bytes;
	return bytes == there;
}

int foreign_npy(
	struct nn_st *st, const uint8_t *p, const char *name, struct err *e)
{
	struct nn_st_entry *t = arena_zero(&st->arena, 1, sizeof *t);
	bool old = p[FORMAT] == 1;
	size_t length = p[LENGTH] | (size_t)p[LENGTH + 1] << 8;
	size_t at = LENGTH + (old ? 2 : 4);
	const char *header, *fortran;

	if (!old)
		length |= (size_t)p[LENGTH + 2] << 16 | (size_t)p[LENGTH + 3]
								<< 24;
	if (length > HEADER_MAX || length > st->size - at)
		return err_set(e, ERR_DATA, "its header has no end");
	header = arena_dupn(&st->arena, (const char *)p + at, length);
	fortran = value_of(header, "'fortran_order'");
	if (!fortran || strncmp(fortran, "False", 5))
		return err_set(e, ERR_DATA, "it is not in C's order");
	if (!read_type(value_of(header, "'descr'"), &t->type))
		return err_set(e, ERR_DATA, "it is of a type that we lack");
	if (!read_shape(value_of(header, "'shape'"), t))
		return err_set(e, ERR_DATA, "its shape is no list of numbers");
	at += length;
	if (!measure(t, st->size - at))
		return err_set(e, ERR_DATA,
			"it has not as many values as its shape says");
	t->name = name;
	t->data = p + at;
	st->n = 1;
	st->entry = t;
	st->by_name = arena_zero(&st->arena, 1, sizeof *st->by_name);
	st->by_name[0] = t;
	return 0;
}
