#include "app/scrape.h"
#include "base/file.h"
#include "web/digest.h"
#include "web/url.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { HTML_ACCEPT, JSON_ACCEPT };

static const char *const media[] = {
	"text/html, application/json;q=0.9, image/*;q=0.8",
	"application/json, text/javascript, */*;q=0.01"};

/* ---- pages ---- */

static int page_begin(void *to, const struct web_header *h, struct err *e)
{
	(void)h, (void)e;
	buf_clear(to);
	return 0;
}

static int page_write(void *to, const void *p, size_t n, struct err *e)
{
	if (!buf_add(to, p, n))
		return err_set(e, ERR_DATA, "a page of more than %d bytes",
			WEB_PAGE_MAX);
	return 0;
}

/* As DIR/HASH-OF-URL.html or .json, for --from-pages another time. */
static int save_page(
	struct scrape *s, const char *url, const struct buf *b, struct err *e)
{
	struct arena a = {0};
	struct file_out o;
	char sha[WEB_SHA256_TEXT];
	bool html = web_kind(b->p, b->n) == WEB_HTML;
	int bad;

	if (!s->rule.save_pages || !b->n)
		return 0;
	web_sha256(url, strlen(url), sha);
	bad = file_begin(&o,
		arena_printf(&a, "%s/%.16s.%s", s->rule.save_pages, sha,
			html ? "html" : "json"),
		e);
	if (!bad) {
		fwrite(b->p, 1, b->n, o.f);
		bad = file_commit(&o, e);
	}
	arena_release(&a);
	return bad;
}

static int get_page(struct scrape *s, struct web_request *r, struct buf *b,
	struct web_answer *answer, struct err *e)
{
	r->max = WEB_PAGE_MAX;
	r->compressed = true;
	r->sink = (struct web_sink){
		.begin = page_begin, .write = page_write, .to = b};
	if (web_client_get(s->client, r, answer, e))
		return -1;
	if (!b->n)
		return err_set(e, ERR_DATA, "an empty answer");
	return save_page(s, r->url, b, e);
}

/* Its pins in turn. 1 when the list is to be left, since there are enough, or
 * since what follows is known. */
static int take_pins(struct scrape *s, struct web_pin *pins,
	struct scrape_about *about, int64_t begun, struct err *e)
{
	for (struct web_pin *p = pins; p; p = p->next) {
		about->rank++;
		if (scrape_pin(s, p, about, e) || scrape_pause(s, e))
			return -1;
		if (cli_stopped() || scrape_enough(s))
			return 1;
		if (s->rule.most_each &&
			s->count.pictures - begun >= s->rule.most_each)
			return 1;
		if (s->rule.known && s->in_a_row >= s->rule.known)
			return 1;
	}
	return 0;
}

/* ---- lists ---- */

static int get_list_page(struct scrape *s, struct web_feed *f, const char *url,
	struct web_pin **pins, struct err *e)
{
	const char *headers[KEY_LIST_MAX];
	struct web_answer answer = {0};
	struct web_request r = {.url = url,
		.accept = media[JSON_ACCEPT],
		.secret = f->api ? s->rule.secret : NULL,
		.no_robots = f->api};
	struct buf b;
	int bad;

	for (int i = 0; i < s->site->headers.n && !f->api; i++)
		headers[r.nheaders++] = s->site->headers.v[i];
	r.headers = headers;
	buf_init(&b, WEB_PAGE_MAX);
	web_header_init(&answer.head);
	bad = get_page(s, &r, &b, &answer, e);
	if (!bad)
		bad = web_feed_read(f, b.p, b.n, pins, &s->page, e);
	web_header_release(&answer.head);
	buf_release(&b);
	return bad;
}

static const char *list_name(const struct scrape_about *about, struct arena *a)
{
	return about->query ? arena_printf(a, "search:%s", about->query)
			    : arena_printf(a, "board:%s", about->board);
}

/* All pages from where it is. 1: there are enough. */
static int read_list(struct scrape *s, struct web_feed *f,
	struct scrape_about *about, const char *name, struct err *e)
{
	int64_t begun = s->count.pictures;
	const char *url;
	int got = 0;

	while (!got && (url = web_feed_next(f, &s->page)) != NULL) {
		struct web_pin *pins = NULL;

		if (get_list_page(s, f, url, &pins, e))
			return -1;
		got = take_pins(s, pins, about, begun, e);
		if (!got && web_archive_set_bookmark(s->archive, name,
				    f->ended ? NULL : f->bookmark, e))
			return -1;
		arena_reset(&s->page);
	}
	/* Left because of what it holds, it is begun again another time. */
	if (got > 0 && !cli_stopped() &&
		web_archive_set_bookmark(s->archive, name, NULL, e))
		return -1;
	return got < 0 ? -1 : 0;
}

int scrape_feed(struct scrape *s, struct scrape_about *about, struct err *e)
{
	bool api = s->rule.secret != NULL;
	struct arena a = {0};
	const char *name = list_name(about, &a), *bookmark;
	struct web_feed f;
	int bad = 0;

	if (about->query)
		web_feed_search(&f, s->site, about->query, api);
	else if (web_feed_board(&f, s->site, about->board, api, e))
		bad = -1;
	bookmark = s->rule.again ? NULL
				 : web_archive_bookmark(s->archive, name, &a);
	if (bookmark)
		web_feed_resume(&f, bookmark);
	s->in_a_row = 0;
	if (!bad)
		bad = read_list(s, &f, about, name, e);
	/* An old bookmark that leads nowhere is no reason to stay there. */
	if (bad && bookmark && !f.pages && e->code != ERR_LATER)
		web_archive_set_bookmark(
			s->archive, name, NULL, &(struct err){0});
	if (bad) {
		s->count.forbidden += e->code == ERR_FORBIDDEN;
		bad = scrape_failed(s,
			arena_printf(&a, "%s '%s'",
				about->query ? "search" : "board",
				about->query ? about->query : about->board),
			e);
	}
	web_feed_release(&f);
	arena_reset(&s->page);
	arena_release(&a);
	return bad;
}

/* ---- pages that were saved, addresses ---- */

static int take_text(struct scrape *s, const struct buf *b, const char *url,
	const char *where, struct err *e)
{
	struct scrape_about about = {0};
	struct web_page page;

	s->in_a_row = 0;
	if (web_extract(
		    s->site, b->p, b->n, url, "pinscrape", &page, &s->page, e))
		return scrape_failed(s, where, e);
	if (page.forbidden) {
		err_set(e, ERR_FORBIDDEN,
			"its robots meta element forbids the use of pictures");
		return scrape_failed(s, where, e);
	}
	if (!page.pins) {
		err_set(e, ERR_DATA, "no pins in it");
		return scrape_failed(s, where, e);
	}
	return take_pins(s, page.pins, &about, s->count.pictures, e) < 0 ? -1
									 : 0;
}

int scrape_file(struct scrape *s, const char *path, struct err *e)
{
	size_t n;
	char *text = file_read(!strcmp(path, "-") ? "/dev/stdin" : path,
		WEB_PAGE_MAX, &s->page, &n, e);
	int bad;

	if (!text && e->code == ERR_DATA)
		bad = scrape_failed(s, "page", e);
	else if (!text)
		return -1;
	else
		bad = take_text(
			s, &(struct buf){.p = text, .n = n}, NULL, path, e);
	arena_reset(&s->page);
	return bad;
}

/* Does the address say that it is a picture's? */
static bool looks_like_picture(const char *url)
{
	static const char *const ends[] = {
		".jpg", ".jpeg", ".png", ".webp", ".gif"};
	size_t n = strcspn(url, "?#");

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t k = strlen(ends[i]);

		if (n > k && !strncasecmp(url + n - k, ends[i], k))
			return true;
	}
	return false;
}

static int take_picture(struct scrape *s, struct web_pin *p, struct err *e)
{
	struct scrape_about about = {0};

	return scrape_pin(s, p, &about, e) || scrape_pause(s, e) ? -1 : 0;
}

static int take_address(
	struct scrape *s, const char *url, const char *where, struct err *e)
{
	struct web_answer answer = {0};
	struct web_request r = {.url = url, .accept = media[HTML_ACCEPT]};
	struct web_pin pin = {0};
	struct buf b;
	int bad;

	if (looks_like_picture(url)) {
		if (web_pin_from_url(s->site, &pin, url, &s->page))
			return take_picture(s, &pin, e);
		web_url_parse(&(struct web_url){0}, url, NULL, &s->page, e);
		return scrape_failed(s, where, e);
	}
	buf_init(&b, WEB_PAGE_MAX);
	web_header_init(&answer.head);
	if (get_page(s, &r, &b, &answer, e)) {
		bad = scrape_failed(
			s, arena_printf(&s->page, "%s: %s", where, url), e);
	} else if (web_kind(b.p, b.n) == WEB_OTHER) {
		/* A picture after all: asked for again, as one. */
		web_pin_from_url(s->site, &pin, url, &s->page);
		bad = take_picture(s, &pin, e);
	} else {
		bad = take_text(s, &b, url,
			arena_printf(&s->page, "%s: %s", where, url), e);
	}
	web_header_release(&answer.head);
	buf_release(&b);
	return bad;
}

/* A record of --dry-run: what it knows of the pin is known again. */
static int take_record(struct scrape *s, const char *line, size_t n,
	const char *where, struct err *e)
{
	struct json *j = json_parse(line, n, &s->page, e);
	const struct json *source = json_get(j, "source");
	const char *url = json_get_str(source, "url");
	struct scrape_about about = {
		.query = json_get_str(source, "query"),
		.brand = json_get_str(source, "brand"),
		.season = json_get_str(source, "season"),
	};
	struct web_pin p;

	if (!j)
		return scrape_failed(s, where, e);
	if (!url) {
		err_set(e, ERR_DATA, "no source with a url in the record");
		return scrape_failed(s, where, e);
	}
	web_pin_from_source(&p, source);
	if (!web_pin_from_url(s->site, &p, url, &s->page)) {
		web_url_parse(&(struct web_url){0}, url, NULL, &s->page, e);
		return scrape_failed(s, where, e);
	}
	json_get_int(source, "rank", &about.rank);
	return scrape_pin(s, &p, &about, e) || scrape_pause(s, e) ? -1 : 0;
}

int scrape_line(struct scrape *s, const char *line, size_t n, const char *where,
	struct err *e)
{
	int bad;

	if (!n || *line == '#')
		return 0;
	bad = *line == '{' ? take_record(s, line, n, where, e)
			   : take_address(s, line, where, e);
	arena_reset(&s->page);
	return bad;
}
