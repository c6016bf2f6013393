/* robots.txt: groups, the longest match, wildcards, encodings. */
#include "tap.h"
#include "web/robots.h"

static struct arena a;

static bool allows(const char *robots, const char *path, int *line)
{
	const struct web_rule *why;
	struct web_robots *r =
		web_robots_parse(robots, strlen(robots), "pinscrape", &a);
	bool yes = web_robots_allow(r, path, &why);

	if (line)
		*line = why ? why->line : 0;
	return yes;
}

static void paths(void)
{
	static const struct {
		const char *rules, *path;
		bool allowed;
	} t[] = {
		{"", "/x", true},
		{"Disallow:", "/x", true},
		{"Disallow: /", "/", false},
		{"Disallow: /", "/robots.txt", true},
		{"Disallow: /a", "/abc", false},
		{"Disallow: /a", "/b/a", true},
		{"Disallow: /A", "/a", true},
		{"disallow :\t/a  # comment", "/a", false},
		{"Disallow: /a\nAllow: /a/b", "/a/b/c", true},
		{"Allow: /a/b\nDisallow: /a", "/a/c", false},
		{"Disallow: /a\nAllow: /a", "/a", true},
		{"Allow: /a\nDisallow: /a", "/a", true},
		{"Disallow: /*.gif$", "/x/y.gif", false},
		{"Disallow: /*.gif$", "/x/y.gif?z", true},
		{"Disallow: /*.gif", "/x/y.gif?z", false},
		{"Disallow: /a*b*c", "/a/x/b/y/c/z", false},
		{"Disallow: /a*b*c", "/a/x/c/y/b/z", true},
		{"Disallow: *", "/x", false},
		{"Disallow: /$", "/", false},
		{"Disallow: /$", "/x", true},
		{"Disallow: /a$b", "/a$b", true}, /* a $ in a path is encoded */
		{"Disallow: /a%24b", "/a$b", false},
		{"Disallow: /a%2Ab", "/a*b", false},
		{"Disallow: /a%2ab", "/axb", true},
		{"Disallow: /%7ex", "/~x", false},
		{"Disallow: /~x", "/%7Ex", false},
		{"Disallow: /a%2fb", "/a/b", true},
		{"Disallow: /a%2fb", "/a%2Fb", false},
		{"Disallow: /\xc3\xa4", "/%C3%A4", false},
		{"Disallow: /%c3%a4", "/\xc3\xa4", false},
		{"Disallow: /s?q=", "/s?q=coat", false},
		{"Disallow: /%zz", "/%zz", false},
		{"Nonsense: /", "/x", true},
		{"no colon", "/x", true},
	};

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		const char *robots =
			arena_printf(&a, "User-agent: *\n%s", t[i].rules);

		ok(allows(robots, t[i].path, NULL) == t[i].allowed,
			"%s: %s is %s", t[i].rules, t[i].path,
			t[i].allowed ? "allowed" : "forbidden");
	}
}

static void groups(void)
{
	int line;

	ok(allows("User-agent: other\nDisallow: /\n", "/x", NULL),
		"what is for others is not for us");
	ok(!allows("User-agent: other\nUser-agent: PinScrape/2.0\n\n"
		   "Disallow: /\n",
		   "/x", NULL),
		"a group of several agents, in any case, with a version");
	ok(allows("User-agent: pinscrape\nDisallow: /a\n"
		  "User-agent: *\nDisallow: /",
		   "/x", NULL),
		"our own group stands in place of the one for all");
	ok(!allows("User-agent: pinscrape\nDisallow: /a\n"
		   "User-agent: x\nDisallow: /b\n"
		   "User-agent: pinscrape\nDisallow: /c\n",
		   "/c", NULL),
		"groups of the same agent are one");
	ok(allows("User-agent: pinscraper\nDisallow: /", "/x", NULL),
		"a longer name is another's");
	ok(!allows("User-agent: a\nSitemap: /s\nUser-agent: pinscrape\n"
		   "Disallow: /",
		   "/x", NULL),
		"a sitemap does not end a list of agents");
	ok(allows("Disallow: /\nUser-agent: *\nAllow: /", "/x", NULL),
		"rules before any agent are nobody's");
	ok(!allows("\xef\xbb\xbfUser-agent: *\r\rDisallow: /a\r\nAllow: /ab\r",
		   "/ac", &line),
		"a byte order mark, and any ends of lines");
	is_int(line, 3, "lines are counted");
}

static void odd(void)
{
	static char zeros[1000];
	struct web_robots *r =
		web_robots_parse(zeros, sizeof zeros, "pinscrape", &a);
	const struct web_rule *why;
	char *stars = arena_alloc(&a, 20000);

	ok(web_robots_allow(r, "/", &why) && !why, "zeros say nothing");
	r = web_robots_parse(
		"User-agent: *\nCrawl-delay: 2.5\n", 31, "pinscrape", &a);
	is_near(r->delay, 2.5, 0, "Crawl-delay");
	memset(stars, '*', 2000);
	memcpy(stars + 2000, "b\n", 3);
	ok(allows(arena_printf(&a, "User-agent: *\nDisallow: %s", stars),
		   arena_printf(&a, "/%01500d", 0), NULL),
		"many stars end in time");
}

static void tags(void)
{
	static const struct {
		const char *tag;
		bool forbids;
	} t[] = {{"", false}, {"all", false}, {"noindex", true},
		{"NoAI, noimageai", true}, {"nofollow, none", true},
		{"nofollow", false}, {"otherbot: noai", false},
		{"pinscrape: noai", true},
		{"otherbot: noai, nofollow, pinscrape: nofollow", false},
		{"unavailable_after: 25 Jun 2010 15:00:00 PST, noindex", true},
		{"otherbot: noai, noindex", false},
		{"otherbot: noai; noindex", true},
		{"max-image-preview: none, noai", true},
		{"max-snippet:-1; all", false}, {"noindexing", false}};

	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		ok(web_robots_tag_forbids(t[i].tag, "pinscrape") ==
				t[i].forbids,
			"'%s' %s", t[i].tag,
			t[i].forbids ? "forbids" : "does not forbid");
}

int main(void)
{
	paths();
	groups();
	odd();
	tags();
	arena_release(&a);
	return done();
}
