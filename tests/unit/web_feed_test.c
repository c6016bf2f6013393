/* Lists page by page: what is asked, where it ends. */
#include "tap.h"
#include "app/pinterest.h"
#include "web/feed.h"

static struct web_site site;
static struct arena a;

static int read_page(struct web_feed *f, const char *bookmark, const char *pin)
{
	struct web_pin *pins;
	struct err e = {0};
	const char *text = arena_printf(&a,
		"{\"resource_response\":{\"data\":[%s]},\"resource\":"
		"{\"options\":{\"bookmarks\":[\"%s\"]}}}",
		pin ? pin : "", bookmark);

	if (web_feed_read(f, text, strlen(text), &pins, &a, &e))
		return -1;
	return pins != NULL;
}

static const char *why_not(struct web_feed *f, const char *text)
{
	static struct err e;
	struct web_pin *pins;

	e.msg[0] = 0;
	web_feed_read(f, text, strlen(text), &pins, &a, &e);
	return e.msg;
}

int main(void)
{
	static const char pin[] =
		"{\"id\":\"1\",\"images\":{\"orig\":{\"url\":\"http://x/\"}}}";
	struct web_feed f;
	const char *url;

	ok(!pinterest_load(&site, NULL, NULL), "the site is known");
	web_feed_search(&f, &site, "a \"b\" & c", false);
	url = web_feed_next(&f, &a);
	ok(strstr(url,
		   "https://www.pinterest.com/resource/BaseSearchResource/"
		   "get/?source_url=%2Fsearch%2Fpins%2F%3Fq%3Da%2520") == url,
		"the path is encoded in the path");
	ok(strstr(url, "%22query%22%3A%22a%20%5C%22b%5C%22%20%26%20c%22"),
		"a string of JSON, encoded");
	ok(strstr(url, "%22bookmarks%22%3A%5B%5D"), "no bookmark at first");
	is_int(read_page(&f, "one", pin), 1, "a page with a pin");
	ok(strstr(web_feed_next(&f, &a), "bookmarks%22%3A%5B%22one%22%5D"),
		"its bookmark asks for the next");
	is_int(read_page(&f, "-end-", pin), 1, "the last page");
	ok(!web_feed_next(&f, &a), "and no more");
	web_feed_release(&f);

	web_feed_search(&f, &site, "x", false);
	read_page(&f, "Y2JOb25lO123", pin);
	ok(!web_feed_next(&f, &a), "another mark of the end");
	web_feed_release(&f);

	web_feed_search(&f, &site, "x", false);
	for (int i = 0; i < 9 && !f.ended; i++)
		read_page(&f, i % 2 ? "b" : "a", pin);
	is_int(f.pages, 3, "a list that goes round ends");
	web_feed_release(&f);

	web_feed_search(&f, &site, "x", false);
	for (int i = 0; i < 9 && !f.ended; i++)
		read_page(&f, arena_printf(&a, "%d", i), NULL);
	is_int(f.pages, 3, "so does one of empty pages");
	web_feed_release(&f);

	web_feed_search(&f, &site, "x", true);
	web_feed_resume(&f, "m&n");
	is_str(web_feed_next(&f, &a),
		"https://api.pinterest.com/v5/search/partner/pins?term=x"
		"&country_code=US&limit=50&bookmark=m%26n",
		"the API");
	ok(strstr(why_not(&f, " <html>"), "a page of HTML where JSON is due"),
		"a wall is called so");
	ok(strstr(why_not(&f, "{\"message\":\"no token\"}"), "no token"),
		"what the site says is passed on");
	ok(strstr(why_not(&f, "{\"items\":5}"), "no list of pins"),
		"a list must be one");
	ok(strstr(why_not(&f, "{"), "ends too early"), "broken JSON");
	web_feed_release(&f);

	ok(web_feed_board(&f, &site, "nonsense", false, NULL), "no board");
	web_feed_release(&f);
	ok(!web_feed_board(&f, &site, "https://x/me/c%C3%A9/?q", false, NULL),
		"a board's address");
	is_str(f.user, "me", "its user");
	is_str(f.slug, "c%C3%A9", "its name");
	is_str(why_not(&f, "{\"resource_response\":{\"data\":{\"id\":\"5\"}}}"),
		"", "its id is asked first");
	is_str(f.board, "5", "and found");
	ok(!f.ended, "which is not its end");
	web_feed_release(&f);
	arena_release(&a);
	return done();
}
