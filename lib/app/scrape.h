/*
 * Scraping: from lists of pins to pictures in a folder and their records. It
 * joins what fetches (web/) with what knows pictures (img/) and records
 * (data/).
 *
 *	struct scrape s = {.cli = c, .site = &site, .client = client,
 *		.rule = {.out = "pictures", .to = stdout}};
 *	if (scrape_open(&s, e))
 *		return -1;
 *	bad = scrape_feed(&s, &(struct scrape_about){.query = "coat"}, e);
 *	return scrape_close(&s, bad, e);
 *
 * What is wrong with one picture, page or list is said and counted, and the
 * rest goes on. The functions return -1 only when the run is over: because of
 * the client (client.h), of --strict, or of an output that fails.
 *
 * In the folder are pictures, called after their pin, and what begins with a
 * dot: the archive (.pinscrape.sqlite), which also is the lock, and .part, with
 * pictures that were begun.
 */
#ifndef APP_SCRAPE_H
#define APP_SCRAPE_H

#include "cli/progress.h"
#include "web/archive.h"
#include "web/client.h"
#include "web/extract.h"
#include "web/feed.h"
#include "web/part.h"

struct scrape_rule {
	const char *out;        /* folder of the pictures */
	FILE *to;               /* of the records: stdout */
	int64_t most;           /* pictures in this run; 0: all */
	int64_t most_each;      /* pictures of a list; 0: all */
	int64_t known;          /* leave a list after as many known ones */
	int64_t min_w, min_h;   /* smaller pictures are left out */
	double aspect;          /* longer side over shorter, at most; 0: any */
	int64_t max_file;       /* bytes of a picture */
	int64_t max_pixels;     /* of a picture */
	bool dry_run;           /* records, but no pictures and no archive */
	bool again;             /* also what the archive knows */
	bool any_host;          /* pictures may come from anywhere */
	const char *save_pages; /* folder for the pages; NULL */
	const char *secret;     /* header line for the API; NULL: no API */
	const char *const *hosts; /* of pictures; see web_request */
	int nhosts;
};

/* Where a list comes from; for records. */
struct scrape_about {
	const char *query, *brand, *season, *board; /* or NULL */
	int64_t rank;                               /* of its last pin */
};

struct scrape_count {
	int64_t pictures, had, left_out;
	int64_t later;     /* pictures and lists that may be had later */
	int64_t forbidden; /* lists */
};

/* A picture that is whole, but not yet in its place. */
struct scrape_held {
	struct web_part part;
	const char *path, *record;
};

enum { SCRAPE_HELD = 32 };

struct scrape {
	struct cli *cli;
	const struct web_site *site;
	struct web_client *client;
	struct scrape_rule rule;

	struct web_archive *archive;
	struct scrape_count count;
	struct progress bar;
	char *parts;    /* folder of web/part.h */
	bool old_parts; /* it was there when we began */
	int64_t unsafe; /* pictures since the disk was last waited for */
	int in_a_row;   /* known ones in the list being read */
	struct arena page, picture;

	/* Of scrape_keep.c: */
	struct scrape_held held[SCRAPE_HELD];
	int nheld;
	int64_t held_bytes;
	double held_since;       /* seconds of progress_clock; 0: not known */
	struct arena held_words; /* of held */
	struct err trouble;      /* of scrape_idle */
};

int scrape_open(struct scrape *s, struct err *e);
/* bad is what was returned so far, with e. The status of the run: 0; -1 with
 * ERR_LATER when some pictures may be had later, ERR_FORBIDDEN when some were
 * refused by robots.txt. */
int scrape_close(struct scrape *s, int bad, struct err *e);

/* A search by about->query, or the board about->board. */
int scrape_feed(struct scrape *s, struct scrape_about *about, struct err *e);
/* A saved page; "-" is standard input. */
int scrape_file(struct scrape *s, const char *path, struct err *e);
/* An address, of a picture or of a page with some; or a record whose "source"
 * has one in "url". where is said before what is wrong: "file:line". */
int scrape_line(struct scrape *s, const char *line, size_t n, const char *where,
	struct err *e);
/* Print the record of every picture that is there. */
int scrape_records(struct scrape *s, struct err *e);

/* One thing did not work: say it, "what: why", count it; 0 to go on. */
int scrape_failed(struct scrape *s, const char *what, struct err *e);
/* No more is wanted. */
bool scrape_enough(const struct scrape *s);

/* One record, at once. */
int scrape_print(struct scrape *s, const char *record, struct err *e);
/* A picture that the archive has, and that is whole, is to get this path, its
 * record to be printed: soon. part is taken over. (scrape_keep.c) */
int scrape_keep(struct scrape *s, const struct web_part *part, const char *path,
	const char *record, struct err *e);
/* Do now what is to be done soon. */
int scrape_flush(struct scrape *s, struct err *e);
/* The same, by whoever waits, at least once a second; what goes wrong is said
 * by the next scrape_pause. */
void scrape_idle(struct scrape *s);
/* Between two pictures: what has to be done now and then. */
int scrape_pause(struct scrape *s, struct err *e);

/* The pin becomes a picture and a record, unless it is known. */
int scrape_pin(struct scrape *s, struct web_pin *p,
	const struct scrape_about *about, struct err *e);

#endif
