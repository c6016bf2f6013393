#include "app/fetch.h"
#include "base/file.h"
#include "cli/progress.h"
#include "web/client.h"
#include "web/digest.h"
#include "web/part.h"
#include "web/url.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LOCK_NS = 100000000 }; /* between looks at a lock that another has */

#define BYTES_MAX ((int64_t)16 << 30)

/* Hosts that have moved since files were written that name them. */
static const struct {
	const char *from, *to;
} moved[] = {
	{"https://s3-us-west-2.amazonaws.com/detectron/",
		"https://dl.fbaipublicfiles.com/detectron/"},
};

/* A file that is wanted. */
struct want {
	const struct fetch_how *how;
	const char *url, *sha256;      /* sha256: NULL if not told */
	const char *dir, *name, *path; /* in the cache */
	struct arena *mem;
	struct web_part part;
	struct progress bar;
};

static bool is_url(const char *s)
{
	return !strncmp(s, "https://", 8) || !strncmp(s, "http://", 7);
}

/* Its small letters, or NULL when it is no SHA-256. */
static const char *read_digest(const char *text, struct arena *a)
{
	char *s = arena_dup(a, text);

	if (strlen(s) != WEB_SHA256_TEXT - 1 ||
		strspn(s, "0123456789abcdefABCDEF") != strlen(s))
		return NULL;
	for (char *p = s; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return s;
}

/* The digest out of what was given beside the URL and behind its #. */
static int find_digest(struct want *w, const char *behind, struct err *e)
{
	const char *const given[] = {w->how->sha256, behind};

	for (int i = 0; i < 2; i++) {
		const char *text = given[i], *digest;

		if (!text || (!i && !*text))
			continue;
		if (i && !strncmp(text, "sha256=", 7))
			text += 7;
		digest = read_digest(text, w->mem);
		if (!digest)
			return err_set(e, ERR_CONFIG,
				"'%.200s': '%.80s' is no SHA-256", w->url,
				text);
		if (w->sha256 && strcmp(w->sha256, digest))
			return err_set(e, ERR_CONFIG,
				"'%.200s': two SHA-256 are given for it",
				w->url);
		w->sha256 = digest;
	}
	return 0;
}

static int compare_digest(const struct want *w, const char *path,
	const char is[WEB_SHA256_TEXT], struct err *e)
{
	if (!strcmp(is, w->sha256))
		return 0;
	return err_set(e, ERR_DATA, "'%.200s' has SHA-256 %s, not %s", path, is,
		w->sha256);
}

static int check_digest(const struct want *w, const char *path, struct err *e)
{
	char is[WEB_SHA256_TEXT];

	if (!w->sha256)
		return 0;
	if (web_sha256_file(path, is, e))
		return -1;
	return compare_digest(w, path, is, e);
}

/* ---- the cache ---- */

static const char *cache_folder(struct arena *a)
{
	const char *cache = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");

	/* A relative one is to be ignored, says the standard. */
	if (cache && *cache == '/')
		return arena_printf(a, "%s/deepstyle", cache);
	return home && *home ? arena_printf(a, "%s/.cache/deepstyle", home)
			     : NULL;
}

/* HASH-NAME: of the whole URL, and readable. */
static const char *cache_name(const char *url, struct arena *a)
{
	char sha[WEB_SHA256_TEXT];
	const char *end = url + strcspn(url, "?");
	const char *from = end;
	char *name;

	web_sha256(url, strlen(url), sha);
	while (from > url && from[-1] != '/')
		from--;
	name = arena_printf(a, "%.12s-%.*s", sha,
		end - from > 100 ? 100 : (int)(end - from), from);
	for (char *p = name; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("-._", *p))
			*p = '_';
	return name;
}

static int place(struct want *w, struct err *e)
{
	w->dir = cache_folder(w->mem);
	if (!w->dir)
		return err_set(e, ERR_UNAVAILABLE,
			"'%.200s': no folder for it: neither XDG_CACHE_HOME "
			"nor HOME is set",
			w->url);
	w->name = cache_name(w->url, w->mem);
	w->path = arena_printf(w->mem, "%s/%s", w->dir, w->name);
	return 0;
}

/* Wait until no other program fetches this file; the lock is the
 * descriptor's. */
static int lock(const struct want *w, struct err *e)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	const char *path = arena_printf(w->mem, "%s.lock", w->path);
	int fd, bad;

	if (file_mkdirs(w->dir, e))
		return -1;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		return err_set(e, ERR_CREATE, "cannot create '%s': %s", path,
			strerror(errno));
	/* Waiting in the call itself, which begins again after a signal, none
	 * would be heeded. */
	while ((bad = fcntl(fd, F_SETLK, &whole)) && !cli_stopped() &&
		(errno == EAGAIN || errno == EACCES || errno == EINTR))
		nanosleep(&(struct timespec){.tv_nsec = LOCK_NS}, NULL);
	if (!bad)
		return fd;
	if (cli_stopped())
		err_set(e, ERR_LATER, "interrupted, waiting for '%s'", path);
	else
		err_set(e, ERR_LATER, "cannot lock '%s': %s", path,
			strerror(errno));
	close(fd);
	return -1;
}

/* ---- fetching ---- */

/* The part's sink, and a bar. */
static int64_t have(void *to, const char **validator)
{
	struct web_sink s = web_part_sink(&((struct want *)to)->part);

	return s.have(s.to, validator);
}

static int begin(void *to, const struct web_header *h, struct err *e)
{
	struct want *w = to;
	struct web_sink s = web_part_sink(&w->part);
	int bad = s.begin(s.to, h, e);

	if (!bad)
		w->bar.total =
			(double)(h->status == 206 ? h->total : h->length);
	if (w->bar.total < 0)
		w->bar.total = 0;
	return bad;
}

static int add(void *to, const void *p, size_t n, struct err *e)
{
	struct want *w = to;
	struct web_sink s = web_part_sink(&w->part);
	int bad = s.write(s.to, p, n, e);

	progress_at(&w->bar, (double)w->part.size, NULL);
	return bad;
}

static void note(void *arg, const char *words)
{
	cli_note(arg, "%s", words);
}

static int download(struct want *w, struct web_client *client, struct err *e)
{
	const struct web_request r = {.url = w->url,
		.accept = "*/*",
		.max = BYTES_MAX,
		.no_robots = true,
		.secure = !w->sha256,
		.sink = {have, begin, add, w}};
	struct web_answer answer = {0};
	int bad;

	web_header_init(&answer.head);
	bad = web_client_get(client, &r, &answer, e);
	/* A part that was whole, or of something else: once more, from the
	 * start. */
	if (bad && answer.head.status == 416) {
		web_part_end(&w->part, NULL);
		web_part_drop(&w->part);
		bad = web_client_get(client, &r, &answer, e);
	}
	web_header_release(&answer.head);
	return bad;
}

static int check_part(struct want *w, struct err *e)
{
	char is[WEB_SHA256_TEXT];
	const void *p;

	if (!w->sha256)
		return 0;
	p = web_part_bytes(&w->part, e);
	if (!p)
		return -1;
	web_sha256(p, (size_t)w->part.size, is);
	return compare_digest(w, w->url, is, e);
}

/* Name it, and wait until the disk has it: nobody would fetch it again. */
static int keep(struct want *w, struct err *e)
{
	int fd, bad;

	if (web_part_keep(&w->part, w->path, e))
		return -1;
	fd = open(w->path, O_RDONLY | O_CLOEXEC);
	bad = fd < 0 || fsync(fd);
	if (fd >= 0)
		close(fd);
	if (!bad)
		return 0;
	err_set(e, ERR_IO, "cannot write '%s': %s", w->path, strerror(errno));
	unlink(w->path);
	return -1;
}

static int fetch_part(struct want *w, struct web_client *client, struct err *e)
{
	const char *parts = arena_printf(w->mem, "%s/part", w->dir);
	int bad;

	web_part_begin(&w->part, parts, w->name, w->url, true, w->mem);
	cli_note(w->how->cli, "fetching '%s'", w->url);
	progress_begin(&w->bar, w->how->cli, "bytes", (double)w->part.size, 0);
	bad = download(w, client, e);
	progress_end(&w->bar);
	if (web_part_end(&w->part, bad ? NULL : e) || bad) {
		web_part_leave(&w->part);
		return err_wrap(e, "'%.200s'", w->url);
	}
	if (check_part(w, e)) {
		web_part_drop(&w->part);
		return -1;
	}
	return keep(w, e);
}

static int fetch_new(struct want *w, struct err *e)
{
	/* The user has named the host: it may be in his own network. */
	static const struct web_net any = {.bits = 0};
	const struct web_client_rule rule = {.product = "deepstyle",
		.permission = true,
		.retries = 4,
		.backoff = 1,
		.patience = 60,
		.redirects = 8,
		.note = note,
		.arg = (void *)w->how->cli};
	const struct web_http_rule http = {.agent = "deepstyle/" VERSION,
		.allow = &any,
		.nallow = 1,
		.connect = 30,
		.stall = 30,
		.stopped = cli_stopped};
	struct web_client *client = web_client_new(&rule, &http, e);
	int bad = client ? fetch_part(w, client, e) : -1;

	web_client_free(client);
	return bad;
}

/* With the lock: what is there and right is taken. */
static int fetch_locked(struct want *w, struct err *e)
{
	struct err why = {0};

	if (access(w->path, R_OK)) {
		if (!w->how->offline)
			return fetch_new(w, e);
		return err_set(e, ERR_UNAVAILABLE,
			"'%.200s' is not in '%s', and --offline forbids to "
			"fetch it",
			w->url, w->dir);
	}
	if (!check_digest(w, w->path, &why))
		return 0;
	if (w->how->offline || why.code != ERR_DATA)
		return err_set(e, why.code, "%s", why.msg);
	cli_warn(w->how->cli, "%s: it is fetched again", why.msg);
	return fetch_new(w, e);
}

const char *fetch(const char *source, const struct fetch_how *how,
	struct arena *a, struct err *e)
{
	struct want w = {.how = how, .url = source, .mem = a};
	const char *hash = is_url(source) ? strchr(source, '#') : NULL;
	int fd, bad;

	if (find_digest(&w, hash ? hash + 1 : NULL, e))
		return NULL;
	if (!is_url(source))
		return check_digest(&w, source, e) ? NULL : source;
	if (hash)
		w.url = arena_dupn(a, source, (size_t)(hash - source));
	if (!w.sha256 && !strncmp(w.url, "http:", 5)) {
		err_set(e, ERR_CONFIG,
			"'%.200s': http needs a SHA-256: #sha256=HEX behind "
			"it, or https",
			w.url);
		return NULL;
	}
	for (size_t i = 0; i < sizeof moved / sizeof *moved; i++)
		if (!strncmp(w.url, moved[i].from, strlen(moved[i].from)))
			w.url = arena_printf(a, "%s%s", moved[i].to,
				w.url + strlen(moved[i].from));
	if (place(&w, e))
		return NULL;
	fd = lock(&w, e);
	if (fd < 0)
		return NULL;
	bad = fetch_locked(&w, e);
	close(fd);
	return bad ? NULL : w.path;
}
