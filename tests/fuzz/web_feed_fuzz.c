/*
 * Answers of a search, of a board and of the official API, with a 0 byte
 * between one page and the next: the feed asks for as many as there are, and
 * comes to an end.
 */
#include "web_site.h"
#include "web/feed.h"

/* Read pages until the feed or the input ends. */
static void page_through(
	struct web_feed *f, const char *text, size_t n, struct arena *a)
{
	while (true) {
		const char *end = memchr(text, 0, n);
		size_t len = end ? (size_t)(end - text) : n;
		const char *url = web_feed_next(f, a);
		struct web_pin *pins;
		struct err e = {0};

		if (!url)
			break;
		BUG_ON(strncmp(url, "https://", 8) || strpbrk(url, " \n\""));
		if (web_feed_read(f, text, len, &pins, a, &e)) {
			BUG_ON(!e.code || !*e.msg);
			break;
		}
		fuzz_pins_check(pins, a);
		if (!end)
			break;
		n -= len + 1;
		text = end + 1;
	}
	web_feed_release(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct arena a;
	const struct web_site *site = fuzz_site();
	const char *text = (const char *)data;
	struct web_feed f;

	arena_reset(&a);
	web_feed_search(&f, site, "chanel fall 2018 \"runway\"", false);
	page_through(&f, text, n, &a);
	web_feed_search(&f, site, "coat", true);
	page_through(&f, text, n, &a);
	BUG_ON(web_feed_board(&f, site, "user/slug", false, NULL));
	page_through(&f, text, n, &a);
	return 0;
}
