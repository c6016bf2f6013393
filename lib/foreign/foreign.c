#include "foreign/foreign.h"
#include "foreign/foreign_int.h"

#include <stdlib.h>
#include <string.h>

int foreign_sizes(const struct pickle *v, int64_t to[NN_ST_RANK_MAX])
{
	int n = 0;

	if (!v || (v->kind != PICKLE_TUPLE && v->kind != PICKLE_LIST))
		return -1;
	for (; n < v->nitems; n++) {
		const struct pickle *d = v->item[n];

		if (n == NN_ST_RANK_MAX || d->kind != PICKLE_INT || d->i < 0 ||
			d->i == INT64_MAX)
			return -1;
		to[n] = d->i;
	}
	return n;
}

/* How many values a tensor has, whether they lie as its shape would have them
 * in a row, and the place of its last; false when that overflows. */
static bool measure(const struct foreign_tensor *t, int64_t *count,
	bool *in_order, int64_t *last)
{
	int64_t next = 1, reach;

	*in_order = true;
	*last = 0;
	*count = 1;
	for (int i = t->rank - 1; i >= 0; i--) {
		if (__builtin_mul_overflow(*count, t->shape[i], count))
			return false;
		if (t->shape[i] > 1 && t->stride[i] != next)
			*in_order = false;
		if (t->shape[i] > 0 &&
			(__builtin_mul_overflow(
				 t->shape[i] - 1, t->stride[i], &reach) ||
				__builtin_add_overflow(*last, reach, last) ||
				__builtin_mul_overflow(
					next, t->shape[i], &next)))
			return false;
	}
	return true;
}

/* Put the values of a tensor that lie otherwise in order. */
static void *reorder(const struct foreign_tensor *t, int64_t count,
	const uint8_t *from, size_t size, struct arena *a)
{
	uint8_t *to = arena_alloc(a, (size_t)count * size);
	int64_t at[NN_ST_RANK_MAX] = {0};

	for (int64_t k = 0; k < count; k++) {
		int64_t place = 0;

		for (int i = 0; i < t->rank; i++)
			place += at[i] * t->stride[i];
		memcpy(to + (size_t)k * size, from + (size_t)place * size,
			size);
		for (int i = t->rank - 1; i >= 0; i--) {
			if (++at[i] < t->shape[i])
				break;
			at[i] = 0;
		}
	}
	return to;
}

static int place(struct nn_st *st, struct nn_st_entry *to,
	const struct foreign_tensor *t, struct err *e)
{
	size_t size = nn_st_type_size(t->type);
	uint64_t values = t->size / size;
	int64_t count, last;
	const uint8_t *data;
	bool in_order;

	if (!measure(t, &count, &in_order, &last))
		return err_set(e, ERR_DATA, "it is too large to be true");
	if (count && (t->offset > values || (uint64_t)last >= values ||
			     (uint64_t)last >= values - t->offset))
		return err_set(
			e, ERR_DATA, "its data end before its last value");
	/* Else a few bytes could say that they are gigabytes. */
	if (!in_order && (uint64_t)count > values)
		return err_set(e, ERR_DATA, "it repeats values of its data");
	to->type = t->type;
	to->rank = t->rank;
	memcpy(to->shape, t->shape, sizeof to->shape);
	to->bytes = (size_t)count * size;
	data = count ? t->data + t->offset * size : t->data;
	to->data = in_order ? data : reorder(t, count, data, size, &st->arena);
	return 0;
}

/* Where a file has its tensors. */
static const struct pickle *dictionary(const struct pickle *root)
{
	static const char *const names[] = {"model", "state_dict",
		"model_state_dict", "blobs", "model_state", "generator"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct pickle *v = pickle_get(root, names[i]);

		if (v && (v->kind == PICKLE_DICT || v->kind == PICKLE_CALL) &&
			v->nitems)
			return v;
	}
	return root;
}

static int by_name(const void *a, const void *b)
{
	const struct nn_st_entry *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

int foreign_collect(struct nn_st *st, const struct pickle *root,
	foreign_tensor_fn make, void *arg, struct err *e)
{
	const struct pickle *dict = dictionary(root);
	size_t most = (size_t)dict->nitems / 2 + 1;

	st->entry = arena_zero(&st->arena, most, sizeof *st->entry);
	st->by_name = arena_zero(&st->arena, most, sizeof *st->by_name);
	for (int i = 0; i + 1 < dict->nitems; i += 2) {
		const struct pickle *key = dict->item[i];
		struct nn_st_entry *to = &st->entry[st->n];
		struct foreign_tensor t = {0};
		int got;

		if (key->kind != PICKLE_TEXT)
			continue;
		to->name = arena_dupn(&st->arena, key->s, key->n);
		got = make(arg, dict->item[i + 1], &t, e);
		if (got < 0 || (got && place(st, to, &t, e)))
			return err_wrap(e, "tensor '%.160s'", to->name);
		if (got) {
			st->by_name[st->n] = to;
			st->n++;
		}
	}
	if (!st->n)
		return err_set(e, ERR_DATA, "no tensors in it");
	qsort(st->by_name, (size_t)st->n, sizeof *st->by_name, by_name);
	for (int i = 1; i < st->n; i++)
		if (!strcmp(st->by_name[i - 1]->name, st->by_name[i]->name))
			return err_set(e, ERR_DATA,
				"tensor '%.160s' is there twice",
				st->by_name[i]->name);
	return 0;
}

static int read_pickles(struct nn_st *st, const uint8_t *p, struct err *e)
{
	size_t used;
	struct pickle *first = pickle_read(p, st->size, &used, &st->arena, e);

	if (!first)
		return -1;
	if (foreign_is_torch(first))
		return foreign_torch_stream(st, p, used, e);
	return foreign_collect(st, first, foreign_array, &st->arena, e);
}

/* DataParallel puts "module." before every name. */
static void strip_module(struct nn_st *st)
{
	for (int i = 0; i < st->n; i++)
		if (strncmp(st->entry[i].name, "module.", 7))
			return;
	for (int i = 0; i < st->n; i++)
		st->entry[i].name += 7;
}

static int open_any(struct nn_st *st, const char *path, struct err *e)
{
	const uint8_t *p = nn_st_map(st, path, e);
	int bad = -1;

	if (p && st->size > 4 && !memcmp(p, "PK\3\4", 4))
		bad = foreign_torch_zip(st, p, e);
	else if (p && st->size > 8 && p[0] == 0x80 && p[8] != '{')
		bad = read_pickles(st, p, e);
	else if (p && !nn_st_parse(st, p, e))
		return 0;
	else
		p = NULL; /* the message has the path */
	if (bad && p)
		err_wrap(e, "'%s'", st->path);
	return bad;
}

int foreign_open(struct nn_st *st, const char *path, struct err *e)
{
	if (open_any(st, path, e)) {
		nn_st_close(st);
		return -1;
	}
	strip_module(st);
	return 0;
}
