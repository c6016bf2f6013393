#include "foreign/foreign_int.h"

#include <string.h>

/* The little endian type of a dtype: numpy.dtype("f4", ...), whose state has
 * the order of bytes. */
static bool array_type(const struct pickle *v, enum nn_st_type *type)
{
	static const struct {
		const char *name;
		enum nn_st_type type;
	} types[] = {{"f4", NN_ST_F32}, {"f8", NN_ST_F64}, {"f2", NN_ST_F16},
		{"i8", NN_ST_I64}, {"i4", NN_ST_I32}, {"i2", NN_ST_I16},
		{"i1", NN_ST_I8}, {"u8", NN_ST_U64}, {"u4", NN_ST_U32},
		{"u2", NN_ST_U16}, {"u1", NN_ST_U8}, {"b1", NN_ST_BOOL}};
	const struct pickle *name;

	if (!v || v->kind != PICKLE_CALL ||
		!pickle_is(v->what, PICKLE_NAME, "numpy dtype") ||
		pickle_is(pickle_item(v->state, 1), PICKLE_TEXT, ">"))
		return false;
	name = pickle_item(v->args, 0);
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (pickle_is(name, PICKLE_TEXT, types[i].name)) {
			*type = types[i].type;
			return true;
		}
	return false;
}

/* Bytes; those that Python 3 wrote for Python 2 are the text of a call,
 * _codecs.encode(text, "latin1"), whose letters are in UTF-8. */
static bool bytes(
	const struct pickle *v, struct arena *a, const uint8_t **p, uint64_t *n)
{
	const struct pickle *s = v;
	uint8_t *to;

	if (v && v->kind == PICKLE_CALL &&
		pickle_is(v->what, PICKLE_NAME, "_codecs encode"))
		s = pickle_item(v->args, 0);
	if (!s || s->kind != PICKLE_TEXT)
		return false;
	*p = (const uint8_t *)s->s;
	*n = s->n;
	if (s == v)
		return true;
	*p = to = arena_alloc(a, s->n);
	*n = 0;
	for (size_t i = 0; i < s->n; i++) {
		uint8_t c = (uint8_t)s->s[i];

		if (c >= 0x80) {
			if ((c != 0xc2 && c != 0xc3) || ++i == s->n)
				return false;
			c = (uint8_t)(c << 6 | ((uint8_t)s->s[i] & 0x3f));
		}
		to[(*n)++] = c;
	}
	return true;
}

static void in_row(struct foreign_tensor *t, bool fortran)
{
	int64_t next = 1;

	for (int k = 0; k < t->rank; k++) {
		int i = fortran ? k : t->rank - 1 - k;

		t->stride[i] = next;
		/* What overflows is found to be too large. */
		if (__builtin_mul_overflow(next, t->shape[i], &next))
			next = INT64_MAX;
	}
}

int foreign_array(void *arg, const struct pickle *v, struct foreign_tensor *t,
	struct err *e)
{
	const struct pickle *fortran;

	if (!v || v->kind != PICKLE_CALL ||
		!(pickle_is(v->what, PICKLE_NAME,
			  "numpy.core.multiarray _reconstruct") ||
			pickle_is(v->what, PICKLE_NAME,
				"numpy._core.multiarray _reconstruct")))
		return 0;
	/* state: version, shape, dtype, Fortran's order?, bytes */
	t->rank = foreign_sizes(pickle_item(v->state, 1), t->shape);
	fortran = pickle_item(v->state, 3);
	if (t->rank < 0 || !fortran)
		return err_set(e, ERR_DATA, "its description is no array's");
	if (!array_type(pickle_item(v->state, 2), &t->type))
		return err_set(e, ERR_DATA, "it is of a type that we lack");
	if (!bytes(pickle_item(v->state, 4), arg, &t->data, &t->size))
		return err_set(e, ERR_DATA, "its data are no bytes");
	in_row(t, fortran->i != 0);
	return 1;
}
