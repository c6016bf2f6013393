/* rcnn-train: train Faster R-CNN from Detectron's configuration files. */
#include "app/configure.h"
#include "app/sanity.h"

static struct {
	const char *cfg, *metrics, *device, *dtype;
	struct opt_list datasets;
	int64_t threads, loaders, sanity;
	bool dump_config, scale, offline, lint;
} o = {.device = "auto", .dtype = "f32"};

static const struct opt opts[] = {
	OPT_STR('c', "cfg", "FILE", &o.cfg, "configuration, Detectron's YAML"),
	OPT_LIST(0, "dataset", "NAME=ANN:DIR", &o.datasets,
		"a COCO file and the folder of its photographs"),
	OPT_STR(0, "metrics", "FILE", &o.metrics,
		"metrics there instead of on standard output"),
	OPT_STR('d', "device", "DEVICE", &o.device,
		"auto, cpu, cuda or cuda:N (auto)"),
	OPT_STR(0, "dtype", "TYPE", &o.dtype, "f32, bf16, tf32 or auto (f32)"),
	OPT_INT(0, "threads", "N", &o.threads, 0, 1024,
		"of the CPU; 0: as many as it has (0)"),
	OPT_INT(0, "loaders", "N", &o.loaders, 0, 64,
		"threads that decode photographs; 0: by the CPU's (0)"),
	OPT_FLAG(0, "lint", &o.lint,
		"say all that is wrong with the data sets, and end"),
	OPT_INT(0, "sanity", "N", &o.sanity, 1, 1000,
		"learn N pictures by heart, to see whether it learns, and end"),
	OPT_FLAG(0, "scale", &o.scale,
		"fit the file's schedule to the batch that runs here"),
	OPT_FLAG(0, "offline", &o.offline,
		"fetch no weights: take what was fetched before"),
	OPT_FLAG(0, "dump-config", &o.dump_config,
		"print the configuration in force, and end"),
	{0}};

/* What was wrong was told; it makes the status 1. */
static int lint(struct cli *c, struct trainer *t, struct err *e)
{
	int bad;

	t->finds = stdout;
	bad = trainer_sets(t, &o.datasets, e);
	for (int k = 0; k < LINT_KINDS; k++)
		if (lint_wrong(k))
			c->rejected += t->lint.count[k];
	return bad;
}

static int train(struct cli *c, struct trainer *t, struct err *e)
{
	if (trainer_sets(t, &o.datasets, e) ||
		(o.sanity && sanity_plan(t, (int)o.sanity, e)) ||
		trainer_begin(
			t, o.metrics, o.device, o.dtype, (int)o.threads, e))
		return -1;
	if (!o.metrics && !c->rank)
		metrics_use(&t->metrics, stdout, "standard output");
	c->mute = false;
	c->quiet |= c->rank > 0;
	return o.sanity ? sanity_run(t, e) : trainer_run(t, e);
}

static int work(struct cli *c, struct trainer *t, struct err *e)
{
	const struct configure_from from = {
		o.cfg, c->argc, c->argv, o.scale, t->ranks.size};

	/* What each process would say is the first one's to say, until it
	 * trains. */
	c->rank = t->ranks.rank;
	c->mute = c->rank > 0;
	if (c->mute && (o.dump_config || o.lint))
		return 0;
	if (o.sanity && t->ranks.size > 1)
		return err_set(e, ERR_USAGE, "--sanity is for one process");
	if (configure(c, &from, &t->config, e))
		return -1;
	if (o.dump_config) {
		keys_dump(rcnn_keys, &t->config, stdout);
		return 0;
	}
	cli_catch();
	return o.lint ? lint(c, t, e) : train(c, t, e);
}

static int run(struct cli *c, struct err *e)
{
	struct trainer t = {
		.c = c, .offline = o.offline, .loaders = (int)o.loaders};
	int bad;

	if (nn_ranks_join(&t.ranks, e))
		return -1;
	bad = work(c, &t, e);
	trainer_release(&t);
	/* When it failed, the others are not to wait for it. */
	if (!bad)
		nn_ranks_leave(&t.ranks);
	return bad ? -1 : 0;
}

int main(int argc, char **argv)
{
	static const struct cli_prog prog = {
		.name = "rcnn-train",
		.args = "--cfg FILE [KEY VALUE]...",
		.about = "train a Faster R-CNN detector",
		.options = opts,
		.run = run,
	};

	return cli_main(&prog, argc, argv);
}
