#include "web/feed.h"
#include "base/mem.h"
#include "web/url.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { EMPTY_MAX = 3 };

void web_feed_search(struct web_feed *f, const struct web_site *site,
	const char *query, bool api)
{
	*f = (struct web_feed){
		.site = site, .api = api, .query = mem_dup(query)};
}

static char *dup_part(const char *s, size_t n)
{
	char *copy = mem_alloc(n + 1, 1);

	memcpy(copy, s, n);
	return copy;
}

int web_feed_board(struct web_feed *f, const struct web_site *site,
	const char *board, bool api, struct err *e)
{
	const char *s = strstr(board, "://"), *slash;
	size_t n;

	*f = (struct web_feed){.site = site, .api = api};
	if (api) {
		f->board = mem_dup(board);
		return 0;
	}
	s = s ? strchr(s + 3, '/') : board;
	while (s && *s == '/')
		s++;
	slash = s ? strchr(s, '/') : NULL;
	n = slash ? strcspn(slash + 1, "/?#") : 0;
	if (!n || slash == s)
		return err_set(e, ERR_USAGE,
			"a board's address or user/name expected, not '%s'",
			board);
	f->user = dup_part(s, (size_t)(slash - s));
	f->slug = dup_part(slash + 1, n);
	return 0;
}

void web_feed_release(struct web_feed *f)
{
	mem_free(f->query);
	mem_free(f->user);
	mem_free(f->slug);
	mem_free(f->board);
	mem_free(f->bookmark);
	mem_free(f->seen);
	*f = (struct web_feed){0};
}

void web_feed_resume(struct web_feed *f, const char *bookmark)
{
	mem_free(f->bookmark);
	f->bookmark = mem_dup(bookmark);
}

static const struct web_call *call_of(const struct web_feed *f)
{
	const struct web_site *s = f->site;

	if (f->query)
		return f->api ? &s->api_search : &s->search;
	if (f->api)
		return &s->api_board;
	return f->board ? &s->board : &s->board_id;
}

/* ["bookmark"], or [] */
static char *bookmarks(const struct web_feed *f, struct arena *a)
{
	struct web_fill one[] = {{"b", f->bookmark}, {NULL, NULL}};

	if (!f->bookmark)
		return arena_dup(a, "[]");
	return web_fill(a, "[\"{b}\"]", one, WEB_JSON, "");
}

char *web_feed_next(const struct web_feed *f, struct arena *a)
{
	const struct web_call *call = call_of(f);
	const char *root = f->api ? f->site->api_root : f->site->root;
	char time_text[32];
	struct web_fill with[] = {{"root", root},
		{"query", f->query ? f->query : ""},
		{"user", f->user ? f->user : ""},
		{"slug", f->slug ? f->slug : ""},
		{"board", f->board ? f->board : ""},
		{"bookmark", f->bookmark ? f->bookmark : ""},
		{"bookmarks", bookmarks(f, a)}, {"time", time_text},
		{"source", NULL}, {"data", NULL}, {NULL, NULL}};
	int source = 8, data = 9;
	char *url;

	if (f->ended)
		return NULL;
	snprintf(time_text, sizeof time_text, "%lld000", (long long)time(NULL));
	with[source].value = with[data].value = "";
	with[source].value = web_fill(a, call->source, with, WEB_PERCENT, "");
	with[data].value = web_fill(a, call->data, with, WEB_JSON, "bookmarks");
	url = web_fill(a, call->url, with, WEB_PERCENT, "root");
	if (!f->bookmark)
		return url;
	return arena_printf(
		a, "%s%s", url, web_fill(a, call->next, with, WEB_PERCENT, ""));
}

/* FNV-1a, 64 bits */
static uint64_t hash(const char *s)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3u;
	return h;
}

/* Was it there before? */
static bool goes_round(struct web_feed *f, const char *bookmark)
{
	uint64_t h = hash(bookmark);

	for (int i = 0; i < f->pages; i++)
		if (f->seen[i] == h)
			return true;
	f->seen = mem_grow(f->seen, (size_t)f->pages + 1, sizeof *f->seen);
	f->seen[f->pages] = h;
	return false;
}

static void set_bookmark(struct web_feed *f, const struct json *j)
{
	const char *b = json_to_str(web_path_first(j, &f->site->bookmark));

	f->ended = !b || !*b || goes_round(f, b) || f->empty >= EMPTY_MAX;
	for (int i = 0; !f->ended && i < f->site->end.n; i++)
		f->ended = !strncmp(
			b, f->site->end.v[i], strlen(f->site->end.v[i]));
	if (f->ended)
		return;
	mem_free(f->bookmark);
	f->bookmark = mem_dup(b);
}

static struct json *find_items(const struct web_feed *f, const struct json *j)
{
	for (int i = 0; i < f->site->items.n; i++) {
		struct json *found;

		if (web_path_all(j, f->site->items.v[i], &found, 1) &&
			json_kind(found) == JSON_ARRAY)
			return found;
	}
	return NULL;
}

static int read_board_id(
	struct web_feed *f, const struct json *j, struct err *e)
{
	const char *id = json_to_str(web_path_first(j, &f->site->found_id));

	if (!id)
		return err_set(
			e, ERR_DATA, "there is no board's id in the answer");
	f->board = mem_dup(id);
	return 0;
}

static struct json *parse(
	const char *text, size_t n, struct arena *a, struct err *e)
{
	size_t blank = 0;

	while (blank < n && strchr(" \t\r\n", text[blank]) && text[blank])
		blank++;
	if (blank < n && text[blank] == '<') {
		err_set(e, ERR_DATA,
			"a page of HTML where JSON is due: the site wants a "
			"login, or has changed");
		return NULL;
	}
	return json_parse(text, n, a, e);
}

int web_feed_read(struct web_feed *f, const char *text, size_t n,
	struct web_pin **pins, struct arena *a, struct err *e)
{
	struct json *j = parse(text, n, a, e), *items;
	struct web_pin **end = pins;
	const char *trouble;

	*pins = NULL;
	if (!j)
		return -1;
	if (!f->query && !f->board)
		return read_board_id(f, j, e);
	items = find_items(f, j);
	trouble = json_to_str(web_path_first(j, &f->site->error));
	if (!items)
		return err_set(e, ERR_DATA, "no list of pins in the answer%s%s",
			trouble ? ": " : "", trouble ? trouble : "");
	json_each (item, items)
		end = web_pin_read(f->site, item, end, a);
	f->empty = *pins ? 0 : f->empty + 1;
	set_bookmark(f, j);
	f->pages++;
	return 0;
}
