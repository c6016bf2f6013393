/* jsonl2coco: records as a COCO file, or as a file of results. */
#include "base/arena.h"
#include "cli/cli.h"
#include "cli/lines.h"
#include "data/coco_gather.h"

static struct {
	const char *truth;
	bool results;
} o;

/* Each record into g, or as results into out when that isn't NULL. */
static int gather(struct cli *c, struct coco_gather *g,
	struct coco_results *out, struct err *e)
{
	struct arena line = {0};
	struct lines in;
	struct record r;
	int got, stop = 0;

	lines_open(&in, c->argc, c->argv);
	while (!stop && (got = lines_next(&in, e)) != 0) {
		int bad = got < 0;

		arena_reset(&line);
		if (got > 0) {
			bad = record_parse(&r, in.line, in.n, &line, e) ||
			      (out ? coco_gather_results(g, &r, out, e)
				   : coco_gather_add(g, &r, e));
			if (bad)
				err_wrap(e, "%s:%ld", in.name, in.number);
		}
		stop = bad && (e->code != ERR_DATA || cli_reject(c, e));
	}
	lines_close(&in);
	arena_release(&line);
	return stop ? -1 : 0;
}

static int run(struct cli *c, struct err *e)
{
	struct arena a = {0};
	struct coco truth;
	struct coco_results out;
	struct coco_gather g = {0};
	int bad = 0;

	if (c->argc > 1)
		return err_set(e, ERR_USAGE, "one file at most");
	if (o.results && !o.truth)
		return err_set(e, ERR_USAGE, "--results needs --gt");
	if (o.truth)
		bad = coco_read(&truth, o.truth,
			COCO_NEED_FILES | COCO_KEEP_REST, &a, e);
	if (!bad)
		bad = coco_gather_init(&g, o.truth ? &truth : NULL, &a, e);
	if (!bad && o.results) {
		coco_results_begin(&out, stdout);
		bad = gather(c, &g, &out, e) || coco_results_end(&out, e);
	} else if (!bad) {
		bad = gather(c, &g, NULL, e) ||
		      coco_gather_write(&g, stdout, e);
	}
	coco_gather_release(&g);
	arena_release(&a);
	return bad ? -1 : 0;
}

int main(int argc, char **argv)
{
	static const struct opt opts[] = {
		OPT_FLAG(0, "results", &o.results,
			"the bare array of detections"),
		OPT_STR(0, "gt", "COCO", &o.truth,
			"a COCO file that knows the ids"),
		{0}};
	static const struct cli_prog prog = {
		.name = "jsonl2coco",
		.args = "[FILE]",
		.about = "turn records into a COCO file",
		.options = opts,
		.records = true,
		.run = run,
	};

	return cli_main(&prog, argc, argv);
}
