/* Addresses of the web: what is accepted, how it is written. */
#include "tap.h"
#include "web/url.h"

static struct arena a;

static const char *whole(const char *text, const char *base)
{
	struct web_url u;
	struct err e = {0};

	return web_url_parse(&u, text, base, &a, &e) ? e.msg[0] ? "" : NULL
						     : u.text;
}

int main(void)
{
	static const char *const bad[] = {"", "no", "/path", "ftp://x/",
		"file:///etc/passwd", "javascript:alert(1)", "data:,x",
		"http://", "http://u:p@x/", "http://u@x/", "http://x:99999/",
		"http://[::1/", "gopher://x/", "http://a b/"};
	struct web_url u;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		is_str(whole(bad[i], NULL), "", bad[i]);
	is_str(whole("HTTP://X.Org/A#b", NULL), "http://x.org/A",
		"small letters, no fragment");
	is_str(whole("http://x/a b\xc3\xa4", NULL), "http://x/a%20b%c3%a4",
		"what may not stand there is encoded");
	is_str(whole("../c?d", "http://x/a/b/"), "http://x/a/c?d", "relative");
	is_str(whole("//y/z", "https://x/"), "https://y/z", "another host");
	is_str(whole("/etc", "http://x/"), "http://x/etc", "from the root");
	is_str(whole("file:///etc", "http://x/"), "",
		"a base does not lend its scheme");
	ok(!web_url_parse(
		   &u, "https://[::1]:8443/a/b.jpg?c=/d", NULL, &a, NULL),
		"IPv6");
	is_str(u.origin, "https://[::1]:8443", "whom we talk to");
	is_str(u.path, "/a/b.jpg?c=/d", "as robots.txt sees it");
	ok(!web_url_parse(&u, "http://x", NULL, &a, NULL) &&
			!strcmp(u.origin, "http://x:80") &&
			!strcmp(u.path, "/"),
		"the usual port, the empty path");
	ok(web_host_matches("i.pinimg.com", "*.pinimg.com"), "below");
	ok(!web_host_matches("pinimg.com", "*.pinimg.com"), "not itself");
	ok(!web_host_matches("xpinimg.com", "*.pinimg.com"), "a dot is one");
	ok(web_host_matches("X.org", "x.ORG"), "a name");
	ok(!web_host_matches("a.x.org", "x.org"), "only that");
	is_str(web_url_escape(&a, "a-b c/\xe2\x98\x83"), "a-b%20c%2F%E2%98%83",
		"escaped");
	arena_release(&a);
	return done();
}
