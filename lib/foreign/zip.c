#include "foreign/zip.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	END = 22,     /* bytes of the end record, without a comment */
	LOCATOR = 20, /* of the 64-bit one's locator, before it, */
	END64 = 56,   /* and of itself */
	ENTRY = 46,   /* of a central entry, without its name */
	LOCAL = 30,   /* of a local header */
	COMMENT_MAX = 65535,
	FILES_MAX = 1 << 16
};

static uint64_t get(const uint8_t *p, int bytes)
{
	uint64_t v = 0;

	for (int i = 0; i < bytes; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

static int broken(struct err *e, const char *why)
{
	return err_set(e, ERR_DATA, "a broken zip archive: %s", why);
}

struct directory {
	uint64_t files, at, size;
};

static int find_directory(
	const uint8_t *p, size_t n, struct directory *d, struct err *e)
{
	const uint8_t *end = NULL;
	uint64_t at;

	for (size_t back = END; back <= n && back <= END + COMMENT_MAX; back++)
		if (!memcmp(p + n - back, "PK\5\6", 4)) {
			end = p + n - back;
			break;
		}
	if (!end)
		return broken(e, "no directory at its end, it may be cut off");
	*d = (struct directory){
		get(end + 10, 2), get(end + 16, 4), get(end + 12, 4)};
	if (end - p < LOCATOR || memcmp(end - LOCATOR, "PK\6\7", 4))
		return 0;
	at = get(end - LOCATOR + 8, 8);
	if (n < END64 || at > n - END64 || memcmp(p + at, "PK\6\6", 4))
		return broken(e, "no 64-bit directory where it should be");
	*d = (struct directory){
		get(p + at + 32, 8), get(p + at + 48, 8), get(p + at + 40, 8)};
	return 0;
}

/* What did not fit into 32 bits, from the extra field of an entry. */
static bool widen(const uint8_t *p, size_t n, uint64_t v[3])
{
	while (n >= 4) {
		size_t size = get(p + 2, 2);
		bool wide = get(p, 2) == 1;

		p += 4;
		n -= 4;
		if (size > n)
			return false;
		for (int i = 0; wide && i < 3; i++) {
			if (v[i] != UINT32_MAX)
				continue;
			if (size < 8)
				return false;
			v[i] = get(p, 8);
			p += 8;
			n -= 8;
			size -= 8;
		}
		p += size;
		n -= size;
	}
	return true;
}

/* The central entry at *at, of the n bytes at p; *at moves on. */
static int read_entry(const uint8_t *p, size_t n, size_t *at,
	struct zip_file *f, struct arena *a, struct err *e)
{
	const uint8_t *c = p + *at;
	size_t left = n - *at, name, extra;
	uint64_t v[3]; /* size, size packed, place of the local header */

	if (left < ENTRY || memcmp(c, "PK\1\2", 4))
		return broken(e, "an entry of its directory is none");
	name = get(c + 28, 2);
	extra = get(c + 30, 2);
	if (left - ENTRY < name + extra + get(c + 32, 2))
		return broken(e, "its directory is cut off");
	f->name = arena_dupn(a, (const char *)c + ENTRY, name);
	v[0] = get(c + 24, 4);
	v[1] = get(c + 20, 4);
	v[2] = get(c + 42, 4);
	if (!widen(c + ENTRY + name, extra, v))
		return broken(e, "an entry's 64-bit numbers are missing");
	*at += ENTRY + name + extra + get(c + 32, 2);
	if (get(c + 10, 2) || get(c + 8, 2) & 1 || v[0] != v[1])
		return err_set(e, ERR_DATA,
			"a zip archive whose files are packed or encrypted: "
			"PyTorch writes none");
	if (n < LOCAL || v[2] > n - LOCAL || memcmp(p + v[2], "PK\3\4", 4))
		return broken(e, "a file is not where it should be");
	left = n - LOCAL - v[2];
	name = get(p + v[2] + 26, 2) + get(p + v[2] + 28, 2);
	if (name > left || v[0] > left - name)
		return broken(e, "a file is cut off");
	f->data = p + v[2] + LOCAL + name;
	f->n = v[0];
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct zip_file *x = a, *y = b;

	return strcmp(x->name, y->name);
}

int zip_open(struct zip *z, const uint8_t *p, size_t n, struct arena *a,
	struct err *e)
{
	struct directory d = {0};
	size_t at;

	*z = (struct zip){0};
	if (find_directory(p, n, &d, e))
		return -1;
	if (d.files > FILES_MAX || d.at > n || d.size > n - d.at)
		return broken(e, "its directory is larger than itself");
	z->file = arena_zero(a, d.files + 1, sizeof *z->file);
	at = d.at;
	while ((uint64_t)z->n < d.files)
		if (read_entry(p, n, &at, &z->file[z->n++], a, e))
			return -1;
	qsort(z->file, (size_t)z->n, sizeof *z->file, by_name);
	return 0;
}

const struct zip_file *zip_find(const struct zip *z, const char *name)
{
	const struct zip_file want = {.name = name};

	return z->n ? bsearch(&want, z->file, (size_t)z->n, sizeof *z->file,
			      by_name)
		    : NULL;
}
