#define _DEFAULT_SOURCE
#include "web/warc.h"
#include "base/arena.h"
#include "base/mem.h"
#include "base/num.h"
#include "web/digest.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BODY_MAX = 256 << 20, REQUEST_TEXT_MAX = 64 << 10 };

static int trouble(struct web_warc *w, struct err *e)
{
	return err_set(
		e, ERR_IO, "cannot write '%s': %s", w->path, strerror(errno));
}

/* "WARC-Record-ID: <urn:uuid:...>", a random UUID (RFC 4122, version 4). */
static void add_id(struct buf *b, const char *name, const uint8_t id[16])
{
	buf_printf(b, "%s: <urn:uuid:", name);
	for (int i = 0; i < 16; i++)
		buf_printf(b,
			i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x"
							      : "%02x",
			id[i]);
	buf_str(b, ">\r\n");
}

static void new_id(uint8_t id[16])
{
	BUG_ON(getrandom(id, 16, 0) != 16);
	id[6] = (uint8_t)((id[6] & 0x0f) | 0x40);
	id[8] = (uint8_t)((id[8] & 0x3f) | 0x80);
}

static void begin_record(struct buf *b, const char *type, const uint8_t id[16])
{
	time_t t = time(NULL);
	struct tm utc;
	char text[32];

	gmtime_r(&t, &utc);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
	buf_printf(b, "WARC/1.1\r\nWARC-Type: %s\r\n", type);
	add_id(b, "WARC-Record-ID", id);
	buf_printf(b, "WARC-Date: %s\r\n", text);
}

/* ---- opening ---- */

/* Pass over a record; false at its torn end, or where there is none. */
static bool pass_record(FILE *f, off_t size)
{
	char line[8192], *value;
	int64_t length = -1;

	if (!fgets(line, sizeof line, f) || strncmp(line, "WARC/1.", 7))
		return false;
	while (fgets(line, sizeof line, f) && strcmp(line, "\r\n")) {
		line[strcspn(line, "\r\n")] = 0;
		value = strchr(line, ':');
		if (!value)
			return false;
		*value++ = 0;
		value += strspn(value, " ");
		if (!strcasecmp(line, "Content-Length") &&
			!num_int(value, 0, INT64_MAX / 2, &length))
			return false;
	}
	if (length < 0 || fseeko(f, (off_t)length, SEEK_CUR) ||
		ftello(f) + 4 > size)
		return false;
	return fread(line, 1, 4, f) == 4 && !memcmp(line, "\r\n\r\n", 4);
}

/* Take off what a crash has left half-written. */
static int mend(struct web_warc *w, off_t size, struct err *e)
{
	off_t whole = 0;

	while (whole < size && pass_record(w->f, size))
		whole = ftello(w->f);
	if (!whole)
		return err_set(e, ERR_DATA, "'%s' is no WARC file", w->path);
	if (whole < size && ftruncate(fileno(w->f), whole))
		return trouble(w, e);
	return fseeko(w->f, whole, SEEK_SET) ? trouble(w, e) : 0;
}

static int write_record(struct web_warc *w, struct buf *head,
	const struct buf *b, struct err *e)
{
	buf_printf(head, "Content-Length: %zu\r\n\r\n", b->n);
	fwrite(head->p, 1, head->n, w->f);
	if (b->n)
		fwrite(b->p, 1, b->n, w->f);
	fputs("\r\n\r\n", w->f);
	return fflush(w->f) || ferror(w->f) ? trouble(w, e) : 0;
}

static int write_info(struct web_warc *w, const char *software, struct err *e)
{
	struct buf head, text;
	uint8_t id[16];
	int bad;

	buf_init(&head, 1024);
	buf_init(&text, 1024);
	new_id(id);
	begin_record(&head, "warcinfo", id);
	buf_str(&head, "Content-Type: application/warc-fields\r\n");
	buf_printf(&text, "software: %s\r\nformat: WARC File Format 1.1\r\n",
		software);
	bad = write_record(w, &head, &text, e);
	buf_release(&head);
	buf_release(&text);
	return bad;
}

int web_warc_open(struct web_warc *w, const char *path, const char *software,
	struct err *e)
{
	struct stat st;

	w->path = mem_dup(path);
	w->f = fopen(path, "r+b");
	if (!w->f && errno == ENOENT)
		w->f = fopen(path, "w+b");
	if (!w->f || fstat(fileno(w->f), &st)) {
		err_set(e, ERR_CREATE, "cannot open '%s': %s", path,
			strerror(errno));
	} else if (st.st_size ? !mend(w, st.st_size, e)
			      : !write_info(w, software, e)) {
		return 0;
	}
	if (w->f)
		fclose(w->f);
	mem_free(w->path);
	*w = (struct web_warc){0};
	return -1;
}

int web_warc_close(struct web_warc *w, struct err *e)
{
	int bad = 0;

	if (w->f && (fsync(fileno(w->f)) || fclose(w->f)))
		bad = trouble(w, e);
	mem_free(w->path);
	*w = (struct web_warc){0};
	return bad;
}

/* ---- an exchange ---- */

void web_warc_begin(
	struct web_warc_part *p, struct web_warc *w, const char *url)
{
	*p = (struct web_warc_part){.warc = w, .url = url};
	buf_init(&p->request, REQUEST_TEXT_MAX);
	buf_init(&p->body, BODY_MAX);
}

/* A header, line by line, without the values that are secrets. */
static void add_header(struct buf *b, const char *text, size_t n)
{
	static const char *const secrets[] = {
		"Authorization:", "Cookie:", "Set-Cookie:"};

	while (n) {
		const char *end = memchr(text, '\n', n), *secret = NULL;
		size_t line = end ? (size_t)(end - text) + 1 : n;

		for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
			size_t k = strlen(secrets[i]);

			if (line > k && !strncasecmp(text, secrets[i], k))
				secret = secrets[i];
		}
		if (secret)
			buf_printf(b, "%s (left out)\r\n", secret);
		else
			buf_add(b, text, line);
		text += line;
		n -= line;
	}
}

void web_warc_request(struct web_warc_part *p, const char *text, size_t n)
{
	add_header(&p->request, text, n);
}

void web_warc_body(struct web_warc_part *p, const char *text, size_t n)
{
	buf_add(&p->body, text, n);
}

/* "sha1:..." of some bytes. */
static void add_digest(struct buf *b, const char *name, const char *p, size_t n)
{
	char sha1[WEB_SHA1_TEXT];

	web_sha1(p, n, sha1);
	buf_printf(b, "%s: sha1:%s\r\n", name, sha1);
}

static bool chunked(const struct web_header *h)
{
	static const char name[] = "\nTransfer-Encoding:";
	const char *s = h->text.p;

	for (; s && *s; s = strchr(s + 1, '\n'))
		if (!strncasecmp(s, name, sizeof name - 1))
			return true;
	return false;
}

static int write_response(struct web_warc_part *p, const struct web_header *h,
	const struct web_warc_end *end, const uint8_t asked[16], struct err *e)
{
	const char *cut = p->body.overflow ? "length" : end->cut;
	struct buf head, all;
	uint8_t id[16];
	size_t n;
	int bad;

	buf_init(&head, 16384);
	buf_init(&all, BODY_MAX + 2 * WEB_HEADER_MAX);
	add_header(&all, h->text.p, h->text.n);
	n = all.n;
	if (p->body.n)
		buf_add(&all, p->body.p, p->body.n);
	new_id(id);
	begin_record(&head, "response", id);
	buf_printf(&head, "WARC-Target-URI: %s\r\n", p->url);
	add_id(&head, "WARC-Concurrent-To", asked);
	if (end->address && *end->address)
		buf_printf(&head, "WARC-IP-Address: %s\r\n", end->address);
	add_digest(&head, "WARC-Block-Digest", all.p, all.n);
	/* Of what is in chunks the payload is something else. */
	if (!chunked(h))
		add_digest(&head, "WARC-Payload-Digest", all.p + n, all.n - n);
	if (cut)
		buf_printf(&head, "WARC-Truncated: %s\r\n", cut);
	buf_str(&head, "Content-Type: application/http; msgtype=response\r\n");
	bad = write_record(p->warc, &head, &all, e);
	buf_release(&head);
	buf_release(&all);
	return bad;
}

int web_warc_end(struct web_warc_part *p, const struct web_header *h,
	const struct web_warc_end *end, struct err *e)
{
	struct buf head;
	uint8_t id[16];
	int bad = 0;

	buf_init(&head, 16384);
	new_id(id);
	begin_record(&head, "request", id);
	buf_printf(&head, "WARC-Target-URI: %s\r\n", p->url);
	buf_str(&head, "Content-Type: application/http; msgtype=request\r\n");
	if (p->request.n)
		bad = write_record(p->warc, &head, &p->request, e);
	if (!bad && h->status)
		bad = write_response(p, h, end, id, e);
	buf_release(&head);
	buf_release(&p->request);
	buf_release(&p->body);
	return bad;
}
