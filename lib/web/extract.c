#include "web/extract.h"
#include "web/html.h"
#include "web/robots.h"
#include "web/url.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { ITEMS_MAX = 20000 };

struct reader {
	const struct web_site *site;
	const char *url;
	struct web_html html;
	struct web_pin **end;
	struct web_page *out;
	struct json **item; /* [ITEMS_MAX], scratch */
	struct arena *a;
};

enum web_kind web_kind(const char *text, size_t n)
{
	size_t i = n >= 3 && !memcmp(text, "\xef\xbb\xbf", 3) ? 3 : 0;

	while (i < n && isspace((unsigned char)text[i]))
		i++;
	if (i == n)
		return WEB_OTHER;
	if (text[i] == '<')
		return WEB_HTML;
	return text[i] == '{' || text[i] == '[' ? WEB_JSON_TEXT : WEB_OTHER;
}

/* All pins at the first path that has some. */
static void take_paths(
	struct reader *r, const struct json *j, const struct key_strs *paths)
{
	for (int i = 0; i < paths->n && !r->out->pins; i++) {
		int n = web_path_all(j, paths->v[i], r->item, ITEMS_MAX);

		for (int k = 0; k < n; k++)
			r->end =
				web_pin_read(r->site, r->item[k], r->end, r->a);
	}
}

static void take_items(struct reader *r, const struct json *j)
{
	struct json *list;

	for (int i = 0; i < r->site->items.n && !r->out->pins; i++)
		if (web_path_all(j, r->site->items.v[i], &list, 1) &&
			json_kind(list) == JSON_ARRAY)
			json_each (item, list)
				r->end = web_pin_read(
					r->site, item, r->end, r->a);
}

static void take_json(struct reader *r, const struct json *j)
{
	take_items(r, j);
	if (!r->out->pins)
		take_paths(r, j, &r->site->state);
	if (r->out->pins)
		return;
	if (json_kind(j) == JSON_ARRAY)
		json_each (item, j)
			r->end = web_pin_read(r->site, item, r->end, r->a);
	else
		r->end = web_pin_read(r->site, j, r->end, r->a);
}

/* ---- scripts ---- */

static void take_script_ids(struct reader *r)
{
	for (int i = 0; i < r->site->scripts.n; i++)
		for (struct web_script *s = r->html.scripts; s; s = s->next) {
			struct json *j;

			if (!s->id || strcmp(s->id, r->site->scripts.v[i]))
				continue;
			j = json_parse(s->text, s->n, r->a, NULL);
			if (j)
				take_json(r, j);
			if (r->out->pins)
				return;
		}
}

/* The JSON value that begins at s: up to the bracket that closes it. */
static size_t value_span(const char *s, size_t n)
{
	bool quoted = false;
	int depth = 0;

	for (size_t i = 0; i < n; i++) {
		if (quoted) {
			if (s[i] == '\\')
				i++;
			else if (s[i] == '"')
				quoted = false;
		} else if (s[i] == '"') {
			quoted = true;
		} else if (s[i] == '{' || s[i] == '[') {
			depth++;
		} else if ((s[i] == '}' || s[i] == ']') && --depth == 0) {
			return i + 1;
		}
	}
	return 0;
}

/* f("name", {...}) in a script */
static void take_call(
	struct reader *r, const struct web_script *s, const char *function)
{
	size_t n = strlen(function);

	for (const char *at = s->text; (at = strstr(at, function)) != NULL;) {
		const char *brace = strchr(at, '{');
		size_t left, span;
		struct json *j;

		at += n;
		if (!brace || *at != '(')
			continue;
		left = s->n - (size_t)(brace - s->text);
		span = value_span(brace, left);
		if (!span)
			return;
		j = json_parse(brace, span, r->a, NULL);
		if (j)
			take_json(r, j);
		at = brace + span;
	}
}

static void take_calls(struct reader *r)
{
	for (int i = 0; i < r->site->calls.n && !r->out->pins; i++)
		for (struct web_script *s = r->html.scripts; s; s = s->next)
			take_call(r, s, r->site->calls.v[i]);
}

/* ---- what other sites have too ---- */

/* https://.../pin/ID/ or /pin/some-words--ID/: its id, or NULL. */
static const char *pin_id(const char *href, struct arena *a)
{
	const char *s = href ? strstr(href, "/pin/") : NULL, *end, *dash;

	if (!s)
		return NULL;
	s += 5;
	end = s + strcspn(s, "/?#");
	for (dash = end; dash > s && isdigit((unsigned char)dash[-1]);)
		dash--;
	if (dash == end || (dash > s && dash[-1] != '-'))
		return NULL;
	return arena_dupn(a, dash, (size_t)(end - dash));
}

static const char *absolute(struct reader *r, const char *href)
{
	struct web_url u;

	return href && !web_url_parse(&u, href, r->url, r->a, NULL) ? u.text
								    : NULL;
}

/* The page's own pin, by what it says of itself to other sites. */
static void take_about(struct reader *r, const char *image, const char *title,
	const char *description, const char *page)
{
	struct web_pin *p;
	const char *url = absolute(r, image);

	if (!url)
		return;
	p = arena_zero(r->a, 1, sizeof *p);
	p->page = absolute(r, page);
	if (!p->page)
		p->page = r->url;
	p->id = pin_id(p->page, r->a);
	p->title = title;
	p->description = description;
	p->licence = r->html.licence;
	if (!web_pin_from_url(r->site, p, url, r->a))
		return;
	*r->end = p;
	r->end = &p->next;
}

/* "image" is an address, an object with one, or a list of either. */
static const char *ld_image(const struct json *j)
{
	const struct json *image = json_get(j, "image");

	if (json_kind(image) == JSON_ARRAY)
		image = json_first(image);
	if (json_kind(image) == JSON_OBJECT)
		return json_get_str(image, "url");
	return json_to_str(image);
}

static void take_json_ld(struct reader *r)
{
	for (struct web_script *s = r->html.scripts; s; s = s->next) {
		struct json *j;
		const char *title;

		if (!s->type || strcasecmp(s->type, "application/ld+json"))
			continue;
		j = json_parse(s->text, s->n, r->a, NULL);
		title = json_get_str(j, "headline");
		if (!r->html.licence)
			r->html.licence = json_get_str(j, "license");
		if (j && !r->out->pins)
			take_about(r, ld_image(j),
				title ? title : json_get_str(j, "name"),
				json_get_str(j, "articleBody"),
				json_get_str(j, "url"));
	}
}

static bool is_ours(const struct web_site *site, const char *host)
{
	for (int i = 0; i < site->image_hosts.n; i++)
		if (web_host_matches(host, site->image_hosts.v[i]))
			return true;
	return false;
}

/* As the first scrapers did: every picture of the page. */
static void take_images(struct reader *r)
{
	for (struct web_image *im = r->html.images; im; im = im->next) {
		struct web_url u;
		struct web_pin *p;

		if (web_url_parse(&u, im->src, r->url, r->a, NULL) ||
			!is_ours(r->site, u.host))
			continue;
		p = arena_zero(r->a, 1, sizeof *p);
		p->id = pin_id(im->href, r->a);
		p->page = im->href ? absolute(r, im->href) : r->url;
		p->alt = im->alt;
		p->licence = r->html.licence;
		if (!web_pin_from_url(r->site, p, u.text, r->a))
			continue;
		*r->end = p;
		r->end = &p->next;
	}
}

/* ---- the whole ---- */

/* Of a page about one pin only that one. */
static void keep_own(struct reader *r)
{
	const char *own = pin_id(r->html.canonical, r->a);

	if (!own)
		own = pin_id(r->html.og_url, r->a);
	if (!own)
		return;
	for (struct web_pin *p = r->out->pins; p; p = p->next) {
		struct web_pin *last = p;
		size_t n = strlen(own);

		if (!p->id || strcmp(p->id, own))
			continue;
		/* With its further pictures, which follow it: ID_2, ... */
		while (last->next && last->next->id &&
			!strncmp(last->next->id, own, n) &&
			last->next->id[n] == '_')
			last = last->next;
		r->out->pins = p;
		last->next = NULL;
		return;
	}
}

static void take_html(struct reader *r, const char *text, size_t n)
{
	const struct web_html *h = &r->html;

	web_html_read(&r->html, text, n, r->a);
	take_script_ids(r);
	if (!r->out->pins)
		take_calls(r);
	if (r->out->pins)
		keep_own(r);
	else
		take_json_ld(r);
	if (!r->out->pins)
		take_about(r, h->og_image, h->og_title, h->og_description,
			h->og_url);
	if (!r->out->pins)
		take_images(r);
}

int web_extract(const struct web_site *site, const char *text, size_t n,
	const char *url, const char *agent, struct web_page *out,
	struct arena *a, struct err *e)
{
	struct reader r = {.site = site, .url = url, .out = out, .a = a};
	struct json *j;

	*out = (struct web_page){0};
	r.end = &out->pins;
	r.item = arena_alloc(a, ITEMS_MAX * sizeof *r.item);
	switch (web_kind(text, n)) {
	case WEB_JSON_TEXT:
		j = json_parse(text, n, a, e);
		if (!j)
			return -1;
		take_json(&r, j);
		break;
	case WEB_HTML:
		take_html(&r, text, n);
		out->forbidden = r.html.robots &&
				 web_robots_tag_forbids(r.html.robots, agent);
		break;
	default:
		return err_set(e, ERR_DATA, "neither HTML nor JSON");
	}
	return 0;
}
