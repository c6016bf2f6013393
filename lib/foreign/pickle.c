#include "foreign/pickle.h"

#include <string.h>

struct machine {
	const uint8_t *p, *begin, *end;
	struct arena *a;
	struct pickle **stack, **memo;
	int n, cap, memos, next; /* next: MEMOIZE's place */
	int values;
	const char *error; /* NULL: none so far */
};

static void complain(struct machine *m, const char *why)
{
	if (!m->error)
		m->error = why;
}

static struct pickle *value(struct machine *m, enum pickle_kind kind)
{
	struct pickle *v = arena_zero(m->a, 1, sizeof *v);

	if (++m->values > PICKLE_VALUES_MAX)
		complain(m, "too many values");
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

static void put(struct machine *m, struct pickle *into, struct pickle *v)
{
	into->item = grow(m->a, into->item, into->nitems, &into->cap);
	into->item[into->nitems++] = v;
	/* One value may be put in many places. */
	if (++m->values > PICKLE_VALUES_MAX)
		complain(m, "too many values");
}

static void push(struct machine *m, struct pickle *v)
{
	if (m->n > PICKLE_VALUES_MAX) {
		complain(m, "too many values");
		return;
	}
	m->stack = grow(m->a, m->stack, m->n, &m->cap);
	m->stack[m->n++] = v;
}

/* The value on top, which stays there; something harmless where the stack is
 * empty, since the error will be seen before the next opcode. */
static struct pickle *top(struct machine *m)
{
	if (m->n)
		return m->stack[m->n - 1];
	complain(m, "an empty stack");
	return value(m, PICKLE_NONE);
}

static struct pickle *pop(struct machine *m)
{
	struct pickle *v = top(m);

	m->n -= m->n > 0;
	return v;
}

static uint64_t number(struct machine *m, int bytes)
{
	uint64_t v = 0;

	if (m->end - m->p < bytes) {
		complain(m, "the end of the file");
		return 0;
	}
	for (int i = 0; i < bytes; i++)
		v |= (uint64_t)m->p[i] << (8 * i);
	m->p += bytes;
	return v;
}

static struct pickle *text(struct machine *m, int length_bytes)
{
	struct pickle *v = value(m, PICKLE_TEXT);
	uint64_t n = number(m, length_bytes);

	if (n > (uint64_t)(m->end - m->p)) {
		complain(m, "the end of the file");
		n = 0;
	}
	v->s = (const char *)m->p;
	v->n = n;
	m->p += n;
	return v;
}

static struct pickle *integer(struct machine *m, int64_t i)
{
	struct pickle *v = value(m, PICKLE_INT);

	v->i = i;
	return v;
}

static struct pickle *long_integer(struct machine *m, int length_bytes)
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

static struct pickle *real(struct machine *m)
{
	struct pickle *v = value(m, PICKLE_REAL);
	uint64_t u = __builtin_bswap64(number(m, 8));

	memcpy(&v->real, &u, sizeof v->real);
	return v;
}

/* Values that stand in the file: true if the opcode is of that kind. */
static bool literal(struct machine *m, uint8_t op)
{
	struct pickle *v;

	switch (op) {
	case 'N':
		v = value(m, PICKLE_NONE);
		break;
	case 0x88: /* NEWTRUE */
	case 0x89:
		v = value(m, PICKLE_BOOL);
		v->i = op == 0x88;
		break;
	case 'J':
		v = integer(m, (int32_t)number(m, 4));
		break;
	case 'K':
		v = integer(m, (int64_t)number(m, 1));
		break;
	case 'M':
		v = integer(m, (int64_t)number(m, 2));
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
	push(m, v);
	return true;
}

/* Where the values above the last mark begin. */
static int above_mark(struct machine *m)
{
	int at = m->n;

	while (at && m->stack[at - 1]->kind != PICKLE_MARK)
		at--;
	if (!at)
		complain(m, "no mark");
	return at;
}

/* Put the values from `at` up into one, and take them, and the mark below
 * them where there is one, off. */
static void gather(struct machine *m, struct pickle *into, int at, bool marked)
{
	for (int i = at; i < m->n && !m->error; i++)
		put(m, into, m->stack[i]);
	m->n = marked && at ? at - 1 : at;
}

static void tuple(struct machine *m, int n)
{
	struct pickle *v = value(m, PICKLE_TUPLE);

	if (m->n < n) {
		complain(m, "an empty stack");
		return;
	}
	gather(m, v, m->n - n, false);
	push(m, v);
}

/* Items into the container under the mark, or under n values. */
static void add_items(struct machine *m, int at, bool marked, bool pairs)
{
	int under = marked ? at - 2 : at - 1;
	struct pickle *into = under < 0 ? NULL : m->stack[under];
	bool fits = into && (pairs ? into->kind == PICKLE_DICT
				   : into->kind == PICKLE_LIST);

	if (m->error)
		return;
	/* What a call makes may be either. */
	if (!(fits || (into && into->kind == PICKLE_CALL)) ||
		(pairs && (m->n - at) % 2))
		complain(m, "items without a container");
	else if (pairs || fits)
		gather(m, into, at, marked);
	else
		m->n = marked && at ? at - 1 : at;
}

static bool container(struct machine *m, uint8_t op)
{
	struct pickle *v;

	switch (op) {
	case '(':
		push(m, value(m, PICKLE_MARK));
		break;
	case ')':
		tuple(m, 0);
		break;
	case 0x85:
	case 0x86:
	case 0x87:
		tuple(m, op - 0x84);
		break;
	case 't':
		v = value(m, PICKLE_TUPLE);
		gather(m, v, above_mark(m), true);
		push(m, v);
		break;
	case ']':
		push(m, value(m, PICKLE_LIST));
		break;
	case '}':
		push(m, value(m, PICKLE_DICT));
		break;
	case 0x8f:
		push(m, value(m, PICKLE_LIST));
		break; /* EMPTY_SET */
	case 'a':
		add_items(m, m->n - 1, false, false);
		break;
	case 'e':
	case 0x90:
		add_items(m, above_mark(m), true, false);
		break;
	case 's':
		add_items(m, m->n - 2, false, true);
		break;
	case 'u':
		add_items(m, above_mark(m), true, true);
		break;
	case '0':
		pop(m);
		break;
	default:
		return false;
	}
	return true;
}

static const char *line(struct machine *m, size_t *n)
{
	const uint8_t *s = m->p;
	const uint8_t *end = memchr(s, '\n', (size_t)(m->end - s));

	*n = 0;
	if (!end) {
		complain(m, "the end of the file");
		return "";
	}
	*n = (size_t)(end - s);
	m->p = end + 1;
	return (const char *)s;
}

/* "module name", joined. */
static void name(struct machine *m, const char *module, size_t nmodule,
	const char *leaf, size_t nleaf)
{
	struct pickle *v = value(m, PICKLE_NAME);
	char *s;

	if (nmodule > 255 || nleaf > 255) {
		complain(m, "a name that is too long");
		return;
	}
	v->n = nmodule + 1 + nleaf;
	v->s = s = arena_alloc(m->a, v->n);
	memcpy(s, module, nmodule);
	s[nmodule] = ' ';
	memcpy(s + nmodule + 1, leaf, nleaf);
	push(m, v);
}

static void stack_name(struct machine *m)
{
	struct pickle *leaf = pop(m), *module = pop(m);

	if (leaf->kind == PICKLE_TEXT && module->kind == PICKLE_TEXT)
		name(m, module->s, module->n, leaf->s, leaf->n);
	else
		complain(m, "a name that is no text");
}

static bool object(struct machine *m, uint8_t op)
{
	struct pickle *v, *under;
	const char *module, *leaf;
	size_t nmodule, nleaf;

	switch (op) {
	case 'c': /* GLOBAL */
		module = line(m, &nmodule);
		leaf = line(m, &nleaf);
		name(m, module, nmodule, leaf, nleaf);
		break;
	case 0x93:
		stack_name(m);
		break;
	case 'R':  /* REDUCE */
	case 0x81: /* NEWOBJ */
		v = value(m, PICKLE_CALL);
		v->args = pop(m);
		v->what = pop(m);
		push(m, v);
		break;
	case 'b': /* BUILD */
		v = pop(m);
		under = top(m);
		if (under->kind == PICKLE_CALL)
			under->state = v;
		else
			complain(m, "a state without an object");
		break;
	case 'Q': /* BINPERSID */
		v = value(m, PICKLE_REF);
		v->args = pop(m);
		push(m, v);
		break;
	default:
		return false;
	}
	return true;
}

static void remember(struct machine *m, uint64_t at)
{
	struct pickle *v = top(m);

	if (at >= PICKLE_VALUES_MAX) {
		complain(m, "too large a memo");
		return;
	}
	if (at >= (uint64_t)m->memos) {
		int n = 2 * (int)at + 64;
		struct pickle **more =
			arena_zero(m->a, (size_t)n, sizeof *more);

		if (m->memos)
			memcpy(more, m->memo, (size_t)m->memos * sizeof *more);
		m->memo = more;
		m->memos = n;
	}
	m->memo[at] = v;
}

static void recall(struct machine *m, uint64_t at)
{
	if (at < (uint64_t)m->memos && m->memo[at])
		push(m, m->memo[at]);
	else
		complain(m, "a memo that is not there");
}

static bool memory(struct machine *m, uint8_t op)
{
	switch (op) {
	case 0x80:
		number(m, 1);
		break; /* PROTO */
	case 0x95:
		number(m, 8);
		break; /* FRAME */
	case 'q':
		remember(m, number(m, 1));
		break;
	case 'r':
		remember(m, number(m, 4));
		break;
	case 0x94:
		remember(m, (uint64_t)m->next++);
		break;
	case 'h':
		recall(m, number(m, 1));
		break;
	case 'j':
		recall(m, number(m, 4));
		break;
	default:
		return false;
	}
	return true;
}

struct pickle *pickle_read(const uint8_t *p, size_t n, size_t *used,
	struct arena *a, struct err *e)
{
	struct machine m = {.p = p, .begin = p, .end = p + n, .a = a};

	while (!m.error && m.p < m.end) {
		const uint8_t *at = m.p;
		uint8_t op = *m.p++;

		if (op == '.') {
			struct pickle *root = pop(&m);

			*used = (size_t)(m.p - p);
			if (!m.error)
				return root;
		} else if (!literal(&m, op) && !container(&m, op) &&
			   !object(&m, op) && !memory(&m, op)) {
			err_set(e, ERR_DATA,
				"byte %zu of the pickle: opcode 0x%02x is not "
				"one of those that data need",
				(size_t)(at - p), op);
			return NULL;
		}
	}
	err_set(e, ERR_DATA, "byte %zu of the pickle: %s", (size_t)(m.p - p),
		m.error ? m.error : "the end of the file");
	return NULL;
}

bool pickle_is(const struct pickle *v, enum pickle_kind kind, const char *s)
{
	return v && v->kind == kind && v->n == strlen(s) &&
	       !memcmp(v->s, s, v->n);
}

struct pickle *pickle_item(const struct pickle *v, int i)
{
	return v && (v->kind == PICKLE_TUPLE || v->kind == PICKLE_LIST) &&
			       i < v->nitems
		       ? v->item[i]
		       : NULL;
}

struct pickle *pickle_get(const struct pickle *v, const char *key)
{
	if (!v || (v->kind != PICKLE_DICT && v->kind != PICKLE_CALL))
		return NULL;
	for (int i = 0; i + 1 < v->nitems; i += 2)
		if (pickle_is(v->item[i], PICKLE_TEXT, key))
			return v->item[i + 1];
	return NULL;
}
