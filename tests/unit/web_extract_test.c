/* Pins out of pages, paths in JSON, templates. */
#include "tap.h"
#include "app/pinterest.h"
#include "web/extract.h"

static struct web_site site;
static struct arena a;

static struct web_page page;

static struct web_pin *first(const char *text)
{
	struct err e = {0};

	return web_extract(&site, text, strlen(text), "http://p.org/x/",
		       "pinscrape", &page, &a, &e)
		       ? NULL
		       : page.pins;
}

static int count(void)
{
	int n = 0;

	for (struct web_pin *p = page.pins; p; p = p->next)
		n++;
	return n;
}

#define PIN(id, url) \
	"{\"id\":" id ",\"images\":{\"orig\":{\"url\":\"" url "\"," \
	"\"width\":9,\"height\":8}}}"
#define SIG "0123456789abcdef0123456789abcdef"

static void json(void)
{
	struct web_pin *p =
		first("[" PIN("9007199254740993", "http://x/a") "]");

	is_str(p->id, "9007199254740993", "a number keeps its digits");
	is_int(p->width, 9, "width");
	p = first("[{\"id\":\"1\",\"type\":\"story\"},null,5,\"x\"]");
	ok(!p, "what has no picture is no pin");
	ok(!first("[" PIN("\"1\"", "javascript:x") "]"), "nor a bad address");
	p = first("[{\"id\":\"1\",\"images\":{\"236x\":{\"url\":\"http://"
		  "i.pinimg."
		  "com/236x/01/23/45/" SIG ".jpg\"},\"736x\":{\"url\":"
		  "\"http://i.pinimg.com/736x/01/23/45/" SIG ".jpg\","
		  "\"width\":736}},\"carousel_data\":{\"carousel_slots\":["
		  "{\"images\":{\"orig\":{\"url\":\"http://x/2.jpg\"}}}]}}]");
	is_str(p->url[0], "http://i.pinimg.com/736x/01/23/45/" SIG ".jpg",
		"the largest that is told");
	is_str(p->signature, SIG, "its signature");
	ok(p->nurl > 3 && strstr(p->url[2], "/originals/"),
		"and larger ones that are not told");
	ok(p->next && !strcmp(p->next->id, "1_2"), "a second picture");
	p = first("{\"id\":\"1\",\"images\":{\"a\":{\"url\":\"http://x/\"}},"
		  "\"title\":\"\",\"grid_title\":\"t\",\"board\":null}");
	is_str(p->title, "t", "an empty title is none");
	ok(!p->board, "nor is a null");
}

static void names(void)
{
	static const char *const bad[] = {"../x", "a/b", "", ".", "..", "-rf",
		"a b", "\xc3\xa4",
		"0123456789012345678901234567890123456789"
		"01234567890123456789012345"};
	struct web_pin p = {.url = {"http://x/"}, .nurl = 1};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const char *name;

		p.id = bad[i];
		name = web_pin_name(&p, &a);
		ok(strlen(name) == 32 && strspn(name, "0123456789abcdef") == 32,
			"'%s' is no name", bad[i]);
	}
	p.id = "84301_2";
	is_str(web_pin_name(&p, &a), "84301_2", "digits are");
}

static void html(void)
{
	struct web_pin *p;

	p = first("<script id=__PWS_DATA__>{\"pins\":{\"1\":" PIN(
		"\"1\"", "http://x/1") ",\"2\":" PIN("\"2\"",
		"http://x/2") "}}</script><link rel=canonical "
			      "href=http://p.org/pin/2/>");
	ok(p && !strcmp(p->id, "2") && !p->next,
		"a page about one pin gives that one");
	first("<script id=__PWS_DATA__>{\"pins\":{\"1\":" PIN(
		"\"1\"", "http://x/1") ",\"2\":" PIN("\"2\"",
		"http://x/2") "}}</script>");
	is_int(count(), 2, "another page gives all");
	p = first("<script id=__PWS_DATA__>{broken</script>"
		  "<script type=application/ld+json>{\"image\":{\"url\":"
		  "\"http://x/l\"},\"headline\":\"h\",\"license\":\"cc\"}"
		  "</script>");
	ok(p && !strcmp(p->title, "h") && !strcmp(p->licence, "cc"),
		"JSON-LD, after a script that is broken");
	ok(!first("<img src=http://elsewhere/a.jpg>"),
		"pictures of other hosts are not taken");
	ok(!first("<script id=__PWS_DATA__>"), "an open script");
	ok(!first("<a href=/pin/1/><img>"), "an image of nothing");
	first("<meta name=robots content='noai'><p>");
	ok(page.forbidden, "a robots meta element");
	ok(!first("\xff\xfe<"), "no text at all");
	is_int(web_kind("\xef\xbb\xbf {", 5), WEB_JSON_TEXT, "kinds: JSON");
	is_int(web_kind(" <", 2), WEB_HTML, "kinds: HTML");
	is_int(web_kind("", 0), WEB_OTHER, "kinds: nothing");
}

static void paths(void)
{
	static const char text[] =
		"{\"a\":[{\"b\":1},{\"b\":2},{\"c\":3}],\"a\":[{\"b\":4},"
		"{\"b\":5}]}";
	struct json *j = json_parse(text, sizeof text - 1, &a, NULL);
	struct json *out[4];
	struct web_fill with[] = {
		{"q", "a\"b"}, {"root", "http://x"}, {NULL, NULL}};
	int64_t v = 0;

	is_int(web_path_all(j, "a.*.b", out, 4), 2,
		"any item, of the last of two keys");
	is_int(web_path_all(j, "a.1.b", out, 4), 1, "one item");
	json_to_int(out[0], &v);
	is_int(v, 5, "it");
	is_int(web_path_all(j, "a.*.b", out, 1), 1, "no more than fit");
	is_int(web_path_all(j, "a.b", out, 4), 0, "nowhere");
	is_int(web_path_all(NULL, "a", out, 4), 0, "nothing");
	is_str(web_fill(&a, "{root}/{q}{x}{", with, WEB_PERCENT, "root"),
		"http://x/a%22b{x}{", "a template of an address");
	is_str(web_fill(&a, "{\"q\":\"{q}\"}", with, WEB_JSON, ""),
		"{\"q\":\"a\\\"b\"}", "a template of JSON");
}

int main(void)
{
	ok(!pinterest_load(&site, NULL, NULL), "the site is known");
	json();
	names();
	html();
	paths();
	arena_release(&a);
	return done();
}
