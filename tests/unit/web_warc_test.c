/* Exchanges in WARC: their form, what is left out, a torn end. */
#include "tap.h"
#include "base/file.h"
#include "web/digest.h"
#include "web/warc.h"

#include <stdlib.h>
#include <unistd.h>

static struct arena a;

static void exchange(struct web_warc *w, const char *body)
{
	static const char *const lines[] = {"HTTP/1.1 200 OK\r\n",
		"Content-Length: 18\r\n", "set-cookie: secret\r\n", "\r\n"};
	static const char request[] =
		"GET / HTTP/1.1\r\nCookie: secret\r\n"
		"authorization: Bearer secret\r\nAccept: x\r\n\r\n";
	struct web_warc_part p;
	struct web_header h;

	web_header_init(&h);
	for (int i = 0; i < 4; i++)
		web_header_line(&h, lines[i], strlen(lines[i]));
	web_warc_begin(&p, w, "http://x/");
	web_warc_request(&p, request, sizeof request - 1);
	web_warc_body(&p, body, strlen(body));
	ok(!web_warc_end(&p, &h,
		   &(struct web_warc_end){"disconnect", "192.0.2.1"}, NULL),
		"an exchange");
	web_header_release(&h);
}

int main(void)
{
	char path[] = "/tmp/warcXXXXXX", sha1[WEB_SHA1_TEXT];
	struct web_warc w;
	struct err e = {0};
	size_t n, again;
	char *text;
	FILE *f;

	close(mkstemp(path));
	ok(!web_warc_open(&w, path, "test/1", &e), "a new one");
	exchange(&w, "hello\r\n\r\nWARC/1.1");
	ok(!web_warc_close(&w, &e), "closed");
	text = file_read(path, 1 << 20, &a, &n, &e);
	ok(strstr(text, "WARC/1.1\r\nWARC-Type: warcinfo\r\n") == text,
		"it begins with itself");
	ok(strstr(text, "WARC-Type: request\r\n") &&
			strstr(text, "WARC-Type: response\r\n"),
		"both sides");
	ok(!strstr(text, "secret"), "no secrets");
	ok(strstr(text, "WARC-Truncated: disconnect\r\n") &&
			strstr(text, "WARC-IP-Address: 192.0.2.1\r\n"),
		"what became of it, and who answered");
	web_sha1("hello\r\n\r\nWARC/1.1", 17, sha1);
	ok(strstr(text,
		   arena_printf(&a, "WARC-Payload-Digest: sha1:%s\r\n", sha1)),
		"its digest");

	f = fopen(path, "a");
	fputs("WARC/1.1\r\nContent-Length: 100\r\n\r\ntorn", f);
	fclose(f);
	ok(!web_warc_open(&w, path, "test/1", &e) && !web_warc_close(&w, &e),
		"opened again");
	file_read(path, 1 << 20, &a, &again, &e);
	is_int(again, n, "a torn record is taken off");
	f = fopen(path, "w");
	fputs("something else", f);
	fclose(f);
	ok(web_warc_open(&w, path, "test/1", &e) && e.code == ERR_DATA,
		"what is no WARC is left alone");
	unlink(path);
	arena_release(&a);
	return done();
}
