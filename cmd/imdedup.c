/* imdedup: drop pictures that are there already. */
#include "base/file.h"
#include "cli/parallel.h"
#include "data/dedup_set.h"
#include "data/record.h"

#include <string.h>

static struct {
	int64_t bits, jobs;
	const char *keep, *show, *cache, *root;
	bool exact;
} o = {.bits = 2, .jobs = 1, .keep = "first", .show = "kept"};

static const struct opt opts[] = {
	OPT_INT('d', "distance", "BITS", &o.bits, 0, NEAR_BITS_MAX,
		"of 64 that the hashes of duplicates may differ in (2)"),
	OPT_FLAG(0, "exact", &o.exact, "only files of the same bytes"),
	OPT_STR(0, "keep", "largest|first", &o.keep,
		"which of the duplicates (first)"),
	OPT_STR(0, "show", "kept|dropped|groups|all", &o.show,
		"which records are written (kept)"),
	OPT_STR(0, "cache", "FILE", &o.cache,
		"remember what pictures look like"),
	OPT_STR(0, "root", "DIR", &o.root, "where the records' paths begin"),
	OPT_INT('j', "jobs", "N", &o.jobs, 1, 256,
		"pictures that are looked at at a time (1)"),
	{0}};

struct run {
	struct print_cache old, cache; /* as it was; as it will be */
	struct dedup_set set;
	bool stream; /* a picture is decided on as it comes */
};

struct job {
	struct record record;
	const char *file;
	struct print print;
};

static int take(struct parallel_line *l, void *to)
{
	struct job *j = l->own;

	(void)to;
	if (record_parse(&j->record, l->in.line, l->in.n, &l->arena, &l->why))
		return -1;
	j->file = file_join(&l->arena, o.root, j->record.path);
	return 0;
}

static int look(struct parallel_line *l, void *to)
{
	const struct run *run = to;
	struct job *j = l->own;

	if (print_cache_find(&run->old, j->file, !o.exact, &j->print))
		return 0;
	return print_read(&j->print, j->file, !o.exact, &l->why);
}

static int give(struct cli *c, struct parallel_line *l, void *to, struct err *e)
{
	struct run *run = to;
	struct job *j = l->own;
	int i = dedup_set_add(&run->set, j->file, &j->print,
		run->stream ? NULL : l->in.line, l->in.n);

	print_cache_add(&run->cache, j->file, &j->print);
	if (!run->stream)
		return 0;
	if (dedup_set_place(&run->set, i, e))
		return filter_skip(c, &l->in, e);
	if (run->set.item[i].keeper >= 0)
		return 0;
	if (record_write(&j->record, stdout, e))
		return -1;
	return cli_flush(e);
}

/* The place of a word among others, -1 when it isn't there. */
static int word(const char *s, const char *const *words)
{
	for (int i = 0; words[i]; i++)
		if (!strcmp(words[i], s))
			return i;
	return -1;
}

static int work(struct cli *c, struct run *run, struct err *e)
{
	static const struct parallel_steps steps = {
		sizeof(struct job), take, look, give};

	if (print_cache_open(&run->old, o.cache, e) ||
		print_cache_open(&run->cache, o.cache, e))
		return -1;
	if (parallel_lines(c, (int)o.jobs, &steps, run, e)) {
		/* What was learnt until then is worth keeping. */
		print_cache_save(&run->cache, NULL);
		return -1;
	}
	return print_cache_save(&run->cache, e);
}

static int run(struct cli *c, struct err *e)
{
	static const char *const keeps[] = {"first", "largest", NULL};
	/* As enum dedup_show has them. */
	static const char *const shows[] = {
		"kept", "dropped", "groups", "all", NULL};
	int keep = word(o.keep, keeps), show = word(o.show, shows), bad;
	struct run run = {.stream = keep == 0 && show == DEDUP_KEPT};

	if (keep < 0)
		return err_set(e, ERR_USAGE,
			"--keep: largest or first expected, not '%s'", o.keep);
	if (show < 0)
		return err_set(e, ERR_USAGE,
			"--show: kept, dropped, groups or all expected, "
			"not '%s'",
			o.show);
	dedup_set_init(&run.set, o.exact ? -1 : (int)o.bits);
	bad = work(c, &run, e);
	if (!bad && !run.stream)
		bad = dedup_set_decide(&run.set, keep == 1, e) ||
		      dedup_set_write(
			      &run.set, (enum dedup_show)show, stdout, e);
	if (!bad)
		cli_note(c, "%d pictures: %ld exact and %ld near duplicates",
			run.set.n, run.set.exact, run.set.near);
	dedup_set_release(&run.set);
	print_cache_close(&run.old);
	print_cache_close(&run.cache);
	return bad ? -1 : 0;
}

int main(int argc, char **argv)
{
	static const struct cli_prog prog = {
		.name = "imdedup",
		.args = "[FILE...]",
		.about = "drop pictures that are there already, or nearly so",
		.options = opts,
		.records = true,
		.run = run,
	};

	return cli_main(&prog, argc, argv);
}
