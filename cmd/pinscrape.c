/* pinscrape: search Pinterest, fetch pictures with where they are from. */
#include "app/scrape_setup.h"
#include "base/file.h"
#include "cli/filter.h"

#include <string.h>

static struct scrape_options set = SCRAPE_OPTIONS;

static struct {
	const char *brands, *seasons;
	struct opt_list boards;
	bool from_pages, urls, resume, records;
} o = {.resume = true};

static const struct opt opts[] = {OPT_STR('o', "output", "DIR", &set.rule.out,
					  "where the pictures go (pins)"),
	OPT_INT('n', "max", "N", &set.rule.most, 0, 1e12, "at most N pictures"),
	OPT_INT(0, "each", "N", &set.rule.most_each, 0, 1e12,
		"at most N pictures of a query or board"),
	OPT_INT(0, "known", "N", &set.rule.known, 0, 1e12,
		"leave a list after N pictures in a row that are known"),
	OPT_FLAG(0, "from-pages", &o.from_pages,
		"operands are saved pages, HTML or JSON"),
	OPT_FLAG(0, "urls", &o.urls,
		"operands are files with an address or record a line"),
	OPT_LIST(0, "board", "BOARD", &o.boards,
		"a board, user/name; may be given many times"),
	OPT_STR(0, "api", "FILE", &set.api,
		"use the official API, with the token in FILE"),
	OPT_STR(0, "brands", "FILE", &o.brands,
		"search for each brand in it in each season"),
	OPT_STR(0, "seasons", "FILE", &o.seasons, "the seasons, one a line"),
	OPT_FLAG(0, "resume", &o.resume,
		"go on where an earlier run ended (always, unless taken back)"),
	OPT_FLAG(0, "dry-run", &set.rule.dry_run,
		"records, but no pictures: nothing is written"),
	OPT_FLAG(0, "records", &o.records,
		"print the record of every picture that is there, and end"),
	OPT_STR(0, "contact", "WHO", &set.contact,
		"mail or page of whoever answers for this, for User-Agent"),
	OPT_FLAG(0, "i-have-permission", &set.permission,
		"do not ask robots.txt"),
	OPT_STR(0, "rate", "N/s", &set.rate,
		"requests to a host: N/s, N/m or N/h; 0: no limit (1/s)"),
	OPT_INT(0, "budget-requests", "N", &set.budget_requests, 0, 1e12,
		"at most N requests"),
	OPT_STR(0, "budget-bytes", "SIZE", &set.budget_bytes,
		"at most SIZE bytes, such as 500M"),
	OPT_INT(0, "retries", "N", &set.retries, 0, 100,
		"after a failure that may pass (4)"),
	OPT_REAL(0, "backoff", "S", &set.backoff, 0, 3600,
		"seconds before the first of them; doubles (1)"),
	OPT_REAL(0, "patience", "S", &set.patience, 0, 1e9,
		"longest wait that a host may ask for (300)"),
	OPT_INT(0, "refusals", "N", &set.refusals, 0, 1e9,
		"in a row by a host that end the run; 0: never (5)"),
	OPT_REAL(0, "timeout", "S", &set.timeout, 0.001, 1e6,
		"longest time of a request (120)"),
	OPT_INT(0, "redirects", "N", &set.redirects, 0, 50, "in a row (5)"),
	OPT_SIZE(0, "min-size", "WxH", &set.min, 1, 100000,
		"leave out smaller pictures"),
	OPT_REAL(0, "max-aspect", "R", &set.rule.aspect, 1, 1e6,
		"leave out those whose longer side is over R times the other"),
	OPT_STR(0, "max-filesize", "SIZE", &set.max_file,
		"refuse larger files (32M)"),
	OPT_INT(0, "max-pixels", "N", &set.rule.max_pixels, 1, 100000000,
		"refuse pictures with more (100000000)"),
	OPT_LIST(0, "host", "PATTERN", &set.hosts,
		"pictures may come from there too, as in *.example.org"),
	OPT_LIST(0, "allow", "ADDRESS", &set.allow,
		"a private address that may be used, as in 127.0.0.1"),
	OPT_STR(0, "cookies", "FILE", &set.cookies, "in Netscape's format"),
	OPT_STR(0, "proxy", "URL", &set.proxy, "ask through it"),
	OPT_STR(0, "base-url", "URL", &set.base_url,
		"where the site is, if not at its usual place"),
	OPT_STR(0, "site", "FILE", &set.site,
		"how the site speaks, like pinterest.yaml"),
	OPT_STR(0, "save-pages", "DIR", &set.rule.save_pages,
		"keep the pages too, for --from-pages"),
	OPT_STR(0, "warc", "FILE", &set.warc,
		"keep everything that was asked and answered"),
	{0}};

static int check_options(struct cli *c, struct err *e)
{
	bool lists = o.boards.n || o.brands || set.api;

	if (!o.brands != !o.seasons)
		return err_set(
			e, ERR_USAGE, "--brands and --seasons go together");
	if (o.from_pages + o.urls + o.records > 1 ||
		(lists && (o.from_pages || o.urls || o.records)))
		return err_set(e, ERR_USAGE,
			"--from-pages, --urls, --records and searches exclude "
			"each other");
	if (o.records && c->argc)
		return err_set(e, ERR_USAGE, "--records takes no operand");
	if (!o.from_pages && !o.urls && !o.records && !o.boards.n &&
		!o.brands && !c->argc)
		return err_set(e, ERR_USAGE, "what to search for is missing");
	return 0;
}

/* ---- what to search for ---- */

/* The lines of a file, but for empty ones and those that begin with #. */
static int read_names(
	const char *path, const char ***names, struct arena *a, struct err *e)
{
	size_t n;
	char *text = file_read(path, 1 << 20, a, &n, e), *line;
	int count = 0;

	if (!text)
		return -1;
	*names = arena_zero(a, n + 1, sizeof **names);
	for (; *text; text = line) {
		size_t k = strcspn(text, "\r\n");

		line = text + k + (text[k] != 0);
		text[k] = 0;
		while (k && strchr(" \t", text[k - 1]))
			text[--k] = 0;
		if (k && *text != '#')
			(*names)[count++] = text;
	}
	return count ? count
		     : err_set(e, ERR_DATA, "'%s': there is nothing in it",
			       path);
}

static int search(struct scrape *s, struct scrape_about about, struct err *e)
{
	if (scrape_enough(s) || cli_stopped())
		return 0;
	return scrape_feed(s, &about, e);
}

/* Every brand in every season. */
static int search_brands(struct scrape *s, struct arena *a, struct err *e)
{
	const char **brand, **season;
	int brands = read_names(o.brands, &brand, a, e);
	int seasons = brands < 0 ? -1 : read_names(o.seasons, &season, a, e);
	int bad = seasons < 0 ? -1 : 0;

	for (int i = 0; i < brands * seasons && !bad; i++) {
		struct web_fill with[] = {{"brand", brand[i / seasons]},
			{"season", season[i % seasons]}, {NULL, NULL}};

		bad = search(s,
			(struct scrape_about){
				.query = web_fill(
					a, s->site->query, with, WEB_RAW, ""),
				.brand = with[0].value,
				.season = with[1].value},
			e);
	}
	return bad;
}

static int use_line(struct cli *c, const struct lines *in, struct arena *a,
	void *to, struct err *e)
{
	struct scrape *s = to;

	(void)c;
	if (scrape_enough(s) || cli_stopped())
		return 0;
	return scrape_line(s, in->line, in->n,
		arena_printf(a, "%s:%ld", in->name, in->number), e);
}

static int scrape_all(
	struct cli *c, struct scrape *s, struct arena *a, struct err *e)
{
	int bad = 0;

	if (o.urls)
		return filter_lines(c, use_line, s, e);
	if (o.from_pages && !c->argc)
		return scrape_file(s, "-", e);
	for (int i = 0; i < c->argc && !bad; i++)
		if (!o.from_pages)
			bad = search(s,
				(struct scrape_about){.query = c->argv[i]}, e);
		else if (!scrape_enough(s) && !cli_stopped())
			bad = scrape_file(s, c->argv[i], e);
	for (int i = 0; i < o.boards.n && !bad; i++)
		bad = search(
			s, (struct scrape_about){.board = o.boards.v[i]}, e);
	return bad || !o.brands ? bad : search_brands(s, a, e);
}

static int run(struct cli *c, struct err *e)
{
	struct scrape_setup setup = {0};
	struct scrape *s = &setup.scrape;
	int bad;

	if (check_options(c, e))
		return -1;
	set.rule.to = stdout;
	set.rule.again = !o.resume;
	/* An operator who lists addresses has chosen the hosts. */
	set.rule.any_host = o.urls;
	bad = scrape_set_up(&setup, &set, c, e);
	if (!bad && o.records) {
		bad = scrape_records(s, e);
	} else if (!bad) {
		cli_catch();
		bad = scrape_open(s, e);
		if (!bad)
			bad = scrape_all(c, s, &setup.mem, e);
		bad = scrape_close(s, bad, e);
	}
	if (scrape_take_down(&setup, bad ? NULL : e))
		bad = -1;
	/* Ended by a signal, which cli_main tells the shell. */
	return cli_stopped() ? 0 : bad;
}

int main(int argc, char **argv)
{
	static const struct cli_prog prog = {
		.name = "pinscrape",
		.args = "[QUERY...]",
		.about = "search Pinterest, fetch pictures, a record a picture",
		.options = opts,
		.records = true,
		.run = run,
	};

	return cli_main(&prog, argc, argv);
}
