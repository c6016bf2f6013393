/*
 * A robots.txt, and behind its last 0 byte a path to ask it about. Which rule
 * decides is held to a slow matcher, where the path needs no encoding.
 */
#include "web/robots.h"
#include "fuzz.h"

enum { PATH_MAX_HERE = 200 };

/* fits[j]: the pattern so far matches the first j bytes of the path. */
static bool slow_match(const char *pattern, const char *path)
{
	bool fits[PATH_MAX_HERE + 1] = {true};
	size_t n = strlen(path);

	for (const char *p = pattern; *p; p++) {
		bool last = *p == '$' && !p[1];

		if (last)
			return fits[n];
		if (*p == '*') {
			for (size_t j = 1; j <= n; j++)
				fits[j] = fits[j] || fits[j - 1];
			continue;
		}
		for (size_t j = n; j > 0; j--)
			fits[j] = fits[j - 1] && path[j - 1] == *p;
		fits[0] = false;
	}
	for (size_t j = 0; j <= n; j++)
		if (fits[j])
			return true;
	return false;
}

static bool plain(const char *path)
{
	return strlen(path) <= PATH_MAX_HERE &&
	       !path[strspn(path, "abcdefghijklmnopqrstuvwxyz/")];
}

static void check(const struct web_robots *r, const char *path)
{
	const struct web_rule *why, *best = NULL;
	bool allowed = web_robots_allow(r, path, &why);

	BUG_ON(!allowed && !why);
	BUG_ON(why && (why->allow != allowed || why->line < 1));
	if (!plain(path))
		return;
	for (const struct web_rule *rule = r->rules; rule; rule = rule->next)
		if (slow_match(rule->normal, path) &&
			(!best || strlen(rule->normal) > strlen(best->normal) ||
				(rule->allow && strlen(rule->normal) ==
							strlen(best->normal))))
			best = rule;
	BUG_ON(allowed != (!best || best->allow));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct arena a;
	size_t cut = n;
	const char *path;

	while (cut && data[cut - 1])
		cut--;
	arena_reset(&a);
	path = arena_dupn(&a, (const char *)data + cut, n - cut);
	if (cut)
		cut--;
	check(web_robots_parse((const char *)data, cut, "pinscrape", &a), path);
	web_robots_tag_forbids(path, "pinscrape");
	return 0;
}
