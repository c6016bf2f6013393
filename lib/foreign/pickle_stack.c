#include "foreign/pickle_int.h"

#include <string.h>

void pickle_complain(struct pickle_machine *m, const char *why)
{
	if (!m->error)
		m->error = why;
}

struct pickle *pickle_value(struct pickle_machine *m, enum pickle_kind kind)
{
	struct pickle *v = arena_zero(m->a, 1, sizeof *v);

	if (++m->values > PICKLE_VALUES_MAX)
		pickle_complain(m, "too many values");
	v->kind = kind;
	return v;
}

/* Room for one more of n pointers; the old array stays in the arena. */
static struct pickle **grow(struct arena *a, struct pickle **v, int n, int *cap)
{
	struct pickle **more;

	if (n < *cap)
		return v;
	*cap = *cap ? 2 * *cap : 8;
	more = arena_alloc(a, (size_t)*cap * sizeof *more);
	if (n)
		memcpy(more, v, (size_t)n * sizeof *more);
	return more;
}

void pickle_put(struct pickle_machine *m, struct pickle *into, struct pickle *v)
{
	into->item = grow(m->a, into->item, into->nitems, &into->cap);
	into->item[into->nitems++] = v;
	/* One value may be put in many places. */
	if (++m->values > PICKLE_VALUES_MAX)
		pickle_complain(m, "too many values");
}

void pickle_push(struct pickle_machine *m, struct pickle *v)
{
	if (m->n > PICKLE_VALUES_MAX) {
		pickle_complain(m, "too many values");
		return;
	}
	m->stack = grow(m->a, m->stack, m->n, &m->cap);
	m->stack[m->n++] = v;
}

/* The value on top, which stays there; something harmless where the stack is
 * empty, since the error will be seen before the next opcode. */
struct pickle *pickle_top(struct pickle_machine *m)
{
	if (m->n)
		return m->stack[m->n - 1];
	pickle_complain(m, "an empty stack");
	return pickle_value(m, PICKLE_NONE);
}

struct pickle *pickle_pop(struct pickle_machine *m)
{
	struct pickle *v = pickle_top(m);

	m->n -= m->n > 0;
	return v;
}

uint64_t pickle_number(struct pickle_machine *m, int bytes)
{
	uint64_t v = 0;

	if (m->end - m->p < bytes) {
		pickle_complain(m, "the end of the file");
		return 0;
	}
	for (int i = 0; i < bytes; i++)
		v |= (uint64_t)m->p[i] << (8 * i);
	m->p += bytes;
	return v;
}

static struct pickle *text(struct pickle_machine *m, int length_bytes)
{
	struct pickle *v = pickle_value(m, PICKLE_TEXT);
	uint64_t n = pickle_number(m, length_bytes);

	if (n > (uint64_t)(m->end - m->p)) {
		pickle_complain(m, "the end of the file");
		n = 0;
	}
	v->s = (const char *)m->p;
	v->n = n;
	m->p += n;
	return v;
}

static struct pickle *integer(struct pickle_machine *m, int64_t i)
{
	struct pickle *v = pickle_value(m, PICKLE_INT);

	v->i = i;
	return v;
}

static struct pickle *long_integer(struct pickle_machine *m, int length_bytes)
{
	struct pickle *v = text(m, length_bytes);
	uint64_t u = 0;

	v->kind = PICKLE_INT;
	v->i = INT64_MAX;
	if (v->n > 8)
		return v;
	for (size_t i = 0; i < v->n; i++)
		u |= (uint64_t)(uint8_t)v->s[i] << (8 * i);
	if (v->n && v->n < 8 && v->s[v->n - 1] & 0x80)
		u |= ~UINT64_C(0) << (8 * v->n);
	v->i = (int64_t)u;
	return v;
}

static struct pickle *real(struct pickle_machine *m)
{
	struct pickle *v = pickle_value(m, PICKLE_REAL);
	uint64_t u = __builtin_bswap64(pickle_number(m, 8));

	memcpy(&v->real, &u, sizeof v->real);
	return v;
}

/* Values that stand in the file: true if the opcode is of that kind. */
bool pickle_literal(struct pickle_machine *m, uint8_t op)
{
	struct pickle *v;

	switch (op) {
	case 'N':
		v = pickle_value(m, PICKLE_NONE);
		break;
	case 0x88: /* NEWTRUE */
	case 0x89:
		v = pickle_value(m, PICKLE_BOOL);
		v->i = op == 0x88;
		break;
	case 'J':
		v = integer(m, (int32_t)pickle_number(m, 4));
		break;
	case 'K':
		v = integer(m, (int64_t)pickle_number(m, 1));
		break;
	case 'M':
		v = integer(m, (int64_t)pickle_number(m, 2));
		break;
	case 0x8a:
		v = long_integer(m, 1);
		break;
	case 0x8b:
		v = long_integer(m, 4);
		break;
	case 'G':
		v = real(m);
		break;
	case 'X': /* BINUNICODE, BINSTRING, BINBYTES */
	case 'T':
	case 'B':
		v = text(m, 4);
		break;
	case 0x8c: /* SHORT_ of the same */
	case 'U':
	case 'C':
		v = text(m, 1);
		break;
	case 0x8d: /* BINUNICODE8, BINBYTES8 */
	case 0x8e:
		v = text(m, 8);
		break;
	default:
		return false;
	}
	pickle_push(m, v);
	return true;
}
