/* coco-eval: how good detections are, by COCO's twelve figures. */
#include <string.h>

#include "base/arena.h"
#include "cli/cli.h"
#include "data/cocoeval.h"
#include "json/json.h"

static struct {
	bool json, per_class;
	int64_t jobs;
} o = {.jobs = 1};

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
	if (o.per_class)
		add_classes(record, truth, v, a);
	json_print(record, stdout);
	putchar('\n');
	return cli_flush(e);
}

static int print_lines(
	const struct coco *truth, const struct cocoeval *v, struct err *e)
{
	cocoeval_print(v, stdout);
	for (int i = 0; o.per_class && i < truth->ncategories; i++)
		printf(" %-18s AP = %0.3f  AP50 = %0.3f\n",
			truth->categories[i].name, v->ap[i], v->ap50[i]);
	return cli_flush(e);
}

/* What makes the figures differ from what one would think. */
static void warn(const struct cli *c, const struct coco *truth,
	const struct coco_dets *dets)
{
	if (dets->unknown)
		cli_warn(c,
			"%d detections ignored: their categories are not "
			"in %s",
			dets->unknown, truth->path);
	for (int i = 0; i < truth->nanns; i++)
		if (truth->anns[i].id == 0)
			cli_warn(c,
				"%s: annotation 0 counts as never found, "
				"as in pycocotools",
				truth->path);
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
	bad = coco_read(&truth, c->argv[0], 0, &a, e) ||
	      coco_read_dets(&dets, &truth, c->argv[1], &a, e);
	if (!bad) {
		warn(c, &truth, &dets);
		cocoeval_run(&v, &truth, dets.det, dets.n, (int)o.jobs, &a);
		bad = o.json ? print_json(&truth, &v, &a, e)
			     : print_lines(&truth, &v, e);
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
