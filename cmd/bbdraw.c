/* bbdraw: show boxes on their pictures. */
#include "base/file.h"
#include "cli/filter.h"
#include "data/crop.h"
#include "data/derived.h"
#include "data/label.h"

#include <string.h>

static struct {
	struct opt_list classes;
	double score;
	const char *format, *root, *out;
} o = {.format = "jpg"};

static int draw(struct cli *c, const struct lines *in, struct arena *a,
	void *to, struct err *e)
{
	const struct crop_filter want = {
		o.classes.v, o.classes.n, o.score, false};
	const struct record_box *const *box;
	struct derived *names = to;
	struct record r;
	struct img im;
	const char *path;
	int n, bad;

	if (record_parse(&r, in->line, in->n, a, e) ||
		img_load(&im, file_join(a, o.root, r.path), 0, e))
		return filter_skip(c, in, e);
	/* The largest first, so that the small ones stay in sight. */
	box = crop_choose(&want, &r, &n);
	label_boxes(&im, box, n);
	path = derived_name(names, r.path, o.format, a);
	bad = img_save(&im, path, 0, e);
	img_release(&im);
	if (bad)
		return filter_skip(c, in, e);
	record_set_string(&r, "drawn_of", r.path);
	record_set_path(&r, path);
	if (record_write(&r, stdout, e))
		return -1;
	return cli_flush(e);
}

static int run(struct cli *c, struct err *e)
{
	struct derived names;
	int bad;

	if (!o.out)
		return err_set(e, ERR_USAGE, "-o DIR is missing");
	if (strcmp(o.format, "png") && strcmp(o.format, "jpg"))
		return err_set(e, ERR_USAGE,
			"--format: png or jpg expected, not '%s'", o.format);
	derived_init(&names, o.out);
	bad = filter_lines(c, draw, &names, e);
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
