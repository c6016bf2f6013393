#include "data/page.h"
#include "base/file.h"
#include "base/mem.h"
#include "img/img.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 1 << 30, THUMB_SIDE = 320, THUMB_QUALITY = 85 };

/* The file lookbook.html, put here by the linker. */
extern const char _binary_lib_data_lookbook_html_start[];
extern const char _binary_lib_data_lookbook_html_end[];

struct page_entry {
	size_t at, n; /* its JSON in text */
	int index;    /* the order in which it came */
	const struct json *record;
	/* What it is sorted by. */
	int rank; /* 0 number, 1 word, 2 nothing */
	double number;
	const char *word;
	bool down;
};

void page_init(struct page *p, const char *folder)
{
	*p = (struct page){.folder = folder};
	buf_init(&p->text, TEXT_MAX);
}

void page_release(struct page *p)
{
	mem_free(p->entry);
	buf_release(&p->text);
	arena_release(&p->arena);
}

/* RFC 4648. */
static void add_base64(struct buf *out, const struct buf *in)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = (const unsigned char *)in->p;

	for (size_t i = 0; i < in->n; i += 3) {
		size_t left = in->n - i;
		uint32_t v = (uint32_t)p[i] << 16;
		char four[4];

		if (left > 1)
			v |= (uint32_t)p[i + 1] << 8;
		if (left > 2)
			v |= p[i + 2];
		for (int k = 0; k < 4; k++)
			four[k] = digits[v >> (18 - 6 * k) & 63];
		if (left < 3)
			four[3] = '=';
		if (left < 2)
			four[2] = '=';
		buf_add(out, four, 4);
	}
}

/* A name as a relative address, RFC 3986. */
static void add_address(struct buf *out, const char *name)
{
	for (; *name; name++)
		if (isalnum((unsigned char)*name) || strchr("-._~/", *name))
			buf_add(out, name, 1);
		else
			buf_printf(out, "%%%02X", (unsigned char)*name);
}

/* The thumbnail's address: itself in base 64, or the file that it is in. */
static int add_source(
	struct page *p, const struct buf *jpg, struct buf *out, struct err *e)
{
	struct arena a = {0};
	const char *name;
	int bad;

	if (!p->folder) {
		buf_str(out, "data:image/jpeg;base64,");
		add_base64(out, jpg);
		return 0;
	}
	name = arena_printf(&a, "%s/%06d.jpg", p->folder, p->n + 1);
	bad = file_put(name, jpg->p, jpg->n, e);
	add_address(out, "./");
	add_address(out, arena_printf(&a, "%s/%06d.jpg", file_base(p->folder),
				 p->n + 1));
	arena_release(&a);
	return bad;
}

/* No larger than the picture. */
int page_thumb_make(struct page_thumb *t, const char *file, struct err *e)
{
	struct img im, small;
	int side, bad;

	*t = (struct page_thumb){0};
	if (img_load(&im, file, THUMB_SIDE, e))
		return -1;
	side = im.w > im.h ? im.w : im.h;
	if (side > THUMB_SIDE) {
		int w = (int)((int64_t)im.w * THUMB_SIDE / side);
		int h = (int)((int64_t)im.h * THUMB_SIDE / side);

		img_resize(&small, &im, w ? w : 1, h ? h : 1);
		img_release(&im);
		im = small;
	}
	t->w = im.w;
	t->h = im.h;
	buf_init(&t->jpg, TEXT_MAX);
	bad = img_write_jpg(&im, THUMB_QUALITY, &t->jpg, e);
	img_release(&im);
	return bad;
}

/* JSON inside of a script element must not hold what ends the element, or a
 * comment; in JSON a < is always part of a string, where it has another name.
 */
static void add_json(struct buf *out, const struct json *j)
{
	struct buf plain;
	const char *s, *end;

	buf_init(&plain, TEXT_MAX);
	json_print_buf(j, &plain);
	for (s = plain.p; (end = strchr(s, '<')); s = end + 1) {
		buf_add(out, s, (size_t)(end - s));
		buf_str(out, "\\u003c");
	}
	buf_str(out, s);
	buf_release(&plain);
}

int page_add(struct page *p, const struct record *r, struct page_thumb *t,
	struct err *e)
{
	size_t at = p->text.n;
	int bad;

	buf_printf(&p->text, "{\"w\":%d,\"h\":%d,\"thumb\":\"", t->w, t->h);
	bad = add_source(p, &t->jpg, &p->text, e);
	buf_release(&t->jpg);
	if (bad) {
		p->text.n = at;
		return -1;
	}
	buf_str(&p->text, "\",\"record\":");
	add_json(&p->text, r->json);
	buf_str(&p->text, "}");
	if (p->text.overflow)
		return err_set(
			e, ERR_OS, "the page has more than %d bytes", TEXT_MAX);
	if (p->n == p->cap) {
		p->cap = p->cap ? p->cap * 2 : 64;
		p->entry = mem_grow(p->entry, (size_t)p->cap, sizeof *p->entry);
	}
	p->entry[p->n] = (struct page_entry){.at = at,
		.n = p->text.n - at,
		.index = p->n,
		.record = json_copy(&p->arena, r->json)};
	p->n++;
	return 0;
}

static int compare(const void *p, const void *q)
{
	const struct page_entry *a = p, *b = q;
	int order = 0;

	if (a->rank != b->rank)
		return a->rank - b->rank;
	if (a->rank == 0)
		order = (a->number > b->number) - (a->number < b->number);
	else if (a->rank == 1)
		order = strcmp(a->word, b->word);
	if (a->down)
		order = -order;
	return order ? order : a->index - b->index;
}

void page_sort(struct page *p, const char *key, bool down)
{
	for (int i = 0; i < p->n; i++) {
		struct page_entry *x = &p->entry[i];

		x->word = json_get_str(x->record, key);
		x->rank = x->word ? 1 : 2;
		if (json_get_num(x->record, key, &x->number))
			x->rank = 0;
		x->down = down;
	}
	qsort(p->entry, (size_t)p->n, sizeof *p->entry, compare);
}

static void put_text(const char *s, FILE *f)
{
	for (; *s; s++)
		switch (*s) {
		case '<':
			fputs("&lt;", f);
			break;
		case '>':
			fputs("&gt;", f);
			break;
		case '&':
			fputs("&amp;", f);
			break;
		default:
			fputc(*s, f);
		}
}

static void put_entries(const struct page *p, FILE *f)
{
	for (int i = 0; i < p->n; i++) {
		fwrite(p->text.p + p->entry[i].at, 1, p->entry[i].n, f);
		fputs(i + 1 < p->n ? ",\n" : "", f);
	}
}

void page_write(const struct page *p, const char *title, FILE *f)
{
	static const char title_here[] = "@TITLE@", entries[] = "@RECORDS@";
	const char *s = _binary_lib_data_lookbook_html_start;
	const char *end = _binary_lib_data_lookbook_html_end, *at;

	for (; (at = memchr(s, '@', (size_t)(end - s))); s = at) {
		size_t left = (size_t)(end - at);

		fwrite(s, 1, (size_t)(at - s), f);
		if (left >= sizeof title_here &&
			!memcmp(at, title_here, sizeof title_here - 1)) {
			put_text(title, f);
			at += sizeof title_here - 1;
		} else if (left >= sizeof entries &&
			   !memcmp(at, entries, sizeof entries - 1)) {
			put_entries(p, f);
			at += sizeof entries - 1;
		} else {
			fputc(*at++, f);
		}
	}
	fwrite(s, 1, (size_t)(end - s), f);
}
