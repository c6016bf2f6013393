/* df2coco: DeepFashion's text files as a COCO file. */
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "data/coco.h"
#include "data/deepfashion.h"
#include "json/json.h"

static struct {
	const char *partition, *root, *output, *report;
	int64_t classes;
	bool no_images;
} o = {.partition = "all", .classes = 3, .output = "-"};

/* What was wrong, as it is found and then in all. */
struct watch {
	struct cli *c;
	struct progress progress;
	struct file_out report; /* f NULL: not asked for */
	struct arena arena;     /* of one line of the report */
	long count[DF_DEFECTS];
};

static void write_report(
	struct watch *w, enum df_defect d, const char *image, const char *msg)
{
	struct json *j;

	arena_reset(&w->arena);
	j = json_object(&w->arena);
	json_put(
		&w->arena, j, "defect", json_str(&w->arena, df_defect_name(d)));
	if (*image)
		json_put(&w->arena, j, "path", json_str(&w->arena, image));
	json_put(&w->arena, j, "message", json_str(&w->arena, msg));
	json_print(j, w->report.f);
	putc('\n', w->report.f);
}

static int on_defect(void *arg, enum df_defect d, const char *image,
	const char *msg, struct err *e)
{
	struct watch *w = arg;

	if (w->report.f)
		write_report(w, d, image, msg);
	if (w->c->strict)
		return err_set(e, ERR_DATA, "%s", msg);
	if (w->count[d]++ == 0 || w->c->verbose)
		cli_warn(w->c, "%s", msg);
	w->c->rejected += df_defect_drops(d);
	return 0;
}

static void on_progress(void *arg, long done, long total)
{
	struct watch *w = arg;

	w->progress.total = (double)total;
	progress_at(&w->progress, (double)done, NULL);
}

static void print_counts(const struct watch *w, const struct coco *coco)
{
	for (int d = 0; d < DF_DEFECTS; d++)
		if (w->count[d])
			cli_warn(w->c, "%ld %s: %s", w->count[d],
				df_defect_drops(d) ? "dropped" : "kept",
				df_defect_words(d));
	cli_note(w->c, "%d images", coco->nimages);
}

static int convert(struct watch *w, const struct df_options *df, struct err *e)
{
	struct arena a = {0};
	struct file_out out;
	struct coco coco;
	int bad;

	if (file_begin(&out, o.output, e))
		return -1;
	progress_begin(&w->progress, w->c, "images", 0, 0);
	bad = df_read(&coco, df, &a, e);
	progress_end(&w->progress);
	if (!bad) {
		print_counts(w, &coco);
		bad = coco_write(&coco, "DeepFashion", out.f, e);
	}
	if (bad)
		file_abort(&out);
	else
		bad = file_commit(&out, e);
	arena_release(&a);
	return bad;
}

static int run(struct cli *c, struct err *e)
{
	struct watch w = {.c = c};
	int partition = df_partition_named(o.partition);
	struct df_options df = {
		.root = o.root,
		.fifty = o.classes == 50,
		.no_images = o.no_images,
		.defect = on_defect,
		.progress = on_progress,
		.arg = &w,
	};
	int bad;

	if (c->argc != 1)
		return err_set(e, ERR_USAGE, "one DEEPFASHION_DIR expected");
	if (partition < 0)
		return err_set(e, ERR_USAGE,
			"--partition: train, val, test or all expected, not "
			"'%s'",
			o.partition);
	if (o.classes != 3 && o.classes != 50)
		return err_set(e, ERR_USAGE, "--classes: 3 or 50 expected");
	if (o.report && !strcmp(o.report, "-") && !strcmp(o.output, "-"))
		return err_set(e, ERR_USAGE,
			"only one of --output and --report can be '-'");
	df.dir = c->argv[0];
	df.partition = (enum df_partition)partition;
	if (o.report && file_begin(&w.report, o.report, e))
		return -1;
	bad = convert(&w, &df, e);
	/* What is wrong is worth keeping also when it ended us. */
	if (o.report && file_commit(&w.report, bad ? NULL : e))
		bad = -1;
	arena_release(&w.arena);
	return bad;
}

int main(int argc, char **argv)
{
	static const struct opt opts[] = {
		OPT_STR('p', "partition", "PART", &o.partition,
			"train, val, test or all (all)"),
		OPT_INT(0, "classes", "N", &o.classes, 3, 50,
			"3: upper, lower, full; or the 50 categories (3)"),
		OPT_STR(0, "root", "DIR", &o.root,
			"the folder that has the pictures' img"),
		OPT_STR('o', "output", "FILE", &o.output,
			"the COCO file (standard output)"),
		OPT_FLAG(0, "no-images", &o.no_images,
			"do without pictures: sizes from the boxes"),
		OPT_STR(0, "report", "FILE", &o.report,
			"what is wrong, a record each"),
		{0}};
	static const struct cli_prog prog = {
		.name = "df2coco",
		.args = "DEEPFASHION_DIR",
		.about = "turn DeepFashion's text files into a COCO file",
		.options = opts,
		.records = true,
		.run = run,
	};

	return cli_main(&prog, argc, argv);
}
