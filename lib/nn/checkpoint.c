#include "nn/safetensors.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "json/json.h"

#include <string.h>

enum { ALIGN = 64, PIECE = 1 << 20 };

/* A tensor to be written: a parameter's values, or a state of it. */
struct item {
	const char *name;
	struct nn_backend *be;
	const struct nn_param *param;
	const char *data;
};

struct list {
	int n;
	struct item *item;
};

/* What a file has of a parameter: its values (0) and two states (1, 2). */
enum { WHAT = 3 };

static const char *what_name(
	struct arena *a, int what, const char *prefix, const char *name)
{
	if (!what)
		return arena_printf(a, "%s%s", prefix, name);
	return arena_printf(a, "optimizer.%d.%s%s", what - 1, prefix, name);
}

static void collect_part(struct list *list, struct arena *a,
	const struct nn_st_part *part, int what)
{
	struct nn_params *ps = part->params;

	for (int i = 0; i < ps->n; i++) {
		struct nn_param *p = ps->p[i];
		void *data = what ? p->state[what - 1] : p->x.data;

		if (data)
			list->item[list->n++] = (struct item){
				what_name(a, what, part->prefix, p->name),
				ps->be, p, data};
	}
}

static struct list collect(struct arena *a, const struct nn_st_part *part,
	int nparts, bool with_state)
{
	struct list list = {0};
	size_t n = 0;

	for (int i = 0; i < nparts; i++)
		n += WHAT * (size_t)part[i].params->n;
	list.item = arena_zero(a, n, sizeof *list.item);
	/* Values first: who wants them alone reads one stretch. */
	for (int what = 0; what < (with_state ? WHAT : 1); what++)
		for (int i = 0; i < nparts; i++)
			collect_part(&list, a, &part[i], what);
	return list;
}

static void put_shape(struct buf *b, int rank, const int64_t *dim)
{
	buf_str(b, "[");
	for (int i = 0; i < rank; i++)
		buf_printf(b, "%s%lld", i ? "," : "", (long long)dim[i]);
	buf_str(b, "]");
}

static void put_header(struct buf *b, const struct list *list,
	const struct nn_meta *meta, int nmeta)
{
	unsigned long long at = 0;

	buf_str(b, "{\"__metadata__\":{");
	for (int i = 0; i < nmeta; i++) {
		buf_str(b, i ? "," : "");
		json_quote(b, meta[i].key);
		buf_str(b, ":");
		json_quote(b, meta[i].value);
	}
	buf_str(b, "}");
	for (int i = 0; i < list->n; i++) {
		const struct nn_param *p = list->item[i].param;
		unsigned long long end = at + nn_bytes(&p->x);

		buf_str(b, ",");
		json_quote(b, list->item[i].name);
		buf_str(b, ":{\"dtype\":\"F32\",\"shape\":");
		put_shape(b, p->rank, p->shape);
		buf_printf(b, ",\"data_offsets\":[%llu,%llu]}", at, end);
		at = end;
	}
	buf_str(b, "}");
	/* The length itself takes eight bytes. */
	while ((b->n + 8) % ALIGN && !b->overflow)
		buf_str(b, " ");
}

static bool write_header(FILE *f, const struct buf *b)
{
	unsigned char length[8];

	for (int i = 0; i < 8; i++)
		length[i] = (unsigned char)((uint64_t)b->n >> (8 * i));
	return fwrite(length, 1, sizeof length, f) == sizeof length &&
	       fwrite(b->p, 1, b->n, f) == b->n;
}

/* From a device's memory to the file, by way of ours. */
static bool write_item(FILE *f, const struct item *it, char *piece)
{
	size_t size = nn_bytes(&it->param->x), n;

	for (size_t at = 0; at < size; at += n) {
		n = size - at < PIECE ? size - at : PIECE;
		it->be->copy(it->be, piece, it->data + at, n);
		if (fwrite(piece, 1, n, f) != n)
			return false;
	}
	return true;
}

int nn_st_save(const char *path, const struct nn_st_part *part, int nparts,
	bool with_state, const struct nn_meta *meta, int nmeta, struct err *e)
{
	struct arena a = {0};
	struct list list = collect(&a, part, nparts, with_state);
	char *piece = arena_alloc(&a, PIECE);
	struct file_out out;
	struct buf b;
	bool good;
	int bad;

	buf_init(&b, JSON_MAX);
	put_header(&b, &list, meta, nmeta);
	if (b.overflow) {
		bad = err_set(e, ERR_DATA,
			"cannot write '%s': a header of more than %d bytes",
			path, JSON_MAX);
		goto out;
	}
	bad = file_begin(&out, path, e);
	if (bad)
		goto out;
	good = write_header(out.f, &b);
	for (int i = 0; good && i < list.n; i++)
		good = write_item(out.f, &list.item[i], piece);
	/* What could not be written, the file remembers. */
	bad = file_commit(&out, e);
out:
	buf_release(&b);
	arena_release(&a);
	return bad;
}

static bool same_shape(const struct nn_param *p, const struct nn_st_entry *t)
{
	return p->rank == t->rank &&
	       !memcmp(p->shape, t->shape, (size_t)p->rank * sizeof *p->shape);
}

static bool is_float(enum nn_st_type type)
{
	return type == NN_ST_F32 || type == NN_ST_F64 || type == NN_ST_F16 ||
	       type == NN_ST_BF16;
}

/* Whether t, which may be missing (NULL), can fill p under that name. */
static int check(const struct nn_st *st, const char *name,
	const struct nn_param *p, const struct nn_st_entry *t, struct err *e)
{
	struct buf want, got;

	buf_init(&want, 256);
	buf_init(&got, 256);
	put_shape(&want, p->rank, p->shape);
	if (t)
		put_shape(&got, t->rank, t->shape);
	if (!t)
		err_set(e, ERR_DATA, "'%s' has no tensor '%s' %s", st->path,
			name, want.p);
	else if (!same_shape(p, t))
		err_set(e, ERR_DATA, "'%s': tensor '%s' is %s, %s expected",
			st->path, name, got.p, want.p);
	else if (!is_float(t->type))
		err_set(e, ERR_DATA, "'%s': tensor '%s' is %s, F32 expected",
			st->path, name, nn_st_type_name(t->type));
	buf_release(&want);
	buf_release(&got);
	return t && same_shape(p, t) && is_float(t->type) ? 0 : -1;
}

static void fill(struct nn_backend *be, float *to, const struct nn_st_entry *t)
{
	double wide[1024];
	float part[1024];
	size_t n = nn_st_count(t), some;

	if (t->type == NN_ST_F32) {
		be->copy(be, to, t->data, t->bytes);
		return;
	}
	for (size_t at = 0; at < n; at += some) {
		some = n - at < 1024 ? n - at : 1024;
		nn_st_values(t, at, some, wide);
		for (size_t i = 0; i < some; i++)
			part[i] = (float)wide[i];
		be->copy(be, to + at, part, some * sizeof *part);
		/* part is used again. */
		be->sync(be);
	}
}

static void find_all(const struct nn_st *st, const char *prefix,
	const struct nn_param *p, bool with_state, struct arena *a,
	const char *name[WHAT], const struct nn_st_entry *t[WHAT])
{
	for (int i = 0; i < WHAT; i++) {
		name[i] = what_name(a, i, prefix, p->name);
		t[i] = i && !with_state ? NULL : nn_st_find(st, name[i]);
	}
}

static void fill_param(struct nn_params *ps, struct nn_param *p,
	bool with_state, const struct nn_st_entry *const t[WHAT])
{
	if (t[0]) {
		fill(ps->be, p->x.data, t[0]);
		p->x.version++;
	}
	for (int k = 0; with_state && k < 2; k++) {
		if (t[k + 1])
			fill(ps->be, nn_param_state(ps, p, k), t[k + 1]);
		else if (p->state[k])
			ps->be->clear(ps->be, p->state[k], nn_bytes(&p->x));
	}
}

int nn_st_load(const struct nn_st *st, const char *prefix, struct nn_params *ps,
	bool with_state, bool missing_ok, int *missing, struct err *e)
{
	const struct nn_st_entry *t[WHAT];
	const char *name[WHAT];
	struct arena a = {0};
	int bad = 0, gone = 0;

	/* All is looked at before anything is changed. */
	for (int i = 0; !bad && i < ps->n; i++) {
		const struct nn_param *p = ps->p[i];

		find_all(st, prefix, p, with_state, &a, name, t);
		gone += !t[0];
		for (int k = 0; !bad && k < WHAT; k++)
			if (t[k] || (k == 0 && !missing_ok))
				bad = check(st, name[k], p, t[k], e);
	}
	for (int i = 0; !bad && i < ps->n; i++) {
		arena_reset(&a);
		find_all(st, prefix, ps->p[i], with_state, &a, name, t);
		fill_param(ps, ps->p[i], with_state, t);
	}
	/* The file may be closed, and its map go, as soon as we are back. */
	ps->be->sync(ps->be);
	arena_release(&a);
	if (!bad && missing)
		*missing = gone;
	return bad;
}
