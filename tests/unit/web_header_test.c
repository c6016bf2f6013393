/* The header of an answer, line by line. */
#include "tap.h"
#include "web/header.h"

static struct web_header h;

static bool line(const char *s)
{
	return web_header_line(&h, s, strlen(s));
}

int main(void)
{
	char big[8192];
	bool fits = true;

	web_header_init(&h);
	line("HTTP/1.1 103 Early Hints\r\n");
	line("X-Robots-Tag: noai\r\n");
	line("HTTP/1.1 206 Partial Content\r\n");
	is_int(h.status, 206, "the last status counts");
	is_str(h.robots_tag, "", "what came before it is forgotten");
	line("content-TYPE:\t Image/JPEG ; charset=x\r\n");
	is_str(h.type, "image/jpeg", "the type, without parameters");
	line("Content-Range: bytes 100-199/2000\r\n");
	is_int(h.from, 100, "where a part begins");
	is_int(h.total, 2000, "and how much there is");
	line("Content-Length: 100\r\n");
	is_int(h.length, 100, "the length");
	line("Last-Modified: today\r\n");
	is_str(web_header_validator(&h), "today", "a date as validator");
	line("ETag: W/\"weak\"\r\n");
	is_str(web_header_validator(&h), "today", "a weak tag is none");
	line("ETag: \"x\"\r\n");
	is_str(web_header_validator(&h), "\"x\"", "a tag is better");
	line("X-Robots-Tag: a\r\n");
	line("X-Robots-Tag: b: c\r\n");
	is_str(h.robots_tag, "a; b: c", "all tags");
	line("Location: /x\ty\r\n");
	is_str(h.location, "", "control characters are refused");
	line("Location:/z\r\n");
	is_str(h.location, "/z", "a blank is not needed");
	line("Content-Encoding: identity\r\n");
	ok(!h.encoded, "identity is no encoding");
	line("Content-Encoding: gzip\r\n");
	ok(h.encoded, "gzip is");
	line("HTTP/2 200\r\n");
	is_int(h.status, 200, "without a reason");
	is_int(h.from, -1, "and all begins anew");
	for (const char *const *s = (const char *const[]){"", "\r\n", "x",
		     "Content-Range: bytes */5\r\n",
		     "Content-Range: bytes 5\r\n", "Content-Length: -4\r\n",
		     "Content-Length: 99999999999999999999\r\n",
		     "Content-Range: bytes 1/2-3\r\n", ": :\r\n", NULL};
		*s; s++)
		line(*s);
	ok(h.from == -1 && h.length == -1, "nonsense is as good as missing");
	memset(big, 'x', sizeof big);
	for (int i = 0; i < 20 && fits; i++)
		fits = web_header_line(&h, big, sizeof big);
	ok(!fits, "there is a limit");
	web_header_release(&h);
	return done();
}
