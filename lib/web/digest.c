#include "web/digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static void hex(const uint8_t *d, char text[WEB_SHA256_TEXT])
{
	for (int i = 0; i < 32; i++)
		snprintf(text + 2 * i, 3, "%02x", d[i]);
}

void web_sha256(const void *p, size_t n, char text[WEB_SHA256_TEXT])
{
	uint8_t d[EVP_MAX_MD_SIZE];

	BUG_ON(!EVP_Digest(p, n, d, NULL, EVP_sha256(), NULL));
	hex(d, text);
}

int web_sha256_file(const char *path, char text[WEB_SHA256_TEXT], struct err *e)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	FILE *f = fopen(path, "rb");
	uint8_t d[EVP_MAX_MD_SIZE];
	char part[65536];
	size_t n;
	int bad = 0;

	BUG_ON(!c || !EVP_DigestInit_ex(c, EVP_sha256(), NULL));
	if (!f)
		bad = err_set(e, ERR_NOINPUT, "cannot open '%s': %s", path,
			strerror(errno));
	while (f && (n = fread(part, 1, sizeof part, f)) > 0)
		EVP_DigestUpdate(c, part, n);
	if (f && ferror(f))
		bad = err_set(e, ERR_IO, "cannot read '%s': %s", path,
			strerror(errno));
	if (f)
		fclose(f);
	EVP_DigestFinal_ex(c, d, NULL);
	EVP_MD_CTX_free(c);
	hex(d, text);
	return bad;
}

void web_sha1(const void *p, size_t n, char text[WEB_SHA1_TEXT])
{
	static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint8_t d[EVP_MAX_MD_SIZE];

	BUG_ON(!EVP_Digest(p, n, d, NULL, EVP_sha1(), NULL));
	/* 20 bytes are 32 groups of five bits, without a rest. */
	for (int i = 0; i < 32; i++) {
		int bit = 5 * i, at = bit / 8;
		unsigned two = (unsigned)d[at] << 8 | (at < 19 ? d[at + 1] : 0);

		text[i] = base32[two >> (11 - bit % 8) & 31];
	}
	text[32] = 0;
}
