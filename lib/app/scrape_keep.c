/*
 * Pictures that are whole go to the disk, the archive and the reader of the
 * records a few at a time: a commit each would take longer than all the rest.
 * Never longer than it takes to fetch the next: whoever waits, for a host or
 * for its turn, gets what there is (scrape_idle).
 */
#include "app/scrape.h"

enum { HELD_BYTES = 1 << 20 };
static const double held_seconds = 0.1;

/* The order is archive.h's: a run that is killed anywhere on the way leaves
 * what the next one finishes. */
int scrape_flush(struct scrape *s, struct err *e)
{
	int n = s->nheld, bad = web_archive_commit(s->archive, e);

	s->nheld = 0;
	s->held_bytes = 0;
	s->held_since = 0;
	for (int i = 0; i < n; i++) {
		struct scrape_held *h = &s->held[i];

		if (bad)
			web_part_drop(&h->part);
		else
			bad = web_part_keep(&h->part, h->path, e);
	}
	for (int i = 0; i < n && !bad; i++) {
		fputs(s->held[i].record, s->rule.to);
		fputc('\n', s->rule.to);
	}
	if (n && !bad)
		bad = cli_flush(e);
	if (n && !bad) {
		/* At once, or a run that is killed tells them all again. */
		web_archive_told(s->archive);
		bad = web_archive_commit(s->archive, e);
	}
	arena_reset(&s->held_words);
	return bad;
}

int scrape_keep(struct scrape *s, const struct web_part *part, const char *path,
	const char *record, struct err *e)
{
	struct scrape_held *h = &s->held[s->nheld++];

	*h = (struct scrape_held){.part = *part,
		.path = arena_dup(&s->held_words, path),
		.record = arena_dup(&s->held_words, record)};
	h->part.path = arena_dup(&s->held_words, part->path);
	s->held_bytes += part->size;
	s->unsafe++;
	/* A file among them must not be taken for one to be continued. */
	if (s->nheld < SCRAPE_HELD && s->held_bytes < HELD_BYTES &&
		!part->filed)
		return 0;
	return scrape_flush(s, e);
}

void scrape_idle(struct scrape *s)
{
	double now;

	if (!s->archive || s->trouble.code || !web_archive_pending(s->archive))
		return;
	now = progress_clock();
	if (!s->held_since)
		s->held_since = now;
	else if (now - s->held_since > held_seconds)
		scrape_flush(s, &s->trouble);
}
