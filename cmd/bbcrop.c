/* bbcrop: cut boxes out of pictures. */
#include "base/file.h"
#include "cli/parallel.h"
#include "data/cutter.h"

#include <string.h>

/* A threshold that nobody gave. */
enum { NO_SCORE = -1 };

static struct {
	struct opt_list classes;
	double score, pad;
	struct opt_size aspect, size;
	const char *format, *root, *out;
	int64_t jobs;
	bool best, lossless, legacy;
} o = {.score = NO_SCORE, .jobs = 1};

static const struct opt opts[] = {
	OPT_LIST('c', "class", "CLASS", &o.classes,
		"only boxes of this category; may be given many times"),
	OPT_REAL('t', "threshold", "SCORE", &o.score, 0, 1,
		"only boxes of at least this score (0)"),
	OPT_FLAG(0, "best", &o.best, "only the best box of a picture"),
	OPT_REAL(0, "pad", "F", &o.pad, 0, 100,
		"widen by this part of the box at each side (0)"),
	OPT_SIZE(0, "aspect", "W:H", &o.aspect, 1, 10000,
		"widen to this shape as far as the picture goes"),
	OPT_SIZE(0, "size", "WxH", &o.size, 1, 10000,
		"scale to fit into this size, on white"),
	OPT_STR('f', "format", "png|jpg", &o.format, "of the crops (png)"),
	OPT_FLAG(0, "lossless", &o.lossless,
		"cut JPEGs between their blocks, without decoding"),
	OPT_FLAG(0, "legacy", &o.legacy,
		"one crop a picture, as the first version made it"),
	OPT_STR(0, "root", "DIR", &o.root, "where the records' paths begin"),
	OPT_INT('j', "jobs", "N", &o.jobs, 1, 256,
		"pictures that are worked on at a time (1)"),
	OPT_STR('o', "output", "DIR", &o.out, "where the crops go"), {0}};

struct run {
	struct crop_filter want;
	struct cutter cutter;
	struct derived names;
};

/* A photograph. */
struct job {
	struct record photo;
	const struct record_box *const *box;
	int n;
	struct derived_names names;
	struct cutter_crop *crop; /* [n] */
};

static int take(struct parallel_line *l, void *to)
{
	struct run *run = to;
	struct job *j = l->own;

	if (record_parse(&j->photo, l->in.line, l->in.n, &l->arena, &l->why))
		return -1;
	j->box = crop_choose(&run->want, &j->photo, &j->n);
	j->crop = arena_zero(&l->arena, (size_t)j->n, sizeof *j->crop);
	if (j->n)
		j->names = derived_reserve(&run->names, j->photo.path, j->n);
	return 0;
}

/* The first version cut every box into the same file, the smallest last, and
 * called it after the photograph without its last four letters. */
static int cut_last(struct job *j, const char *file, struct err *e)
{
	const char *base = file_base(j->photo.path);
	size_t n = strlen(base);

	j->box += j->n - 1;
	j->n = 1;
	return cutter_legacy(&j->photo, file, *j->box,
		arena_printf(j->photo.arena, "%s/%.*s.png", o.out,
			n > 4 ? (int)n - 4 : 0, base),
		j->crop, e);
}

static int cut(struct parallel_line *l, void *to)
{
	struct run *run = to;
	struct job *j = l->own;
	const char *file = file_join(&l->arena, o.root, j->photo.path);

	/* Without boxes there is no need to look at it. */
	if (!j->n)
		return 0;
	if (o.legacy)
		return cut_last(j, file, &l->why);
	return cutter_photo(&run->cutter, &j->photo, file, j->box, j->n,
		&j->names, j->crop, &l->why);
}

static int give(struct cli *c, struct parallel_line *l, void *to, struct err *e)
{
	struct job *j = l->own;

	(void)to;
	for (int i = 0; i < j->n; i++) {
		*e = j->crop[i].why;
		if (j->crop[i].bad) {
			if (filter_skip(c, &l->in, e))
				return -1;
		} else if (record_write(&j->crop[i].record, stdout, e)) {
			return -1;
		}
	}
	return j->n ? cli_flush(e) : 0;
}

static int check_options(struct err *e)
{
	if (!o.out)
		return err_set(e, ERR_USAGE, "-o DIR is missing");
	if (o.format && strcmp(o.format, "png") && strcmp(o.format, "jpg"))
		return err_set(e, ERR_USAGE,
			"--format: png or jpg expected, not '%s'", o.format);
	if (o.lossless && (o.format || o.size.w))
		return err_set(e, ERR_USAGE,
			"--lossless goes with neither --format nor --size");
	if (o.legacy && (o.lossless || o.format || o.size.w || o.aspect.w ||
				o.pad > 0 || o.best))
		return err_set(e, ERR_USAGE,
			"--legacy goes with -c, -t, --root and -o alone");
	return 0;
}

static int run(struct cli *c, struct err *e)
{
	static const struct parallel_steps steps = {
		sizeof(struct job), take, cut, give};
	static const char *const full[] = {"full"};
	struct run run = {.want = {o.classes.v, o.classes.n, o.score, o.best},
		.cutter = {.rule = {.pad = o.pad},
			.w = (int)o.size.w,
			.h = (int)o.size.h,
			.ext = o.format ? o.format : "png",
			.lossless = o.lossless}};
	int bad;

	if (check_options(e))
		return -1;
	if (o.aspect.w)
		run.cutter.rule.aspect =
			(double)o.aspect.w / (double)o.aspect.h;
	if (o.legacy && !o.classes.n)
		run.want.classes = full, run.want.nclasses = 1;
	if (o.legacy && o.score == NO_SCORE)
		run.want.score = 0.7;
	derived_init(&run.names, o.out);
	/* Photographs that are called alike replace each other in their
	 * order. */
	bad = parallel_lines(c, o.legacy ? 1 : (int)o.jobs, &steps, &run, e);
	derived_release(&run.names);
	return bad;
}

int main(int argc, char **argv)
{
	static const struct cli_prog prog = {
		.name = "bbcrop",
		.args = "-o DIR [FILE...]",
		.about = "cut boxes out of pictures, a record a crop",
		.options = opts,
		.records = true,
		.run = run,
	};

	return cli_main(&prog, argc, argv);
}
