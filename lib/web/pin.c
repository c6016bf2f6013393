#include "web/pin.h"
#include "base/buf.h"
#include "web/digest.h"
#include "web/url.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

enum { SIGNATURE = 32, NAME_MAX_BYTES = 64 };

/* A string, or a number as it was written: an id may be either. */
static const char *text_of(const struct json *j, struct arena *a)
{
	const char *s = json_to_str(j);
	char *out = NULL;
	struct buf b;
	size_t n;

	if (s) {
		n = strlen(s);
		if (n > PIN_TEXT_MAX) {
			for (n = PIN_TEXT_MAX; ((unsigned char)s[n] >> 6) == 2;)
				n--; /* not within a character */
			return arena_dupn(a, s, n);
		}
		return n ? s : NULL;
	}
	if (json_kind(j) != JSON_NUMBER)
		return NULL;
	buf_init(&b, 64);
	if (json_print_buf(j, &b))
		out = arena_dup(a, b.p);
	buf_release(&b);
	return out;
}

static const char *text_at(
	const struct json *j, const struct key_strs *paths, struct arena *a)
{
	for (int i = 0; i < paths->n; i++) {
		struct json *found;
		const char *s = NULL;

		if (web_path_all(j, paths->v[i], &found, 1))
			s = text_of(found, a);
		if (s)
			return s;
	}
	return NULL;
}

static void add_url(struct web_pin *p, const char *url)
{
	for (int i = 0; i < p->nurl; i++)
		if (!strcmp(p->url[i], url))
			return;
	if (p->nurl < PIN_URLS_MAX)
		p->url[p->nurl++] = url;
}

/* ---- the site's way of naming sizes ---- */

/* https://host/SIZE/aa/bb/cc/aabbcc....EXT, cut into its parts. */
struct sized {
	const char *before, *middle, *ext; /* "https://host/", "aa/.../aabb" */
	int size;                          /* its place in site->sizes */
};

static bool cut_sized(const struct web_site *site, const char *url,
	struct sized *s, struct arena *a)
{
	const char *host = strstr(url, "://"), *size, *rest, *leaf, *dot;

	if (!host || !(size = strchr(host + 3, '/')))
		return false;
	size++;
	rest = strchr(size, '/');
	leaf = strrchr(size, '/');
	dot = leaf ? strrchr(leaf, '.') : NULL;
	if (!rest || !dot || dot - leaf - 1 != SIGNATURE || strlen(dot) > 5 ||
		strpbrk(size, "?#"))
		return false;
	for (const char *c = leaf + 1; c < dot; c++)
		if (!isxdigit((unsigned char)*c))
			return false;
	for (s->size = 0; s->size < site->sizes.n; s->size++) {
		const char *name = site->sizes.v[s->size];

		if (strlen(name) == (size_t)(rest - size) &&
			!strncmp(name, size, strlen(name)))
			break;
	}
	s->before = arena_dupn(a, url, (size_t)(size - url));
	s->middle = arena_dupn(a, rest + 1, (size_t)(dot - rest - 1));
	s->ext = dot + 1;
	return s->size < site->sizes.n;
}

/* Every size from the best on, then the best with other endings. */
static bool add_sizes(const struct web_site *site, struct web_pin *p,
	const char *url, struct arena *a)
{
	struct sized s;

	if (!cut_sized(site, url, &s, a))
		return false;
	if (!p->signature)
		p->signature = arena_dupn(
			a, s.middle + strlen(s.middle) - SIGNATURE, SIGNATURE);
	for (int i = 0; i < site->sizes.n; i++)
		add_url(p, arena_printf(a, "%s%s/%s.%s", s.before,
				   site->sizes.v[i], s.middle, s.ext));
	for (int i = 0; i < site->extensions.n; i++)
		add_url(p, arena_printf(a, "%s%s/%s.%s", s.before,
				   site->sizes.v[0], s.middle,
				   site->extensions.v[i]));
	return true;
}

bool web_pin_from_url(const struct web_site *site, struct web_pin *p,
	const char *url, struct arena *a)
{
	struct web_url u;

	if (web_url_parse(&u, url, NULL, a, NULL))
		return false;
	if (!add_sizes(site, p, u.text, a))
		add_url(p, u.text);
	return true;
}

/* ---- JSON ---- */

struct image {
	const char *url;
	int64_t w, h;
};

static bool read_image(const struct json *j, struct image *im, struct arena *a)
{
	struct web_url u;
	const char *s = json_get_str(j, "url");

	*im = (struct image){0};
	if (!s || web_url_parse(&u, s, NULL, a, NULL))
		return false;
	im->url = u.text;
	json_get_int(j, "width", &im->w);
	json_get_int(j, "height", &im->h);
	if (im->w < 0 || im->h < 0)
		im->w = im->h = 0;
	return true;
}

/*
 * The images of a pin: an object of sizes, or one image. The largest comes
 * first; where widths are not told, the one that is called after the best
 * size's beginning ("orig" of "originals"), or the first.
 */
static bool read_images(const struct web_site *site, const struct json *images,
	struct web_pin *p, struct arena *a)
{
	struct image best, im;
	bool any = read_image(images, &best, a), orig = false;

	json_each (item, images) {
		const char *key = json_key(item);
		bool is_orig = key && site->sizes.n && *key &&
			       !strncmp(key, site->sizes.v[0], strlen(key));

		if (!read_image(item, &im, a))
			continue;
		if (!any || (is_orig && !orig) || (!orig && im.w > best.w))
			best = im;
		any = true;
		orig = orig || is_orig;
	}
	if (!any)
		return false;
	add_url(p, best.url);
	p->width = best.w;
	p->height = best.h;
	/* Sizes that the site names itself come before those we guess. */
	for (int i = 1; i < site->sizes.n; i++)
		if (read_image(json_get(images, site->sizes.v[i]), &im, a))
			add_url(p, im.url);
	if (!add_sizes(site, p, best.url, a))
		json_each (item, images)
			if (read_image(item, &im, a))
				add_url(p, im.url);
	return true;
}

static struct web_pin *new_pin(const struct web_pin *like, struct arena *a)
{
	struct web_pin *p = arena_alloc(a, sizeof *p);

	*p = *like;
	p->signature = NULL;
	p->nurl = 0;
	p->next = NULL;
	return p;
}

struct web_pin **web_pin_read(const struct web_site *site,
	const struct json *item, struct web_pin **end, struct arena *a)
{
	struct web_pin about = {
		.id = text_at(item, &site->id, a),
		.title = text_at(item, &site->title, a),
		.description = text_at(item, &site->description, a),
		.alt = text_at(item, &site->alt, a),
		.board = text_at(item, &site->board_name, a),
		.pinner = text_at(item, &site->pinner, a),
		.colour = text_at(item, &site->colour, a),
		.link = text_at(item, &site->link, a),
		.created = text_at(item, &site->created, a),
		.licence = text_at(item, &site->licence, a),
	};
	struct json *more[64];
	struct web_pin *p;
	int n = 1;

	if (json_kind(item) != JSON_OBJECT)
		return end;
	if (about.id)
		about.page = web_fill(a, site->pin_page,
			(struct web_fill[]){{"root", site->root},
				{"id", about.id}, {NULL, NULL}},
			WEB_PERCENT, "root");
	p = new_pin(&about, a);
	p->signature = text_at(item, &site->signature, a);
	if (read_images(site, web_path_first(item, &site->images), p, a)) {
		*end = p;
		end = &p->next;
	}
	for (int i = 0; i < site->more.n; i++) {
		int found = web_path_all(item, site->more.v[i], more, 64);

		for (int k = 0; k < found; k++) {
			p = new_pin(&about, a);
			if (!read_images(site, more[k], p, a))
				continue;
			if (about.id)
				p->id = arena_printf(a, "%s_%d", about.id, ++n);
			*end = p;
			end = &p->next;
		}
	}
	return end;
}

/* ---- names and records ---- */

const char *web_pin_name(const struct web_pin *p, struct arena *a)
{
	const char *id = p->id ? p->id : p->signature;
	char sha[WEB_SHA256_TEXT];
	size_t n = id ? strlen(id) : 0;
	bool plain = n > 0 && n <= NAME_MAX_BYTES && *id != '-';

	for (size_t i = 0; plain && i < n; i++)
		plain = isalnum((unsigned char)id[i]) || strchr("_-", id[i]);
	if (plain)
		return id;
	if (!id)
		id = p->nurl ? p->url[0] : "";
	web_sha256(id, strlen(id), sha);
	return arena_dupn(a, sha, 32);
}

/* What "source" says of a pin, beside where it was found. */
static const struct {
	const char *key;
	size_t at;
} said[] = {{"pin", offsetof(struct web_pin, id)},
	{"page", offsetof(struct web_pin, page)},
	{"title", offsetof(struct web_pin, title)},
	{"description", offsetof(struct web_pin, description)},
	{"alt", offsetof(struct web_pin, alt)},
	{"board", offsetof(struct web_pin, board)},
	{"pinner", offsetof(struct web_pin, pinner)},
	{"colour", offsetof(struct web_pin, colour)},
	{"link", offsetof(struct web_pin, link)},
	{"created", offsetof(struct web_pin, created)},
	{"signature", offsetof(struct web_pin, signature)},
	{"licence", offsetof(struct web_pin, licence)}};

enum { SAID = sizeof said / sizeof *said };

struct json *web_pin_source(
	const struct web_site *site, const struct web_pin *p, struct arena *a)
{
	struct json *j = json_object(a);

	json_put(a, j, "site", json_str(a, site->name));
	for (int i = 0; i < SAID; i++) {
		const char *v =
			*(const char *const *)((const char *)p + said[i].at);

		if (v && *v)
			json_put(a, j, said[i].key, json_str(a, v));
	}
	return j;
}

void web_pin_from_source(struct web_pin *p, const struct json *source)
{
	*p = (struct web_pin){0};
	for (int i = 0; i < SAID; i++)
		*(const char **)((char *)p + said[i].at) =
			json_get_str(source, said[i].key);
}
