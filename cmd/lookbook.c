/* lookbook: a page of thumbnails to browse. */
#include "base/file.h"
#include "cli/parallel.h"
#include "data/page.h"

#include <string.h>

static struct {
	const char *out, *title, *sort, *root;
	int64_t jobs;
	bool reverse, beside;
} o = {.out = "-", .title = "Lookbook", .jobs = 1};

struct job {
	struct record record;
	struct page_thumb thumb;
};

static int take(struct parallel_line *l, void *to)
{
	struct job *j = l->own;

	(void)to;
	return record_parse(
		&j->record, l->in.line, l->in.n, &l->arena, &l->why);
}

static int make_small(struct parallel_line *l, void *to)
{
	struct job *j = l->own;

	(void)to;
	return page_thumb_make(&j->thumb,
		file_join(&l->arena, o.root, j->record.path), &l->why);
}

static int add(struct cli *c, struct parallel_line *l, void *to, struct err *e)
{
	struct job *j = l->own;

	return page_add(to, &j->record, &j->thumb, e)
		       ? filter_skip(c, &l->in, e)
		       : 0;
}

/* book.html has its thumbnails in book_files. */
static const char *folder_beside(struct arena *a)
{
	const char *dot = strrchr(file_base(o.out), '.');
	size_t n = dot ? (size_t)(dot - o.out) : strlen(o.out);

	return arena_printf(a, "%.*s_files", (int)n, o.out);
}

static int run(struct cli *c, struct err *e)
{
	static const struct parallel_steps steps = {
		sizeof(struct job), take, make_small, add};
	struct arena names = {0};
	struct page page;
	struct file_out out;
	int bad;

	if (o.beside && !strcmp(o.out, "-"))
		return err_set(e, ERR_USAGE, "--beside needs -o FILE.html");
	page_init(&page, o.beside ? folder_beside(&names) : NULL);
	bad = parallel_lines(c, (int)o.jobs, &steps, &page, e);
	if (o.sort)
		page_sort(&page, o.sort, o.reverse);
	if (!bad && !(bad = file_begin(&out, o.out, e))) {
		page_write(&page, o.title, out.f);
		bad = file_commit(&out, e);
	}
	page_release(&page);
	arena_release(&names);
	return bad;
}

int main(int argc, char **argv)
{
	static const struct opt opts[] = {
		OPT_STR('o', "output", "FILE.html", &o.out,
			"the page (standard output)"),
		OPT_STR('t', "title", "T", &o.title, "its title (Lookbook)"),
		OPT_STR(0, "sort", "KEY", &o.sort,
			"by this key of the records (as they come)"),
		OPT_FLAG(0, "reverse", &o.reverse, "sort the other way"),
		OPT_FLAG(0, "beside", &o.beside,
			"thumbnails in a folder beside the page"),
		OPT_STR(0, "root", "DIR", &o.root,
			"where the records' paths begin"),
		OPT_INT('j', "jobs", "N", &o.jobs, 1, 256,
			"pictures that are made small at a time (1)"),
		{0}};
	static const struct cli_prog prog = {
		.name = "lookbook",
		.args = "[FILE...]",
		.about = "make a page of thumbnails to browse",
		.options = opts,
		.records = true,
		.run = run,
	};

	return cli_main(&prog, argc, argv);
}
