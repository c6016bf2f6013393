/* Bodies: read, drawn, or blown up to be bombs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>
#include "faultd.h"
#include "base/file.h"
#include "base/mem.h"
#include "data/synth.h"

enum {
	BODY_MAX = 256 << 20,
	DEFLATE_RAW = -15,
	DEFLATE_ZLIB = 15,
	DEFLATE_GZIP = 31
};

/* n bytes compressed, appended to out. */
static void squeeze(struct buf *out, const void *p, size_t n, int form)
{
	static unsigned char part[64 << 10];
	z_stream z = {
		.next_in = (unsigned char *)(size_t)p, .avail_in = (unsigned)n};
	int end;

	BUG_ON(deflateInit2(&z, 6, Z_DEFLATED, form, 8, 0) != Z_OK);
	do {
		z.next_out = part;
		z.avail_out = sizeof(part);
		end = deflate(&z, Z_FINISH);
		buf_add(out, part, sizeof(part) - z.avail_out);
	} while (end == Z_OK);
	deflateEnd(&z);
}

static void big_endian(unsigned char to[4], unsigned long v)
{
	for (int i = 0; i < 4; i++)
		to[i] = (unsigned char)(v >> (24 - 8 * i));
}

static void png_chunk(
	struct buf *out, const char *type, const void *p, size_t n)
{
	unsigned char word[4];
	unsigned long crc = crc32(0, (const unsigned char *)type, 4);

	if (n)
		crc = crc32(crc, p, (unsigned)n);
	big_endian(word, n);
	buf_add(out, word, 4);
	buf_add(out, type, 4);
	buf_add(out, p, n);
	big_endian(word, crc);
	buf_add(out, word, 4);
}

/* A whole and valid PNG of one bit a pixel, all of it black. */
static void png_bomb(struct buf *out, int w, int h)
{
	unsigned char head[13] = {[8] = 1};
	size_t n = ((size_t)(w + 7) / 8 + 1) * (size_t)h;
	unsigned char *rows = mem_alloc(n, 1);
	struct buf data;

	buf_init(&data, BODY_MAX);
	squeeze(&data, rows, n, DEFLATE_ZLIB);
	mem_free(rows);
	big_endian(head, (unsigned long)w);
	big_endian(head + 4, (unsigned long)h);
	buf_add(out, "\x89PNG\r\n\x1a\n", 8);
	png_chunk(out, "IHDR", head, sizeof(head));
	png_chunk(out, "IDAT", data.p, data.n);
	png_chunk(out, "IEND", "", 0);
	buf_release(&data);
}

static int draw(struct buf *out, const struct answer *a, int w, int h,
	unsigned seed, struct err *e)
{
	struct synth_photo photo;
	int bad;

	if (w < SYNTH_SIDE_MIN || h < SYNTH_SIDE_MIN || w > SYNTH_SIDE_MAX ||
		h > SYNTH_SIDE_MAX)
		return err_set(e, ERR_DATA, "no photograph of size %s", a->of);
	synth_draw(&photo, seed, 0, w, h);
	bad = a->source == SOURCE_JPG ? img_write_jpg(&photo.im, 0, out, e)
				      : img_write_png(&photo.im, out, e);
	synth_release(&photo);
	return bad;
}

static int read_file(
	struct buf *out, const char *root, const char *name, struct err *e)
{
	struct arena mem = {0};
	size_t n;
	char *text =
		file_read(file_join(&mem, root, name), BODY_MAX, &mem, &n, e);

	if (text)
		buf_add(out, text, n);
	arena_release(&mem);
	return text ? 0 : -1;
}

static int make(struct answer *a, const char *root, struct err *e)
{
	int w = 0, h = 0;
	unsigned seed = 1;
	unsigned char *zeros;
	size_t n;

	switch (a->source) {
	case SOURCE_NONE:
		return 0;
	case SOURCE_TEXT:
	case SOURCE_RAW:
		buf_str(&a->body, a->of);
		return 0;
	case SOURCE_PAGE:
	case SOURCE_FILE:
		return read_file(&a->body, root, a->of, e);
	case SOURCE_ZEROS:
		n = strtoul(a->of, NULL, 10);
		if (n > BODY_MAX)
			return err_set(
				e, ERR_DATA, "zeros=%s: too many", a->of);
		zeros = mem_alloc(n + 1, 1);
		if (a->gzip)
			squeeze(&a->body, zeros, n, DEFLATE_GZIP);
		else
			buf_add(&a->body, zeros, n);
		mem_free(zeros);
		return 0;
	default:
		break;
	}
	if (sscanf(a->of, "%dx%d:%u", &w, &h, &seed) < 2 || w < 1 || h < 1 ||
		w > 1 << 16 || h > 1 << 16)
		return err_set(e, ERR_DATA, "'%s' is no size", a->of);
	if (a->source != SOURCE_BOMB)
		return draw(&a->body, a, w, h, seed, e);
	png_bomb(&a->body, w, h);
	return 0;
}

void body_gzip(struct buf *b)
{
	struct buf small;

	buf_init(&small, BODY_MAX);
	squeeze(&small, b->p, b->n, DEFLATE_GZIP);
	buf_release(b);
	*b = small;
}

int body_make(struct answer *a, const char *root, struct err *e)
{
	buf_init(&a->body, BODY_MAX);
	if (make(a, root, e))
		return -1;
	/* Text is filled in first, a request at a time. */
	if (a->gzip && a->source != SOURCE_TEXT && a->source != SOURCE_PAGE &&
		a->source != SOURCE_ZEROS)
		body_gzip(&a->body);
	for (size_t i = 0; i < a->body.n; i++)
		a->sum = a->sum * 33 + (unsigned char)a->body.p[i];
	return 0;
}

const char *body_type(const struct answer *a)
{
	static const char *const by_end[][2] = {{".html", "text/html"},
		{".json", "application/json"}, {".jpg", "image/jpeg"},
		{".png", "image/png"}};
	size_t n = a->of ? strlen(a->of) : 0;

	if (a->type)
		return a->type;
	if (a->source == SOURCE_JPG)
		return "image/jpeg";
	if (a->source == SOURCE_PNG || a->source == SOURCE_BOMB)
		return "image/png";
	if (a->source == SOURCE_PAGE || a->source == SOURCE_FILE)
		for (size_t i = 0; i < sizeof(by_end) / sizeof(*by_end); i++) {
			size_t m = strlen(by_end[i][0]);

			if (n > m && !strcasecmp(a->of + n - m, by_end[i][0]))
				return by_end[i][1];
		}
	if (a->source == SOURCE_TEXT && a->of[0] == '{')
		return "application/json";
	return a->source == SOURCE_TEXT ? "text/plain"
					: "application/octet-stream";
}
