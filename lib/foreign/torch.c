#include "foreign/foreign_int.h"
#include "foreign/zip.h"

#include <stdlib.h>
#include <string.h>

/* A run of values that tensors share, by the key that persistent ids have. */
struct storage {
	char *key;
	const uint8_t *data;
	uint64_t size;
};

/* Where the data of a file are: in the archive, or a list of our own. */
struct source {
	const struct zip *zip;
	const char *prefix; /* of the archive's names */
	int n;
	struct storage *storage; /* by key */
	struct arena *a;
};

static int by_key(const void *a, const void *b)
{
	const struct storage *x = a, *y = b;

	return strcmp(x->key, y->key);
}

static bool find(
	struct source *s, const struct pickle *key, struct foreign_tensor *t)
{
	struct storage want = {arena_dupn(s->a, key->s, key->n), NULL, 0};
	const struct storage *st;
	const struct zip_file *f;

	if (s->zip) {
		f = zip_find(s->zip,
			arena_printf(s->a, "%sdata/%s", s->prefix, want.key));
		t->data = f ? f->data : NULL;
		t->size = f ? f->n : 0;
		return f != NULL;
	}
	st = s->n ? bsearch(&want, s->storage, (size_t)s->n, sizeof *s->storage,
			    by_key)
		  : NULL;
	t->data = st ? st->data : NULL;
	t->size = st ? st->size : 0;
	return st != NULL;
}

/* The type of a storage's class. */
static bool storage_type(const struct pickle *v, enum nn_st_type *type)
{
	static const struct {
		const char *name;
		enum nn_st_type type;
	} types[] = {
		{"torch FloatStorage", NN_ST_F32},
		{"torch DoubleStorage", NN_ST_F64},
		{"torch HalfStorage", NN_ST_F16},
		{"torch BFloat16Storage", NN_ST_BF16},
		{"torch LongStorage", NN_ST_I64},
		{"torch IntStorage", NN_ST_I32},
		{"torch ShortStorage", NN_ST_I16},
		{"torch CharStorage", NN_ST_I8},
		{"torch ByteStorage", NN_ST_U8},
		{"torch BoolStorage", NN_ST_BOOL},
	};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (pickle_is(v, PICKLE_NAME, types[i].name)) {
			*type = types[i].type;
			return true;
		}
	return false;
}

static int tensor(void *arg, const struct pickle *v, struct foreign_tensor *t,
	struct err *e)
{
	const struct pickle *id, *offset;

	if (v && v->kind == PICKLE_CALL &&
		pickle_is(v->what, PICKLE_NAME,
			"torch._utils _rebuild_parameter"))
		v = pickle_item(v->args, 0);
	if (!v || v->kind != PICKLE_CALL ||
		!pickle_is(v->what, PICKLE_NAME,
			"torch._utils _rebuild_tensor_v2"))
		return 0;
	id = pickle_item(v->args, 0);
	id = id && id->kind == PICKLE_REF ? id->args : NULL;
	offset = pickle_item(v->args, 1);
	t->rank = foreign_sizes(pickle_item(v->args, 2), t->shape);
	if (!pickle_is(pickle_item(id, 0), PICKLE_TEXT, "storage") ||
		!pickle_item(id, 2) ||
		pickle_item(id, 2)->kind != PICKLE_TEXT || !offset ||
		offset->kind != PICKLE_INT || offset->i < 0 || t->rank < 0 ||
		foreign_sizes(pickle_item(v->args, 3), t->stride) != t->rank)
		return err_set(e, ERR_DATA, "its description is no tensor's");
	t->offset = (uint64_t)offset->i;
	if (!storage_type(pickle_item(id, 1), &t->type))
		return err_set(e, ERR_DATA, "it is of a type that we lack");
	if (!find(arg, pickle_item(id, 2), t))
		return err_set(e, ERR_DATA, "its data are not in the file");
	return 1;
}

int foreign_torch_zip(struct nn_st *st, const uint8_t *p, struct err *e)
{
	struct source s = {.a = &st->arena};
	const struct zip_file *f = NULL;
	struct zip z;
	struct pickle *root;
	size_t used, n;

	if (zip_open(&z, p, st->size, &st->arena, e))
		return -1;
	/* NAME/data.pkl, whatever the file was called when it was written. */
	for (int i = 0; i < z.n && !f; i++) {
		n = strlen(z.file[i].name);
		if (n >= 8 && !strcmp(z.file[i].name + n - 8, "data.pkl"))
			f = &z.file[i];
	}
	if (!f)
		return err_set(e, ERR_DATA,
			"a zip archive that torch.save did not write: it has "
			"no data.pkl");
	s.zip = &z;
	s.prefix = arena_dupn(&st->arena, f->name, strlen(f->name) - 8);
	root = pickle_read(f->data, f->n, &used, &st->arena, e);
	f = zip_find(&z, arena_printf(&st->arena, "%sbyteorder", s.prefix));
	if (f && f->n >= 3 && !memcmp(f->data, "big", 3))
		return err_set(e, ERR_DATA, "its numbers are big endian");
	return root ? foreign_collect(st, root, tensor, &s, e) : -1;
}

/* ---- the older stream: pickles, then the storages one after the other ---- */

bool foreign_is_torch(const struct pickle *first)
{
	static const char magic[] = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";

	return first->kind == PICKLE_INT && first->n == sizeof magic - 1 &&
	       !memcmp(first->s, magic, sizeof magic - 1);
}

/* Value sizes by key, from the persistent ids: the stream has only counts. A
 * class of storage that nobody names is skipped by its id's in find_types. */
struct types {
	struct pickle_id {
		const struct pickle *key;
		enum nn_st_type type;
	} * id;
	int n;
};

static int by_text(const void *a, const void *b)
{
	const struct pickle *x = ((const struct pickle_id *)a)->key;
	const struct pickle *y = ((const struct pickle_id *)b)->key;
	size_t n = x->n < y->n ? x->n : y->n;
	int c = n ? memcmp(x->s, y->s, n) : 0;

	return c ? c : (x->n > y->n) - (x->n < y->n);
}

/* Note the storages of a dictionary's tensors, and of dictionaries in it to a
 * depth: optimisers have theirs there. */
static void find_types(struct types *t, const struct pickle *v, int depth,
	int *left, struct arena *a)
{
	const struct pickle *id;

	if (!v || depth > 8 || --*left < 0)
		return;
	id = v->kind == PICKLE_REF ? v->args : NULL;
	if (id && pickle_item(id, 2) &&
		pickle_item(id, 2)->kind == PICKLE_TEXT &&
		storage_type(pickle_item(id, 1), &t->id[t->n].type))
		t->id[t->n++].key = pickle_item(id, 2);
	find_types(t, v->args, depth + 1, left, a);
	find_types(t, v->state, depth + 1, left, a);
	for (int i = 0; i < v->nitems; i++)
		find_types(t, v->item[i], depth + 1, left, a);
}

static int read_storages(struct source *s, const struct types *types,
	const struct pickle *keys, const uint8_t *p, size_t n, struct err *e)
{
	s->storage =
		arena_zero(s->a, (size_t)keys->nitems + 1, sizeof *s->storage);
	for (int i = 0; i < keys->nitems; i++) {
		struct storage *to = &s->storage[s->n];
		struct pickle_id want = {keys->item[i], 0}, *id;
		uint64_t count = 0;

		if (want.key->kind != PICKLE_TEXT)
			return err_set(e, ERR_DATA, "a key that is no text");
		id = types->n ? bsearch(&want, types->id, (size_t)types->n,
					sizeof *types->id, by_text)
			      : NULL;
		if (!id)
			return err_set(e, ERR_DATA,
				"data of an unknown type are in it");
		if (n < 8)
			return err_set(e, ERR_DATA, "it is cut off");
		for (int k = 0; k < 8; k++)
			count |= (uint64_t)p[k] << (8 * k);
		p += 8;
		n -= 8;
		if (count > n / nn_st_type_size(id->type))
			return err_set(e, ERR_DATA, "it is cut off");
		to->key = arena_dupn(s->a, want.key->s, want.key->n);
		to->data = p;
		to->size = count * nn_st_type_size(id->type);
		p += to->size;
		n -= to->size;
		s->n++;
	}
	qsort(s->storage, (size_t)s->n, sizeof *s->storage, by_key);
	return 0;
}

int foreign_torch_stream(
	struct nn_st *st, const uint8_t *p, size_t used, struct err *e)
{
	enum { PROTOCOL, SYSTEM, OBJECT, KEYS, PICKLES };
	struct source s = {.a = &st->arena};
	struct pickle *v[PICKLES];
	struct types types = {0};
	int left = PICKLE_VALUES_MAX;
	size_t n = st->size - used;

	p += used;
	for (int i = 0; i < PICKLES; i++) {
		v[i] = pickle_read(p, n, &used, &st->arena, e);
		if (!v[i])
			return -1;
		p += used;
		n -= used;
	}
	if (v[KEYS]->kind != PICKLE_LIST)
		return err_set(e, ERR_DATA, "no list of its data");
	types.id =
		arena_alloc(&st->arena, ((size_t)left + 1) * sizeof *types.id);
	find_types(&types, v[OBJECT], 0, &left, &st->arena);
	qsort(types.id, (size_t)types.n, sizeof *types.id, by_text);
	if (read_storages(&s, &types, v[KEYS], p, n, e))
		return -1;
	return foreign_collect(st, v[OBJECT], tensor, &s, e);
}
