/*
 * The header of an HTTP answer, as much of it as is of use, line by line as
 * it comes in. Any bytes are accepted; a header that makes no sense is as good
 * as missing.
 */
#ifndef WEB_HEADER_H
#define WEB_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"

enum { WEB_HEADER_MAX = 64 << 10 }; /* bytes of a whole header */

struct web_header {
	int status;           /* of the last status line; 0: none yet */
	char type[64];        /* Content-Type without parameters, small */
	char etag[128];       /* strong ones only; "" if none */
	char modified[64];    /* Last-Modified */
	char location[4097];  /* as it came; "" if none */
	char robots_tag[512]; /* all X-Robots-Tag, joined by "; " */
	int64_t from, total;  /* Content-Range: first byte, all; -1: not told */
	int64_t length;       /* Content-Length; -1: not told */
	bool encoded;         /* a Content-Encoding other than identity */
	struct buf text;      /* all of it, as it came */
};

void web_header_init(struct web_header *h);
void web_header_release(struct web_header *h);
/* One line with its end. A status line begins a new header: those of 1xx
 * answers are forgotten. False when the header becomes too large. */
bool web_header_line(struct web_header *h, const char *line, size_t n);

/* What If-Range can be asked with; NULL when there is nothing. */
const char *web_header_validator(const struct web_header *h);

#endif
