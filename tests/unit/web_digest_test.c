/* Digests, against known values (FIPS 180-4, and RFC 4648 for base 32). */
#include "tap.h"
#include "web/digest.h"

int main(void)
{
	char sha[WEB_SHA256_TEXT], sha1[WEB_SHA1_TEXT];
	struct err e = {0};

	web_sha256("abc", 3, sha);
	is_str(sha,
		"ba7816bf8f01cfea414140de5dae2223"
		"b00361a396177a9cb410ff61f20015ad",
		"SHA-256");
	web_sha1("abc", 3, sha1);
	is_str(sha1, "VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5", "SHA-1 in base 32");
	web_sha1("", 0, sha1);
	is_str(sha1, "3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", "of nothing");
	ok(!web_sha256_file("/dev/null", sha, &e) &&
			!strncmp(sha, "e3b0c44298fc1c14", 16),
		"of an empty file");
	ok(web_sha256_file("/nowhere", sha, &e) && e.code == ERR_NOINPUT,
		"of none");
	return done();
}
