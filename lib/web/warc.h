/*
 * The raw exchange in WARC 1.1 (ISO 28500): what was asked and what came, a
 * request record and a response record each, with the digest of the body. A
 * file is added to; a record that a crash has left half-written at its end is
 * taken off when it is opened again.
 *
 * A body is kept as it came: in chunks, compressed. One that was cut off is
 * kept as far as it came, with WARC-Truncated. Lines of a header that hold
 * secrets (Authorization, Cookie, Set-Cookie) are kept without their value.
 */
#ifndef WEB_WARC_H
#define WEB_WARC_H

#include <stdbool.h>
#include <stdio.h>
#include "base/buf.h"
#include "base/err.h"
#include "web/header.h"

struct web_warc {
	FILE *f;
	char *path;
};

/* Created when it is not there; software says who wrote it. ERR_CREATE;
 * ERR_DATA for a file that is no WARC. */
int web_warc_open(struct web_warc *w, const char *path, const char *software,
	struct err *e);
int web_warc_close(struct web_warc *w, struct err *e);

/* One exchange, in the order in which its parts come. */
struct web_warc_part {
	struct web_warc *warc;
	const char *url;
	struct buf request, body;
};

void web_warc_begin(
	struct web_warc_part *p, struct web_warc *w, const char *url);
void web_warc_request(struct web_warc_part *p, const char *text, size_t n);
void web_warc_body(struct web_warc_part *p, const char *text, size_t n);
struct web_warc_end {
	const char *cut; /* NULL: it is whole; "length", "time", "disconnect" */
	const char *address; /* who answered; NULL: not known */
};
/* Write it; ERR_IO. The header is the answer's; without a status only the
 * request is kept. */
int web_warc_end(struct web_warc_part *p, const struct web_header *h,
	const struct web_warc_end *end, struct err *e);

#endif
