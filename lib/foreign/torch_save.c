#include "foreign/torch_save.h"
#include "base/buf.h"
#include "base/file.h"

#include <string.h>

enum { HEADERS_MAX = 64 << 20 }; /* bytes of names and the pickle */

/* ---- a zip archive of files as they are ---- */

struct writer {
	FILE *f;
	uint64_t at;     /* bytes written */
	struct buf list; /* of its files: the archive's last part */
	int n;
};

static uint32_t crc32_of(const uint8_t *p, size_t n)
{
	static uint32_t table[256];
	uint32_t c = 0xffffffff;

	for (uint32_t i = 0; i < 256 && !table[255]; i++) {
		uint32_t v = i;

		for (int k = 0; k < 8; k++)
			v = v & 1 ? v >> 1 ^ 0xedb88320 : v >> 1;
		table[i] = v;
	}
	while (n--)
		c = table[(c ^ *p++) & 255] ^ c >> 8;
	return ~c;
}

static void put(struct buf *b, uint64_t v, int bytes)
{
	for (; bytes; bytes--, v >>= 8) {
		char c = (char)v;

		buf_add(b, &c, 1);
	}
}

/* What both of a file's headers say of it. */
static void put_facts(struct buf *b, const char *name, uint32_t crc, size_t n)
{
	put(b, 20, 2); /* version 2.0 reads it: no flags, no method, no time */
	put(b, 0, 8);
	put(b, crc, 4);
	put(b, n, 4);
	put(b, n, 4);
	put(b, strlen(name), 2);
	put(b, 0, 2);
}

static void add_file(
	struct writer *w, const char *name, const void *p, size_t n)
{
	uint32_t crc = crc32_of(p, n);
	struct buf head;

	buf_init(&head, HEADERS_MAX);
	buf_add(&head, "PK\3\4", 4);
	put_facts(&head, name, crc, n);
	buf_str(&head, name);
	buf_add(&w->list, "PK\1\2", 4);
	put(&w->list, 20, 2);
	put_facts(&w->list, name, crc, n);
	put(&w->list, 0, 10); /* no comment; disk 0; no attributes */
	put(&w->list, w->at, 4);
	buf_str(&w->list, name);
	fwrite(head.p, 1, head.n, w->f);
	fwrite(p, 1, n, w->f);
	w->at += head.n + n;
	w->n++;
	buf_release(&head);
}

static void add_end(struct writer *w)
{
	size_t n = w->list.n;

	buf_add(&w->list, "PK\5\6", 4);
	put(&w->list, 0, 4);
	put(&w->list, (uint64_t)w->n, 2);
	put(&w->list, (uint64_t)w->n, 2);
	put(&w->list, n, 4);
	put(&w->list, w->at, 4);
	put(&w->list, 0, 2);
	fwrite(w->list.p, 1, w->list.n, w->f);
}

/* ---- the pickle: protocol 2, an OrderedDict of tensors ---- */

static void put_text(struct buf *b, const char *s)
{
	buf_str(b, "X");
	put(b, strlen(s), 4);
	buf_str(b, s);
}

static void put_number(struct buf *b, int64_t v)
{
	buf_str(b, "\x8a\x8"); /* LONG1 of eight bytes */
	put(b, (uint64_t)v, 8);
}

/* The shape, and how far neighbours of each axis lie apart. */
static void put_layout(struct buf *b, const struct nn_st_entry *t)
{
	buf_str(b, "(");
	for (int i = 0; i < t->rank; i++)
		put_number(b, t->shape[i]);
	buf_str(b, "t(");
	for (int i = 0; i < t->rank; i++) {
		int64_t stride = 1;

		for (int k = i + 1; k < t->rank; k++)
			stride *= t->shape[k];
		put_number(b, stride);
	}
	buf_str(b, "t");
}

static void put_tensor(struct buf *b, const struct nn_st_entry *t, int i)
{
	char key[16];

	snprintf(key, sizeof key, "%d", i);
	put_text(b, t->name);
	buf_str(b, "ctorch._utils\n_rebuild_tensor_v2\n((");
	put_text(b, "storage");
	buf_str(b, "ctorch\nFloatStorage\n");
	put_text(b, key);
	put_text(b, "cpu");
	put_number(b, (int64_t)nn_st_count(t));
	buf_str(b, "tQ"); /* a persistent id: where its values lie */
	put_number(b, 0);
	put_layout(b, t);
	/* No gradient is wanted; no hooks. */
	buf_str(b, "\x89"
		   "ccollections\nOrderedDict\n)RtR");
}

static void put_pickle(struct buf *b, const struct nn_st *st)
{
	buf_str(b, "\x80\x2"
		   "ccollections\nOrderedDict\n)R(");
	for (int i = 0; i < st->n; i++)
		put_tensor(b, &st->entry[i], i);
	buf_str(b, "u.");
}

static void write_all(struct writer *w, const struct nn_st *st)
{
	struct buf pickle;

	buf_init(&pickle, HEADERS_MAX);
	put_pickle(&pickle, st);
	add_file(w, "archive/data.pkl", pickle.p, pickle.n);
	buf_release(&pickle);
	for (int i = 0; i < st->n; i++) {
		char name[40];

		snprintf(name, sizeof name, "archive/data/%d", i);
		add_file(w, name, st->entry[i].data, st->entry[i].bytes);
	}
	add_file(w, "archive/version", "3\n", 2);
	add_end(w);
}

int foreign_torch_save(const struct nn_st *st, const char *path, struct err *e)
{
	struct file_out out;
	struct writer w = {0};

	for (int i = 0; i < st->n; i++)
		if (st->entry[i].type != NN_ST_F32)
			return err_set(e, ERR_DATA,
				"'%s': tensor '%.160s' is "
				"%s, not F32",
				st->path, st->entry[i].name,
				nn_st_type_name(st->entry[i].type));
	/* Offsets in the archive have 32 bits. */
	if (st->size > 0xf0000000 || st->n > 60000)
		return err_set(e, ERR_DATA,
			"'%s' is too large for a zip "
			"archive",
			st->path);
	if (file_begin(&out, path, e))
		return -1;
	w.f = out.f;
	buf_init(&w.list, HEADERS_MAX);
	write_all(&w, st);
	buf_release(&w.list);
	return file_commit(&out, e);
}
