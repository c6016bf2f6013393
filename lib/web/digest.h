/* Digests, by libcrypto: SHA-256 names what is in a picture, WARC wants
 * SHA-1. */
#ifndef WEB_DIGEST_H
#define WEB_DIGEST_H

#include <stddef.h>
#include "base/err.h"

enum { WEB_SHA256_TEXT = 65, WEB_SHA1_TEXT = 33 };

/* Of n bytes, in hexadecimal. */
void web_sha256(const void *p, size_t n, char text[WEB_SHA256_TEXT]);
/* Of a file; ERR_IO, ERR_NOINPUT. */
int web_sha256_file(
	const char *path, char text[WEB_SHA256_TEXT], struct err *e);
/* Of n bytes, in base 32 as WARC has it (RFC 4648). */
void web_sha1(const void *p, size_t n, char text[WEB_SHA1_TEXT]);

#endif
