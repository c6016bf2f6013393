/* rcnn-detect: find garments in photographs. */
#include "app/compute.h"
#include "app/look.h"
#include "app/survey_coco.h"
#include "app/weights.h"
#include "base/file.h"
#include "cli/group.h"
#include "cli/progress.h"
#include "data/record.h"

static struct {
	const char *weights, *device, *dtype, *root, *results;
	struct look_options look;
	double threshold; /* < 0: not given */
	int64_t max_dets, threads, batch;
	bool offline;
} o = {.device = "auto", .dtype = "auto", .threshold = -1, .batch = 1};

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
	OPT_INT(0, "batch", "N", &o.batch, 1, 1024,
		"photographs of one size that are looked at together (1)"),
	OPT_FLAG(0, "flip", &o.look.flip, "look at mirror images too"),
	OPT_STR(0, "scales", "N,...", &o.look.scales,
		"look at photographs of these shorter sides too"),
	OPT_STR(0, "soft-nms", "METHOD", &o.look.soft_nms,
		"boxes that overlap lose score only: linear or gaussian"),
	OPT_REAL(0, "vote", "IOU", &o.look.vote, 0.001, 1,
		"boxes become the mean of those that overlap them so much"),
	OPT_STR(0, "vote-score", "METHOD[:BETA]", &o.look.vote_score,
		"and their scores, by Detectron's name: ID, AVG, ... (ID)"),
	OPT_STR(0, "root", "DIR", &o.root, "where the paths begin"),
	OPT_STR(0, "dtype", "TYPE", &o.dtype, "auto, f32, bf16 or tf32 (auto)"),
	OPT_STR('d', "device", "DEVICE", &o.device,
		"auto, cpu, cuda or cuda:N (auto)"),
	OPT_INT(0, "threads", "N", &o.threads, 0, 1024,
		"of the CPU; 0: as many as it has (0)"),
	{0}};

struct job {
	struct detector d;
	struct survey survey;
	struct progress bar;
	long done;
	struct survey_photo *photo; /* [survey_window()] */
};

static struct record_box *boxes(
	const struct job *j, const struct rcnn_found *found, struct arena *a)
{
	struct record_box *box = arena_zero(a, (size_t)found->n, sizeof *box);

	for (int i = 0; i < found->n; i++) {
		const struct rcnn_detection *d = &found->list[i];
		const struct coco_category *c = &j->d.category[d->label - 1];
		double b[4];

		detector_box(&j->d, d, b);
		box[i] = (struct record_box){.x = b[0],
			.y = b[1],
			.w = b[2],
			.h = b[3],
			.category = c->name,
			.category_id = c->id,
			.score = (double)d->score,
			.has_score = true};
	}
	return box;
}

/* What a line has of its own: its record, and where its photograph is. */
struct item {
	struct record record;
	const struct survey_photo *photo;
};

static int take(struct parallel_line *l, void *to)
{
	struct item *it = l->own;

	(void)to;
	return record_parse(
		&it->record, l->in.line, l->in.n, &l->arena, &l->why);
}

static void work(struct parallel_line *const *lines, int n, void *to)
{
	struct job *j = to;

	for (int i = 0; i < n; i++) {
		struct item *it = lines[i]->own;

		it->photo = &j->photo[i];
		j->photo[i].path =
			file_join(&lines[i]->arena, o.root, it->record.path);
	}
	survey_photos(&j->survey, j->photo, n);
	for (int i = 0; i < n; i++) {
		lines[i]->bad = j->photo[i].bad;
		lines[i]->why = j->photo[i].why;
	}
}

static int give(struct cli *c, struct parallel_line *l, void *to, struct err *e)
{
	struct job *j = to;
	struct item *it = l->own;
	const struct survey_photo *p = it->photo;

	(void)c;
	record_set_size(&it->record, p->w, p->h);
	record_set_boxes(
		&it->record, boxes(j, &p->found, &l->arena), p->found.n);
	if (record_write(&it->record, stdout, e) || cli_flush(e))
		return -1;
	progress_at(&j->bar, (double)++j->done, NULL);
	return 0;
}

static void set_up(struct job *j)
{
	struct rcnn_detect_rule *rule = &j->survey.rule;
	bool mixed = rule->soften.how != RCNN_HARD || rule->vote.iou > 0;
	double t = o.threshold >= 0 ? o.threshold : 0.5;

	j->survey.batch = (int)o.batch;
	if (o.threads)
		j->survey.loaders = (int)o.threads;
	if (o.threshold >= 0 || !o.results) {
		rule->least = (float)t;
		/* The weak may have a say in what becomes of the strong. */
		if (!mixed || rule->least < rule->score)
			rule->score = rule->least;
	}
	if (o.max_dets)
		rule->most = (int)o.max_dets;
}

static int detect(struct cli *c, struct job *j, struct arena *a, struct err *e)
{
	static const struct group_steps steps = {
		sizeof(struct item), take, work, give};
	int most, bad;

	if (compute_type(c, o.dtype, j->d.be, &j->d.model.dtype, e) ||
		look_options_set(&o.look, &j->d.model.config, e))
		return -1;
	if (o.results && c->argc)
		return err_set(e, ERR_USAGE,
			"--results takes the photographs of its file, not "
			"'%s'",
			c->argv[0]);
	survey_init(&j->survey, &j->d);
	set_up(j);
	if (o.results)
		return survey_coco(&j->survey, c, o.results, o.root, stdout, e);
	most = survey_window(&j->survey);
	j->photo = arena_zero(a, (size_t)most, sizeof *j->photo);
	progress_begin(&j->bar, c, "photographs", 0, 0);
	bad = group_lines(c, most, &steps, j, e);
	progress_end(&j->bar);
	return bad;
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
	bad = detect(c, &j, &a, e);
	survey_release(&j.survey);
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
