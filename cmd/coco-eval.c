/* coco-eval: how good detections are, by COCO's twelve figures. */
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "cli/cli.h"
#include "data/cocoeval.h"
#include "json/json.h"

static struct {
	bool json, per_class, per_threshold;
	const char *curves, *plot;
	int64_t jobs;
} o = {.jobs = 1};

/* The AP at each threshold: of a category, or of all (-1). */
static struct json *thresholds(
	const struct cocoeval *v, int category, struct arena *a)
{
	struct json *list = json_array(a);

	for (int t = 0; t < COCOEVAL_THRESHOLDS; t++) {
		struct json *j = json_object(a);

		json_put(a, j, "iou", json_num(a, cocoeval_threshold(t)));
		json_put(a, j, "AP",
			json_num(a, category < 0
					    ? cocoeval_mean_ap_at(v, t)
					    : cocoeval_ap_at(v, category, t)));
		json_add(list, j);
	}
	return list;
}

static void add_classes(struct json *record, const struct coco *truth,
	const struct cocoeval *v, struct arena *a)
{
	struct json *list = json_array(a);

	for (int i = 0; i < truth->ncategories; i++) {
		struct json *j = json_object(a);

		json_put(a, j, "category",
			json_str(a, truth->categories[i].name));
		json_put(a, j, "category_id",
			json_int(a, truth->categories[i].id));
		json_put(a, j, "AP", json_num(a, v->ap[i]));
		json_put(a, j, "AP50", json_num(a, v->ap50[i]));
		if (o.per_threshold)
			json_put(a, j, "thresholds", thresholds(v, i, a));
		json_add(list, j);
	}
	json_put(a, record, "categories", list);
}

static int print_json(const struct coco *truth, const struct cocoeval *v,
	struct arena *a, struct err *e)
{
	struct json *record = json_object(a);

	for (int i = 0; i < COCOEVAL_FIGURES; i++)
		json_put(
			a, record, cocoeval_name(i), json_num(a, v->figure[i]));
	if (o.per_threshold)
		json_put(a, record, "thresholds", thresholds(v, -1, a));
	if (o.per_class)
		add_classes(record, truth, v, a);
	json_print(record, stdout);
	putchar('\n');
	return cli_flush(e);
}

static void print_thresholds(const struct cocoeval *v, int category)
{
	for (int t = 0; t < COCOEVAL_THRESHOLDS; t++)
		printf("%s%.2f: %0.3f", t ? "  " : "   by IoU  ",
			cocoeval_threshold(t),
			category < 0 ? cocoeval_mean_ap_at(v, t)
				     : cocoeval_ap_at(v, category, t));
	putchar('\n');
}

static int print_lines(
	const struct coco *truth, const struct cocoeval *v, struct err *e)
{
	cocoeval_print(v, stdout);
	if (o.per_threshold)
		print_thresholds(v, -1);
	for (int i = 0; o.per_class && i < truth->ncategories; i++) {
		printf(" %-18s AP = %0.3f  AP50 = %0.3f\n",
			truth->categories[i].name, v->ap[i], v->ap50[i]);
		if (o.per_threshold)
			print_thresholds(v, i);
	}
	return cli_flush(e);
}

/* What makes the figures differ from what one would think. */
static void warn(const struct cli *c, const struct coco *truth,
	const struct coco_dets *dets)
{
	int ignored = 0;

	if (dets->unknown)
		cli_warn(c,
			"%d detections ignored: their categories are not "
			"in %s",
			dets->unknown, truth->path);
	for (int i = 0; i < truth->nanns; i++) {
		if (truth->anns[i].id == 0)
			cli_warn(c,
				"%s: annotation 0 counts as never found, "
				"as in pycocotools",
				truth->path);
		ignored += truth->anns[i].ignore && !truth->anns[i].crowd;
	}
	if (ignored)
		cli_warn(c,
			"%s: %d annotations with \"ignore\" count all the "
			"same, "
			"as in pycocotools: only \"iscrowd\" is looked at",
			truth->path, ignored);
}

typedef int print_file(const struct cocoeval *v, const struct coco *truth,
	FILE *f, struct err *e);

static int write_file(const char *path, print_file *print,
	const struct cocoeval *v, const struct coco *truth, struct err *e)
{
	struct file_out out;

	if (!path)
		return 0;
	if (file_begin(&out, path, e))
		return -1;
	if (!print(v, truth, out.f, e))
		return file_commit(&out, e);
	file_abort(&out);
	return -1;
}

static int run(struct cli *c, struct err *e)
{
	struct arena a = {0};
	struct coco truth;
	struct coco_dets dets;
	struct cocoeval v;
	int bad;

	if (c->argc != 2)
		return err_set(
			e, ERR_USAGE, "GT.json and RESULTS.json expected");
	if (!strcmp(c->argv[0], "-") && !strcmp(c->argv[1], "-"))
		return err_set(e, ERR_USAGE, "only one file can be '-'");
	if ((o.curves && !strcmp(o.curves, "-")) ||
		(o.plot && !strcmp(o.plot, "-")))
		return err_set(e, ERR_USAGE,
			"--curves and --plot: a file expected, standard output "
			"has the figures");
	bad = coco_read(&truth, c->argv[0], 0, &a, e) ||
	      coco_read_dets(&dets, &truth, c->argv[1], &a, e);
	if (!bad) {
		warn(c, &truth, &dets);
		cocoeval_run(&v, &truth, dets.det, dets.n, (int)o.jobs, &a);
		bad = (o.json ? print_json(&truth, &v, &a, e)
			      : print_lines(&truth, &v, e)) ||
		      write_file(
			      o.curves, cocoeval_print_curves, &v, &truth, e) ||
		      write_file(o.plot, cocoeval_print_plot, &v, &truth, e);
	}
	arena_release(&a);
	return bad ? -1 : 0;
}

int main(int argc, char **argv)
{
	static const struct opt opts[] = {
		OPT_FLAG(0, "json", &o.json, "one record, all digits"),
		OPT_FLAG(0, "per-class", &o.per_class,
			"AP and AP50 of each category too"),
		OPT_FLAG(0, "per-threshold", &o.per_threshold,
			"AP at each of the ten thresholds too"),
		OPT_STR(0, "curves", "FILE", &o.curves,
			"precision by recall, a record a category and "
			"threshold"),
		OPT_STR(0, "plot", "FILE", &o.plot,
			"the same as a script for gnuplot"),
		OPT_INT('j', "jobs", "N", &o.jobs, 1, 256,
			"categories rated at a time (1)"),
		{0}};
	static const struct cli_prog prog = {
		.name = "coco-eval",
		.args = "GT.json RESULTS.json",
		.about = "rate detections by COCO's twelve figures",
		.options = opts,
		.run = run,
	};

	return cli_main(&prog, argc, argv);
}
