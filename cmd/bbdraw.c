/* bbdraw: show boxes on their pictures. */
#include "base/file.h"
#include "cli/parallel.h"
#include "data/crop.h"
#include "data/derived.h"
#include "data/label.h"

#include <string.h>

static struct {
	struct opt_list classes;
	double score;
	const char *format, *root, *out;
	int64_t jobs;
} o = {.format = "jpg", .jobs = 1};

/* A picture. */
struct job {
	struct record record;
	const char *copy;
};

static int take(struct parallel_line *l, void *to)
{
	struct job *j = l->own;
	struct derived_names names;

	if (record_parse(&j->record, l->in.line, l->in.n, &l->arena, &l->why))
		return -1;
	names = derived_reserve(to, j->record.path, 1);
	j->copy = derived_next(&names, o.format, &l->arena);
	return 0;
}

static int draw(struct parallel_line *l, void *to)
{
	const struct crop_filter want = {
		o.classes.v, o.classes.n, o.score, false};
	struct job *j = l->own;
	const struct record_box *const *box;
	struct img im;
	int n, bad;

	(void)to;
	if (img_load(&im, file_join(&l->arena, o.root, j->record.path), 0,
		    &l->why))
		return -1;
	/* The largest first, so that the small ones stay in sight. */
	box = crop_choose(&want, &j->record, &n);
	label_boxes(&im, box, n);
	bad = img_save(&im, j->copy, 0, &l->why);
	img_release(&im);
	return bad;
}

static int give(struct cli *c, struct parallel_line *l, void *to, struct err *e)
{
	struct job *j = l->own;

	(void)c;
	(void)to;
	record_set_string(&j->record, "drawn_of", j->record.path);
	record_set_path(&j->record, j->copy);
	if (record_write(&j->record, stdout, e))
		return -1;
	return cli_flush(e);
}

static int run(struct cli *c, struct err *e)
{
	static const struct parallel_steps steps = {
		sizeof(struct job), take, draw, give};
	struct derived names;
	int bad;

	if (!o.out)
		return err_set(e, ERR_USAGE, "-o DIR is missing");
	if (strcmp(o.format, "png") && strcmp(o.format, "jpg"))
		return err_set(e, ERR_USAGE,
			"--format: png or jpg expected, not '%s'", o.format);
	derived_init(&names, o.out);
	bad = parallel_lines(c, (int)o.jobs, &steps, &names, e);
	derived_release(&names);
	return bad;
}

int main(int argc, char **argv)
{
	static const struct opt opts[] = {
		OPT_LIST('c', "class", "CLASS", &o.classes,
			"only boxes of this category; may be given many times"),
		OPT_REAL('t', "threshold", "SCORE", &o.score, 0, 1,
			"only boxes of at least this score (0)"),
		OPT_STR('f', "format", "png|jpg", &o.format,
			"of the pictures (jpg)"),
		OPT_STR(0, "root", "DIR", &o.root,
			"where the records' paths begin"),
		OPT_INT('j', "jobs", "N", &o.jobs, 1, 256,
			"pictures that are worked on at a time (1)"),
		OPT_STR('o', "output", "DIR", &o.out, "where the pictures go"),
		{0}};
	static const struct cli_prog prog = {
		.name = "bbdraw",
		.args = "-o DIR [FILE...]",
		.about = "draw boxes and what they are onto their pictures",
		.options = opts,
		.records = true,
		.run = run,
	};

	return cli_main(&prog, argc, argv);
}
