#include "app/scrape.h"
#include "base/file.h"
#include "data/record.h"
#include "img/dhash.h"
#include "web/digest.h"
#include "web/url.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* A picture that was fetched and looked at. */
struct got {
	struct web_part part;
	const char *url;
	struct img_about about;
	char sha256[WEB_SHA256_TEXT];
	uint64_t dhash;
};

static struct web_keys keys_of(const struct web_pin *p, struct arena *a)
{
	struct web_keys k = {0};

	if (p->id)
		k.v[k.n++] = arena_printf(a, "pin:%s", p->id);
	if (p->signature)
		k.v[k.n++] = arena_printf(a, "signature:%s", p->signature);
	if (!k.n)
		k.v[k.n++] = arena_printf(a, "url:%s", p->url[0]);
	return k;
}

/* Too small, or too long for its width? Says why. */
static const char *unwanted(
	const struct scrape *s, int64_t w, int64_t h, struct arena *a)
{
	const struct scrape_rule *r = &s->rule;
	double longer = w > h ? (double)w : (double)h;
	double shorter = w > h ? (double)h : (double)w;

	if (w < r->min_w || h < r->min_h ||
		(r->aspect > 0 && longer > r->aspect * shorter))
		return arena_printf(
			a, "%lld by %lld pixels", (long long)w, (long long)h);
	return NULL;
}

/* ---- looking at it ---- */

/* What it is when it is no picture: for the message. */
static int no_picture(const char *p, size_t n, struct err *e)
{
	if (n >= 12 && !memcmp(p, "RIFF", 4) && !memcmp(p + 8, "WEBP", 4))
		return err_set(
			e, ERR_DATA, "a WebP picture, which is not read");
	if (n >= 6 && !memcmp(p, "GIF8", 4))
		return err_set(e, ERR_DATA, "a GIF picture, which is not read");
	if (web_kind(p, n < 512 ? n : 512) == WEB_HTML)
		return err_set(
			e, ERR_DATA, "HTML or XML in place of a picture");
	return err_set(e, ERR_DATA, "%s",
		n ? "neither JPEG nor PNG" : "an empty file");
}

static int look(const struct scrape *s, struct got *g, struct err *e)
{
	const void *p = web_part_bytes(&g->part, e);
	size_t n = (size_t)g->part.size;
	struct img_about *about = &g->about;
	struct img im;

	if (!p)
		return -1;
	if (img_format_bytes(p, n, &about->format, NULL))
		return no_picture(p, n, e);
	if (img_about_bytes(about, p, n, e))
		return -1;
	if ((int64_t)about->w * about->h > s->rule.max_pixels)
		return err_set(e, ERR_DATA, "%d by %d are too many pixels",
			about->w, about->h);
	if (img_load_bytes(&im, p, n, IMG_DHASH_SIDE, e))
		return -1;
	g->dhash = img_dhash(&im);
	img_release(&im);
	web_sha256(p, n, g->sha256);
	return 0;
}

/* ---- fetching it ---- */

/* One address of it: there, and a picture. */
static int fetch(struct scrape *s, const char *name, const char *url,
	bool probe, struct got *g, struct err *e)
{
	struct web_answer answer = {0};
	struct web_request r = {
		.url = url,
		.accept = "image/jpeg, image/png, image/*;q=0.1",
		.max = s->rule.max_file,
		.hosts = s->rule.hosts,
		.nhosts = s->rule.any_host ? 0 : s->rule.nhosts,
		.probe = probe,
	};
	int bad;

	web_header_init(&answer.head);
	web_part_begin(
		&g->part, s->parts, name, url, s->old_parts, &s->picture);
	r.sink = web_part_sink(&g->part);
	bad = web_client_get(s->client, &r, &answer, e);
	/* The part was longer than the whole, or the whole already. */
	if (bad && answer.head.status == 416) {
		web_part_drop(&g->part);
		bad = web_client_get(s->client, &r, &answer, e);
	}
	if (web_part_end(&g->part, bad ? NULL : e))
		bad = -1;
	if (!bad && web_robots_tag_forbids(answer.head.robots_tag, "pinscrape"))
		bad = err_set(e, ERR_FORBIDDEN, "X-Robots-Tag: %.100s",
			answer.head.robots_tag);
	if (!bad)
		bad = look(s, g, e);
	g->url = url;
	web_header_release(&answer.head);
	/* Stopped in the middle of it, the next run goes on there. */
	if (bad && web_client_over(s->client, &(struct err){0}))
		web_part_leave(&g->part);
	else if (bad)
		web_part_drop(&g->part);
	return bad;
}

/* All of its addresses in turn. What was wrong with the first is what is
 * said. */
static int fetch_any(struct scrape *s, const struct web_pin *p,
	const char *name, struct got *g, struct err *e)
{
	struct err first = {0};

	for (int i = 0; i < p->nurl; i++) {
		struct err why = {0};

		if (!fetch(s, name, p->url[i], i + 1 < p->nurl, g, &why))
			return 0;
		if (!first.code || why.code == ERR_LATER)
			first = why;
		if (why.code == ERR_LATER || why.code == ERR_IO ||
			why.code == ERR_CREATE ||
			web_client_over(s->client, &why))
			break;
	}
	return err_set(e, first.code, "%s", first.msg);
}

/* ---- its record ---- */

static void put(
	struct json *j, const char *key, const char *value, struct arena *a)
{
	if (value)
		json_put(a, j, key, json_str(a, value));
}

static struct json *source(struct scrape *s, const struct web_pin *p,
	const char *url, const struct scrape_about *about)
{
	struct arena *a = &s->picture;
	struct json *j = web_pin_source(s->site, p, a);
	time_t t = time(NULL);
	struct tm utc;
	char text[32];

	put(j, "url", url, a);
	put(j, "query", about->query, a);
	put(j, "brand", about->brand, a);
	put(j, "season", about->season, a);
	if (about->rank)
		json_put(a, j, "rank", json_int(a, about->rank));
	if (s->rule.dry_run)
		return j;
	gmtime_r(&t, &utc);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
	put(j, "fetched", text, a);
	return j;
}

/* A record on one line. */
static char *record_line(const struct record *r, struct arena *a)
{
	struct buf b;
	char *line;

	buf_init(&b, JSON_MAX);
	json_print_buf(r->json, &b);
	line = arena_dupn(a, b.p, b.n);
	buf_release(&b);
	return line;
}

static int dry(struct scrape *s, const struct web_pin *p, const char *name,
	const struct scrape_about *about, const struct web_keys *keys,
	struct err *e)
{
	struct record r;
	const char *dot = strrchr(p->url[0], '.');
	const char *ext = dot && !strncmp(dot, ".png", 4) ? "png" : "jpg";
	const char *path =
		arena_printf(&s->picture, "%s/%s.%s", s->rule.out, name, ext);

	record_new(&r, path, &s->picture);
	if (p->width && p->height)
		record_set_size(&r, p->width, p->height);
	record_set_json(&r, "source", source(s, p, p->url[0], about));
	/* In memory, so that the same pin of another list is not told again. */
	if (web_archive_link(s->archive, keys, "-", e))
		return -1;
	s->count.pictures++;
	return scrape_print(s, record_line(&r, &s->picture), e);
}

static const char *path_of(
	struct scrape *s, const char *name, const struct got *g)
{
	return arena_printf(&s->picture, "%s/%s.%s", s->rule.out, name,
		g->about.format == IMG_PNG ? "png" : "jpg");
}

static int keep(struct scrape *s, const struct web_pin *p, struct got *g,
	const char *name, const struct scrape_about *about,
	const struct web_keys *keys, struct err *e)
{
	struct arena *a = &s->picture;
	char hash[17];
	struct record r;
	const char *path = path_of(s, name, g), *line;

	/* Another picture has the name already: a site may say anything. */
	if (!s->rule.again && web_archive_has_path(s->archive, path))
		path = path_of(s, arena_dupn(a, g->sha256, 32), g);
	record_new(&r, path, a);
	record_set_size(&r, g->about.w, g->about.h);
	record_set_string(&r, "sha256", g->sha256);
	snprintf(hash, sizeof hash, "%016llx", (unsigned long long)g->dhash);
	record_set_string(&r, "dhash", hash);
	record_set_json(&r, "source", source(s, p, g->url, about));
	line = record_line(&r, a);
	if (web_archive_add(s->archive, keys, g->sha256, path, line, e))
		return -1;
	s->count.pictures++;
	return scrape_keep(s, &g->part, path, line, e);
}

/* ---- the whole ---- */

static int refused(struct scrape *s, const struct web_pin *p,
	const struct web_keys *keys, struct err *e)
{
	const char *what = p->url[0];

	if (p->id)
		what = arena_printf(&s->picture, "pin %s: %s", p->id, what);
	/* Do not come back for what will not change. */
	if ((e->code == ERR_DATA || e->code == ERR_NOINPUT) &&
		web_archive_bad(s->archive, keys, e->msg, e))
		return -1;
	return scrape_failed(s, what, e);
}

static int left_out(struct scrape *s, const struct web_pin *p, const char *why)
{
	s->count.left_out++;
	if (s->cli->verbose)
		cli_note(s->cli, "%s: left out: %s", p->url[0], why);
	return 0;
}

static int take(struct scrape *s, const struct web_pin *p,
	const struct scrape_about *about, const struct web_keys *keys,
	struct err *e)
{
	const char *name = web_pin_name(p, &s->picture), *why, *path;
	struct got g = {0};

	if (s->rule.dry_run)
		return dry(s, p, name, about, keys, e);
	if (fetch_any(s, p, name, &g, e))
		return refused(s, p, keys, e);
	why = unwanted(s, g.about.w, g.about.h, &s->picture);
	path = web_archive_content(s->archive, g.sha256, &s->picture);
	if (!why && (!path || (s->rule.again &&
				      !strcmp(path, path_of(s, name, &g)))))
		return keep(s, p, &g, name, about, keys, e);
	web_part_drop(&g.part);
	if (why)
		return web_archive_bad(s->archive, keys, why, e)
			       ? -1
			       : left_out(s, p, why);
	s->count.had++;
	if (s->cli->verbose)
		cli_note(s->cli, "%s is the same picture as '%s'", g.url, path);
	return web_archive_link(s->archive, keys, g.sha256, e);
}

int scrape_pin(struct scrape *s, struct web_pin *p,
	const struct scrape_about *about, struct err *e)
{
	struct arena *a = &s->picture;
	struct web_keys keys = keys_of(p, a);
	enum web_known known = web_archive_find(s->archive, &keys);
	const char *why = NULL;
	int bad = 0;

	if (p->width && p->height)
		why = unwanted(s, p->width, p->height, a);
	if (known != WEB_UNKNOWN && !s->rule.again) {
		s->count.had += known == WEB_HAD;
		s->in_a_row++;
	} else if (why) {
		bad = left_out(s, p, why);
	} else {
		s->in_a_row = 0;
		bad = take(s, p, about, &keys, e);
	}
	arena_reset(a);
	progress_at(&s->bar, (double)s->count.pictures, NULL);
	return bad;
}
