#include "foreign/pickle_int.h"

#include <string.h>

/* Where the values above the last mark begin. */
static int above_mark(struct pickle_machine *m)
{
	int at = m->n;

	while (at && m->stack[at - 1]->kind != PICKLE_MARK)
		at--;
	if (!at)
		pickle_complain(m, "no mark");
	return at;
}

/* Put the values from `at` up into one, and take them, and the mark below
 * them where there is one, off. */
static void gather(
	struct pickle_machine *m, struct pickle *into, int at, bool marked)
{
	for (int i = at; i < m->n && !m->error; i++)
		pickle_put(m, into, m->stack[i]);
	m->n = marked && at ? at - 1 : at;
}

static void tuple(struct pickle_machine *m, int n)
{
	struct pickle *v = pickle_value(m, PICKLE_TUPLE);

	if (m->n < n) {
		pickle_complain(m, "an empty stack");
		return;
	}
	gather(m, v, m->n - n, false);
	pickle_push(m, v);
}

/* Items into the container under the mark, or under n values. */
static void add_items(struct pickle_machine *m, int at, bool marked, bool pairs)
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
		pickle_complain(m, "items without a container");
	else if (pairs || fits)
		gather(m, into, at, marked);
	else
		m->n = marked && at ? at - 1 : at;
}

static bool container(struct pickle_machine *m, uint8_t op)
{
	struct pickle *v;

	switch (op) {
	case '(':
		pickle_push(m, pickle_value(m, PICKLE_MARK));
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
		v = pickle_value(m, PICKLE_TUPLE);
		gather(m, v, above_mark(m), true);
		pickle_push(m, v);
		break;
	case ']':
		pickle_push(m, pickle_value(m, PICKLE_LIST));
		break;
	case '}':
		pickle_push(m, pickle_value(m, PICKLE_DICT));
		break;
	case 0x8f:
		pickle_push(m, pickle_value(m, PICKLE_LIST));
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
		pickle_pop(m);
		break;
	default:
		return false;
	}
	return true;
}

static const char *line(struct pickle_machine *m, size_t *n)
{
	const uint8_t *s = m->p;
	const uint8_t *end = memchr(s, '\n', (size_t)(m->end - s));

	*n = 0;
	if (!end) {
		pickle_complain(m, "the end of the file");
		return "";
	}
	*n = (size_t)(end - s);
	m->p = end + 1;
	return (const char *)s;
}

/* "module name", joined. */
static void name(struct pickle_machine *m, const char *module, size_t nmodule,
	const char *leaf, size_t nleaf)
{
	struct pickle *v = pickle_value(m, PICKLE_NAME);
	char *s;

	if (nmodule > 255 || nleaf > 255) {
		pickle_complain(m, "a name that is too long");
		return;
	}
	v->n = nmodule + 1 + nleaf;
	v->s = s = arena_alloc(m->a, v->n);
	memcpy(s, module, nmodule);
	s[nmodule] = ' ';
	memcpy(s + nmodule + 1, leaf, nleaf);
	pickle_push(m, v);
}

static void stack_name(struct pickle_machine *m)
{
	struct pickle *leaf = pickle_pop(m), *module = pickle_pop(m);

	if (leaf->kind == PICKLE_TEXT && module->kind == PICKLE_TEXT)
		name(m, module->s, module->n, leaf->s, leaf->n);
	else
		pickle_complain(m, "a name that is no text");
}

static bool object(struct pickle_machine *m, uint8_t op)
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
		v = pickle_value(m, PICKLE_CALL);
		v->args = pickle_pop(m);
		v->what = pickle_pop(m);
		pickle_push(m, v);
		break;
	case 'b': /* BUILD */
		v = pickle_pop(m);
		under = pickle_top(m);
		if (under->kind == PICKLE_CALL)
			under->state = v;
		else
			pickle_complain(m, "a state without an object");
		break;
	case 'Q': /* BINPERSID */
		v = pickle_value(m, PICKLE_REF);
		v->args = pickle_pop(m);
		pickle_push(m, v);
		break;
	default:
		return false;
	}
	return true;
}

static void remember(struct pickle_machine *m, uint64_t at)
{
	struct pickle *v = pickle_top(m);

	if (at >= PICKLE_VALUES_MAX) {
		pickle_complain(m, "too large a memo");
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

static void recall(struct pickle_machine *m, uint64_t at)
{
	if (at < (uint64_t)m->memos && m->memo[at])
		pickle_push(m, m->memo[at]);
	else
		pickle_complain(m, "a memo that is not there");
}

static bool memory(struct pickle_machine *m, uint8_t op)
{
	switch (op) {
	case 0x80:
		pickle_number(m, 1);
		break; /* PROTO */
	case 0x95:
		pickle_number(m, 8);
		break; /* FRAME */
	case 'q':
		remember(m, pickle_number(m, 1));
		break;
	case 'r':
		remember(m, pickle_number(m, 4));
		break;
	case 0x94:
		remember(m, (uint64_t)m->next++);
		break;
	case 'h':
		recall(m, pickle_number(m, 1));
		break;
	case 'j':
		recall(m, pickle_number(m, 4));
		break;
	default:
		return false;
	}
	return true;
}

struct pickle *pickle_read(const uint8_t *p, size_t n, size_t *used,
	struct arena *a, struct err *e)
{
	struct pickle_machine m = {.p = p, .begin = p, .end = p + n, .a = a};

	while (!m.error && m.p < m.end) {
		const uint8_t *at = m.p;
		uint8_t op = *m.p++;

		if (op == '.') {
			struct pickle *root = pickle_pop(&m);

			*used = (size_t)(m.p - p);
			if (!m.error)
				return root;
		} else if (!pickle_literal(&m, op) && !container(&m, op) &&
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
