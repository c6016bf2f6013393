#define _GNU_SOURCE
#include "app/scrape.h"
#include "base/file.h"
#include "base/mem.h"
#include "web/digest.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Pictures between two waits for the disk. */
enum { UNSAFE_MAX = 1024 };

int scrape_print(struct scrape *s, const char *record, struct err *e)
{
	fputs(record, s->rule.to);
	fputc('\n', s->rule.to);
	return cli_flush(e);
}

/* What a run that was killed has left: is it in its place, was it told? */
static int recover(void *to, const struct web_entry *entry, struct err *e)
{
	struct scrape *s = to;
	char sha[WEB_SHA256_TEXT];

	s->unsafe++;
	if (web_sha256_file(entry->path, sha, NULL) ||
		strcmp(sha, entry->sha256))
		return web_archive_drop(s->archive, entry->sha256, e);
	if (entry->told)
		return 0;
	return scrape_print(s, entry->record, e);
}

/* From now on a power cut takes nothing of what is there. */
static int make_safe(struct scrape *s, struct err *e)
{
	int fd = open(s->rule.out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	int bad = scrape_flush(s, e);

	if (fd >= 0 && !bad && s->unsafe) {
		syncfs(fd);
		s->unsafe = 0;
		bad = web_archive_safe(s->archive, e) ||
				      web_archive_commit(s->archive, e)
			      ? -1
			      : 0;
	}
	if (fd >= 0)
		close(fd);
	return bad;
}

static int open_archive(struct scrape *s, bool create, struct err *e)
{
	struct arena a = {0};
	const char *path =
		arena_printf(&a, "%s/.pinscrape.sqlite", s->rule.out);

	if (s->rule.dry_run || (!create && access(path, F_OK)))
		s->archive = web_archive_open(NULL, e);
	else if (!file_mkdirs(s->rule.out, e))
		s->archive = web_archive_open(path, e);
	arena_release(&a);
	return s->archive ? 0 : -1;
}

int scrape_open(struct scrape *s, struct err *e)
{
	if (open_archive(s, true, e))
		return -1;
	mem_keep();
	s->parts = mem_alloc(strlen(s->rule.out) + 7, 1);
	snprintf(s->parts, strlen(s->rule.out) + 7, "%s/.part", s->rule.out);
	s->old_parts = !access(s->parts, F_OK);
	progress_begin(&s->bar, s->cli, "pictures", 0, (double)s->rule.most);
	if (web_archive_each(s->archive, true, recover, s, e))
		return -1;
	web_archive_told(s->archive);
	return make_safe(s, e);
}

int scrape_failed(struct scrape *s, const char *what, struct err *e)
{
	struct err over = {0};

	if (web_client_over(s->client, &over)) {
		*e = over;
		return -1;
	}
	if (e->code == ERR_IO || e->code == ERR_CREATE || e->code == ERR_OS)
		return -1;
	s->count.later += e->code == ERR_LATER;
	err_wrap(e, "%s", what);
	return cli_reject(s->cli, e);
}

bool scrape_enough(const struct scrape *s)
{
	return s->rule.most && s->count.pictures >= s->rule.most;
}

/* Between two pictures. */
int scrape_pause(struct scrape *s, struct err *e)
{
	if (s->trouble.code) {
		*e = s->trouble;
		return -1;
	}
	if (s->rule.dry_run || s->unsafe < UNSAFE_MAX)
		return 0;
	return make_safe(s, e);
}

static void say_counts(const struct scrape *s, struct web_client_count n)
{
	cli_note(s->cli,
		"%lld pictures, %lld were there already, %lld left out, "
		"%ld rejected; %lld requests, %lld bytes",
		(long long)s->count.pictures, (long long)s->count.had,
		(long long)s->count.left_out, s->cli->rejected,
		(long long)n.requests, (long long)n.bytes);
}

int scrape_close(struct scrape *s, int bad, struct err *e)
{
	struct web_client_count n = web_client_count(s->client);
	struct err why = {0};

	progress_end(&s->bar);
	if (s->archive && !s->rule.dry_run && make_safe(s, &why) && !bad) {
		*e = why;
		bad = -1;
	}
	if (web_archive_close(s->archive, &why) && !bad) {
		*e = why;
		bad = -1;
	}
	/* A run that came to its end leaves no parts for another. */
	if (s->parts && !s->rule.dry_run && !bad)
		web_part_sweep(s->parts);
	say_counts(s, n);
	if (!bad && s->count.later)
		bad = err_set(e, ERR_LATER,
			"%lld of these may be had another time",
			(long long)s->count.later);
	else if (!bad && (s->count.forbidden || n.robots))
		bad = err_set(e, ERR_FORBIDDEN,
			"%lld lists and %lld addresses are forbidden",
			(long long)s->count.forbidden, (long long)n.robots);
	mem_free(s->parts);
	arena_release(&s->page);
	arena_release(&s->picture);
	arena_release(&s->held_words);
	return bad;
}

static int print_record(void *to, const struct web_entry *entry, struct err *e)
{
	return scrape_print(to, entry->record, e);
}

int scrape_records(struct scrape *s, struct err *e)
{
	int bad;

	if (open_archive(s, false, e))
		return -1;
	bad = web_archive_each(s->archive, false, print_record, s, e);
	if (web_archive_close(s->archive, bad ? NULL : e))
		bad = -1;
	return bad;
}
