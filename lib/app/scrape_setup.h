/*
 * What a scraper needs before it can begin, from the words of a command line:
 * the site, a client, an archive of what is exchanged.
 */
#ifndef APP_SCRAPE_SETUP_H
#define APP_SCRAPE_SETUP_H

#include "app/scrape.h"

struct scrape_options {
	const char *site, *base_url, *api; /* a file, a URL, a file; NULL */
	const char *contact, *cookies, *proxy, *warc; /* NULL */
	const char *rate, *max_file, *budget_bytes;   /* "1/s", "32M" */
	struct opt_list hosts, allow;
	struct opt_size min;
	int64_t retries, redirects, refusals, budget_requests;
	double timeout, backoff, patience;
	bool permission;
	struct scrape_rule rule; /* as it is to be, but for what follows from
				    the above */
};

#define SCRAPE_OPTIONS \
	{ \
		.rate = "1/s", .max_file = "32M", .budget_bytes = "0", \
		.retries = 4, .redirects = 5, .refusals = 5, .timeout = 120, \
		.backoff = 1, .patience = 300, .rule = { \
			.out = "pins", \
			.max_pixels = 100000000 \
		} \
	}

struct scrape_setup {
	struct scrape scrape;
	struct web_site site;
	struct web_warc warc;
	struct web_net allow[OPT_LIST_MAX];
	const char *hosts[KEY_LIST_MAX];
	struct arena mem;
};

/* s is all zero. ERR_USAGE for words that make no sense, ERR_NOINPUT for files
 * that are not there, ... To be taken down in any case. */
int scrape_set_up(struct scrape_setup *s, const struct scrape_options *o,
	struct cli *c, struct err *e);
/* ERR_IO when the archive could not be written. */
int scrape_take_down(struct scrape_setup *s, struct err *e);

#endif
