#include "app/scrape_setup.h"
#include "app/pinterest.h"
#include "base/file.h"
#include "base/num.h"
#include "web/url.h"

#include <string.h>
#include <sys/stat.h>

#define PRODUCT "pinscrape"

static void note(void *to, const char *words)
{
	struct scrape *s = to;

	cli_note(s->cli, "%s", words);
}

static void idle(void *to)
{
	scrape_idle(to);
}

/* N/s, N/m, N/h or N: requests a second. */
static int parse_rate(const char *text, double *rate, struct err *e)
{
	static const struct {
		const char *unit;
		double seconds;
	} units[] = {{"", 1}, {"/s", 1}, {"/m", 60}, {"/h", 3600}};
	size_t n = strcspn(text, "/");
	char number[32];

	for (size_t i = 0; n < sizeof number && i < 4; i++) {
		memcpy(number, text, n);
		number[n] = 0;
		if (!strcmp(text + n, units[i].unit) &&
			num_real(number, 0, 1e6, rate)) {
			*rate /= units[i].seconds;
			return 0;
		}
	}
	return err_set(e, ERR_USAGE,
		"--rate: a number as in 2, 0.5/s or 30/m expected, not '%s'",
		text);
}

static int allow_host(struct web_site *site, const char *host, struct err *e)
{
	struct key_strs *hosts = &site->image_hosts;

	if (hosts->n == KEY_LIST_MAX || strlen(host) >= KEY_STR_MAX)
		return err_set(e, ERR_USAGE,
			"--host: not '%.100s' too: more than %d, or too long",
			host, KEY_LIST_MAX);
	snprintf(hosts->v[hosts->n++], KEY_STR_MAX, "%s", host);
	return 0;
}

/* Where it is, and whence its pictures may come. */
static int prepare_site(
	struct scrape_setup *j, const struct scrape_options *o, struct err *e)
{
	struct web_url base = {0};
	size_t n = o->base_url ? strlen(o->base_url) : 0;
	size_t size = sizeof j->site.root;

	if (pinterest_load(&j->site, o->site, e))
		return -1;
	if (n && (n >= size ||
			 web_url_parse(&base, o->base_url, NULL, &j->mem, e))) {
		e->code = ERR_USAGE;
		return err_wrap(e, "--base-url");
	}
	for (int i = 0; i < o->hosts.n; i++)
		if (allow_host(&j->site, o->hosts.v[i], e))
			return -1;
	if (n && allow_host(&j->site, base.host, e))
		return -1;
	for (int i = 0; i < j->site.image_hosts.n; i++)
		j->hosts[j->scrape.rule.nhosts++] = j->site.image_hosts.v[i];
	j->scrape.rule.hosts = j->hosts;
	if (!n)
		return 0;
	n -= o->base_url[n - 1] == '/';
	snprintf(j->site.root, size, "%.*s", (int)n, o->base_url);
	snprintf(j->site.api_root, size, "%.*s", (int)n, o->base_url);
	return 0;
}

/* What opens an account's door is not left lying about. */
static int read_token(
	struct scrape_setup *j, const struct scrape_options *o, struct err *e)
{
	size_t n;
	char *token = file_read(o->api, 4096, &j->mem, &n, e);
	struct stat st;

	if (!token)
		return -1;
	if (!stat(o->api, &st) && S_ISREG(st.st_mode) && st.st_mode & S_IRWXO)
		return err_set(e, ERR_CONFIG,
			"'%s' is open to everybody: say chmod o= '%s'", o->api,
			o->api);
	token[strcspn(token, " \t\r\n")] = 0;
	if (!*token)
		return err_set(e, ERR_DATA, "'%s': no token in it", o->api);
	j->scrape.rule.secret =
		arena_printf(&j->mem, "Authorization: Bearer %s", token);
	return 0;
}

static int prepare_client(
	struct scrape_setup *j, const struct scrape_options *o, struct err *e)
{
	double soon = o->timeout < 30 ? o->timeout : 30;
	struct web_client_rule rule = {.product = PRODUCT,
		.permission = o->permission,
		.retries = (int)o->retries,
		.backoff = o->backoff,
		.patience = o->patience,
		.redirects = (int)o->redirects,
		.refusals = (int)o->refusals,
		.max_requests = o->budget_requests,
		.note = note,
		.arg = &j->scrape};
	struct web_http_rule http = {.proxy = o->proxy,
		.cookies = o->cookies,
		.allow = j->allow,
		.nallow = o->allow.n,
		.connect = soon,
		.total = o->timeout,
		.stall = soon,
		.stopped = cli_stopped,
		.idle = idle,
		.arg = &j->scrape};

	if (parse_rate(o->rate, &rule.rate, e))
		return -1;
	if (!num_bytes(o->budget_bytes, &rule.max_bytes) ||
		!num_bytes(o->max_file, &j->scrape.rule.max_file))
		return err_set(e, ERR_USAGE,
			"--budget-bytes, --max-filesize: a size such as 20M "
			"expected");
	for (int i = 0; i < o->allow.n; i++)
		if (web_net_parse(&j->allow[i], o->allow.v[i], e))
			return err_wrap(e, "--allow");
	http.agent = o->contact ? arena_printf(&j->mem, "%s/%s (+%s)", PRODUCT,
					  VERSION, o->contact)
				: PRODUCT "/" VERSION;
	if (o->warc && web_warc_open(&j->warc, o->warc, http.agent, e))
		return -1;
	http.warc = o->warc ? &j->warc : NULL;
	j->scrape.client = web_client_new(&rule, &http, e);
	return j->scrape.client ? 0 : -1;
}

int scrape_set_up(struct scrape_setup *s, const struct scrape_options *o,
	struct cli *c, struct err *e)
{
	s->scrape =
		(struct scrape){.cli = c, .site = &s->site, .rule = o->rule};
	s->scrape.rule.min_w = o->min.w;
	s->scrape.rule.min_h = o->min.h;
	if (prepare_site(s, o, e) || (o->api && read_token(s, o, e)))
		return -1;
	return prepare_client(s, o, e);
}

int scrape_take_down(struct scrape_setup *s, struct err *e)
{
	int bad = 0;

	web_client_free(s->scrape.client);
	if (s->warc.f)
		bad = web_warc_close(&s->warc, e);
	arena_release(&s->mem);
	return bad;
}
