/* df2coco: DeepFashion, or another's categories, as a COCO file. */
#include <omp.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "data/coco.h"
#include "data/coco_remap.h"
#include "data/deepfashion.h"
#include "data/deepfashion2.h"
#include "json/json.h"

static struct {
	const char *partition, *root, *anno, *output, *report, *sizes, *from;
	const char *remap;
	int64_t classes, jobs;
	bool no_images, inclusive;
} o = {.partition = "all", .classes = 3, .output = "-", .from = "deepfashion"};

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

static int convert(
	struct watch *w, const struct df_options *df, FILE *out, struct err *e)
{
	bool two = !strcmp(o.from, "deepfashion2");
	struct arena a = {0};
	struct coco coco;
	int bad;

	progress_begin(&w->progress, w->c, "images", 0, 0);
	bad = two ? df2_read(&coco, df, &a, e) : df_read(&coco, df, &a, e);
	progress_end(&w->progress);
	if (!bad) {
		print_counts(w, &coco);
		/* A second writer waits for the first, and for memory: it pays
		 * only where whoever asks for it has processors to spare. */
		bad = coco_write(&coco, two ? "DeepFashion2" : "DeepFashion",
			o.jobs ? df->threads : 1, out, e);
	}
	arena_release(&a);
	return bad;
}

static int remap(struct cli *c, FILE *out, struct err *e)
{
	struct arena a = {0};
	struct coco_remap *m = arena_alloc(&a, sizeof *m);
	FILE *in = file_open_again(c->argv[0], e);
	int bad = in ? 0 : -1;

	if (!bad)
		bad = coco_remap_open(m, o.remap, &a, e) ||
		      coco_remap_run(m, in, c->argv[0], out, e);
	if (!bad) {
		cli_note(c, "%ld boxes, %ld of no category that is mapped",
			m->kept, m->dropped);
		if (m->renumbered)
			cli_warn(c, "an annotation had the id 0, which "
				    "evaluations take for none: all have new "
				    "ones");
	}
	if (in && in != stdin)
		fclose(in);
	arena_release(&a);
	return bad ? -1 : 0;
}

/* The output, by whatever makes it; it appears only whole. */
static int write_output(
	struct watch *w, const struct df_options *df, struct err *e)
{
	struct file_out out;
	int bad;

	if (file_begin(&out, o.output, e))
		return -1;
	bad = o.remap ? remap(w->c, out.f, e) : convert(w, df, out.f, e);
	if (!bad)
		return file_commit(&out, e);
	file_abort(&out);
	return -1;
}

static int check_options(const struct cli *c, struct err *e)
{
	bool two = !strcmp(o.from, "deepfashion2");

	if (c->argc != 1)
		return err_set(e, ERR_USAGE,
			o.remap ? "one COCO_FILE expected"
				: "one DEEPFASHION_DIR expected");
	if (!two && strcmp(o.from, "deepfashion"))
		return err_set(e, ERR_USAGE,
			"--from: deepfashion or deepfashion2 expected, not "
			"'%s'",
			o.from);
	if (df_partition_named(o.partition) < 0)
		return err_set(e, ERR_USAGE,
			"--partition: train, val, test, query, gallery or all "
			"expected, not '%s'",
			o.partition);
	if (two && strcmp(o.partition, "all"))
		return err_set(e, ERR_USAGE,
			"--partition: the folders of DeepFashion2 are its "
			"partitions");
	if (o.classes != 3 && o.classes != (two ? DF2_CLASSES : 50))
		return err_set(e, ERR_USAGE, "--classes: 3 or %d expected",
			two ? DF2_CLASSES : 50);
	if (o.report && !strcmp(o.report, "-") && !strcmp(o.output, "-"))
		return err_set(e, ERR_USAGE,
			"only one of --output and --report can be '-'");
	return 0;
}

static int run(struct cli *c, struct err *e)
{
	struct watch w = {.c = c};
	struct df_options df = {
		.root = o.root,
		.anno = o.anno,
		.sizes = o.sizes,
		.classes = (int)o.classes,
		.no_images = o.no_images,
		.inclusive = o.inclusive,
		.threads = o.jobs ? (int)o.jobs : omp_get_max_threads(),
		.defect = on_defect,
		.progress = on_progress,
		.arg = &w,
	};
	int bad;

	if (check_options(c, e))
		return -1;
	df.dir = c->argv[0];
	df.partition = (enum df_partition)df_partition_named(o.partition);
	if (o.report && file_begin(&w.report, o.report, e))
		return -1;
	bad = write_output(&w, &df, e);
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
			"train, val, test, query, gallery or all (all)"),
		OPT_INT(0, "classes", "N", &o.classes, 3, 50,
			"3: upper, lower, full; or all categories, 50 or 13 "
			"(3)"),
		OPT_STR(0, "from", "NAME", &o.from,
			"deepfashion or deepfashion2 (deepfashion)"),
		OPT_STR(0, "anno", "NAME", &o.anno,
			"Anno, Anno_coarse or Anno_fine (the first there is)"),
		OPT_STR(0, "root", "DIR", &o.root,
			"the folder that has the pictures' img"),
		OPT_STR('o', "output", "FILE", &o.output,
			"the COCO file (standard output)"),
		OPT_FLAG(0, "no-images", &o.no_images,
			"do without pictures: sizes from the boxes"),
		OPT_FLAG(0, "inclusive", &o.inclusive,
			"x_2, y_2 are in the box: one pixel more"),
		OPT_STR(0, "sizes", "FILE", &o.sizes,
			"remember the pictures' sizes here"),
		OPT_INT('j', "jobs", "N", &o.jobs, 1, 256,
			"pictures looked at (all), portions written (1), at a "
			"time"),
		OPT_STR(0, "remap", "MAP", &o.remap,
			"categories of a COCO file to upper, lower, full: "
			"fashionpedia, modanet, deepfashion2 or a file"),
		OPT_STR(0, "report", "FILE", &o.report,
			"what is wrong, a record each"),
		{0}};
	static const struct cli_prog prog = {
		.name = "df2coco",
		.args = "DEEPFASHION_DIR | --remap MAP COCO_FILE",
		.about = "turn DeepFashion into a COCO file",
		.options = opts,
		.records = true,
		.run = run,
	};

	return cli_main(&prog, argc, argv);
}
