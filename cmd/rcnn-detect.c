/* rcnn-detect: find garments in photographs. */
#include "app/compute.h"
#include "app/weights.h"
#include "base/file.h"
#include "cli/filter.h"
#include "cli/progress.h"
#include "data/record.h"

#include <string.h>

static struct {
	const char *weights, *device, *dtype, *root, *results;
	double threshold; /* < 0: not given */
	int64_t max_dets, threads;
	bool offline;
} o = {.device = "auto", .dtype = "auto", .threshold = -1};

static const struct opt opts[] = {OPT_STR('w', "weights", "MODEL", &o.weights,
					  "what rcnn-train wrote, or its URL"),
	OPT_FLAG(0, "offline", &o.offline,
		"fetch no weights: take what was fetched before"),
	OPT_REAL('t', "threshold", "SCORE", &o.threshold, 0, 1,
		"only boxes that score more (0.5; with --results the model's)"),
	OPT_INT(0, "max-dets", "N", &o.max_dets, 1, 100000,
		"the most boxes of a photograph (the model's: 100)"),
	OPT_STR(0, "results", "GT.json", &o.results,
		"look at the photographs of a COCO file, print COCO results"),
	OPT_STR(0, "root", "DIR", &o.root, "where the paths begin"),
	OPT_STR(0, "dtype", "TYPE", &o.dtype, "auto, f32 or bf16 (auto)"),
	OPT_STR('d', "device", "DEVICE", &o.device, "auto or cpu (auto)"),
	OPT_INT(0, "threads", "N", &o.threads, 0, 1024,
		"of the CPU; 0: as many as it has (0)"),
	{0}};

struct job {
	struct detector d;
	struct rcnn_detect_rule rule;
	struct progress bar;
	long done;
};

static struct record_box *boxes(const struct job *j,
	const struct rcnn_detection *found, int n, struct arena *a)
{
	struct record_box *box = arena_zero(a, (size_t)n, sizeof *box);

	for (int i = 0; i < n; i++) {
		const struct coco_category *c =
			&j->d.category[found[i].label - 1];
		double b[4];

		detector_box(&j->d, &found[i], b);
		box[i] = (struct record_box){.x = b[0],
			.y = b[1],
			.w = b[2],
			.h = b[3],
			.category = c->name,
			.category_id = c->id,
			.score = (double)found[i].score,
			.has_score = true};
	}
	return box;
}

static int detect_line(struct cli *c, const struct lines *in, struct arena *a,
	void *to, struct err *e)
{
	struct job *j = to;
	struct detector_view view;
	struct rcnn_detection *found;
	struct record r;
	int n;

	if (record_parse(&r, in->line, in->n, a, e))
		return filter_skip(c, in, e);
	n = detector_photo(&j->d, file_join(a, o.root, r.path), &j->rule, &view,
		&found, e);
	if (n < 0)
		return filter_skip(c, in, e);
	record_set_size(&r, view.w, view.h);
	record_set_boxes(&r, boxes(j, found, n, a), n);
	if (record_write(&r, stdout, e) || cli_flush(e))
		return -1;
	progress_at(&j->bar, (double)++j->done, NULL);
	return 0;
}

/* The place of each of the model's classes in the truth's categories. */
static int match_categories(const struct job *j, const struct coco *truth,
	int *place, struct err *e)
{
	for (int i = 0; i < j->d.ncategories; i++) {
		place[i] = coco_category_named(truth, j->d.category[i].name);
		if (place[i] < 0)
			return err_set(e, ERR_DATA,
				"'%s' has no category '%s', which the model "
				"knows",
				truth->path, j->d.category[i].name);
	}
	return 0;
}

static int detect_results(
	struct cli *c, struct job *j, struct arena *a, struct err *e)
{
	struct coco_results out;
	struct coco truth;
	int *place = arena_zero(a, (size_t)j->d.ncategories, sizeof *place);

	if (c->argc)
		return err_set(e, ERR_USAGE,
			"--results takes the photographs of its file, not "
			"'%s'",
			c->argv[0]);
	if (coco_read(&truth, o.results, COCO_NEED_FILES, a, e) ||
		match_categories(j, &truth, place, e))
		return -1;
	progress_begin(&j->bar, c, "photographs", 0, truth.nimages);
	coco_results_begin(&out, stdout);
	for (int i = 0; i < truth.nimages; i++) {
		struct arena_mark m = arena_mark(a);
		char *path = file_join(a, o.root, truth.images[i].file);
		struct rcnn_detection *found;
		struct detector_view view;
		int n = detector_photo(&j->d, path, &j->rule, &view, &found, e);

		arena_back(a, m);
		if (n < 0 && cli_reject(c, e))
			return -1;
		for (int k = 0; k < n; k++) {
			int at = place[found[k].label - 1];
			double b[4];

			detector_box(&j->d, &found[k], b);
			coco_results_add(&out, truth.images[i].id,
				truth.categories[at].id, b,
				(double)found[k].score);
		}
		progress_at(&j->bar, i + 1, NULL);
	}
	progress_end(&j->bar);
	return coco_results_end(&out, e);
}

static int run(struct cli *c, struct err *e)
{
	struct job j = {0};
	struct arena a = {0};
	int bad;

	if (!o.weights)
		return err_set(e, ERR_USAGE, "-w MODEL is missing");
	if (weights_open(
		    &j.d, c, o.weights, o.offline, o.device, (int)o.threads, e))
		return -1;
	if (compute_type(c, o.dtype, j.d.be, &j.d.model.dtype, e)) {
		detector_release(&j.d);
		return -1;
	}
	j.rule = rcnn_config_detect_rule(&j.d.model.config);
	if (o.threshold >= 0 || !o.results)
		j.rule.score = o.threshold >= 0 ? (float)o.threshold : 0.5f;
	if (o.max_dets)
		j.rule.most = (int)o.max_dets;
	if (o.results) {
		bad = detect_results(c, &j, &a, e);
	} else {
		progress_begin(&j.bar, c, "photographs", 0, 0);
		bad = filter_lines(c, detect_line, &j, e);
		progress_end(&j.bar);
	}
	detector_release(&j.d);
	arena_release(&a);
	return bad;
}

int main(int argc, char **argv)
{
	static const struct cli_prog prog = {
		.name = "rcnn-detect",
		.args = "-w MODEL [FILE...]",
		.about = "find objects in photographs with a trained detector",
		.options = opts,
		.records = true,
		.run = run,
	};

	return cli_main(&prog, argc, argv);
}
