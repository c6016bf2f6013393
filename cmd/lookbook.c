/* lookbook: a page of thumbnails to browse. */
#include "base/file.h"
#include "cli/filter.h"
#include "data/page.h"

#include <string.h>

static struct {
	const char *out, *title, *sort, *root;
	bool reverse, beside;
} o = {.out = "-", .title = "Lookbook"};

static int add(struct cli *c, const struct lines *in, struct arena *a, void *to,
	struct err *e)
{
	struct record r;

	if (record_parse(&r, in->line, in->n, a, e) ||
		page_add(to, &r, file_join(a, o.root, r.path), e))
		return filter_skip(c, in, e);
	return 0;
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
	struct arena names = {0};
	struct page page;
	struct file_out out;
	int bad;

	if (o.beside && !strcmp(o.out, "-"))
		return err_set(e, ERR_USAGE, "--beside needs -o FILE.html");
	page_init(&page, o.beside ? folder_beside(&names) : NULL);
	bad = filter_lines(c, add, &page, e);
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
