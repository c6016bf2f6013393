/* rcnn-train: train Faster R-CNN from Detectron's configuration files. */
#include "app/configure.h"
#include "app/trainer.h"

static struct {
	const char *cfg, *metrics, *device, *dtype;
	struct opt_list datasets;
	int64_t threads;
	bool dump_config, scale, offline;
} o = {.device = "auto", .dtype = "f32"};

static const struct opt opts[] = {
	OPT_STR('c', "cfg", "FILE", &o.cfg, "configuration, Detectron's YAML"),
	OPT_LIST(0, "dataset", "NAME=ANN:DIR", &o.datasets,
		"a COCO file and the folder of its photographs"),
	OPT_STR(0, "metrics", "FILE", &o.metrics,
		"metrics there instead of on standard output"),
	OPT_STR('d', "device", "DEVICE", &o.device, "auto or cpu (auto)"),
	OPT_STR(0, "dtype", "TYPE", &o.dtype, "f32, bf16 or auto (f32)"),
	OPT_INT(0, "threads", "N", &o.threads, 0, 1024,
		"of the CPU; 0: as many as it has (0)"),
	OPT_FLAG(0, "scale", &o.scale,
		"fit the file's schedule to the batch that runs here"),
	OPT_FLAG(0, "offline", &o.offline,
		"fetch no weights: take what was fetched before"),
	OPT_FLAG(0, "dump-config", &o.dump_config,
		"print the configuration in force, and end"),
	{0}};

static int run(struct cli *c, struct err *e)
{
	struct trainer t = {.c = c, .offline = o.offline};
	const struct configure_from from = {o.cfg, c->argc, c->argv, o.scale};
	int bad;

	if (configure(c, &from, &t.config, e))
		return -1;
	if (o.dump_config) {
		keys_dump(rcnn_keys, &t.config, stdout);
		return 0;
	}
	cli_catch();
	bad = trainer_sets(&t, &o.datasets, e) ||
	      trainer_begin(
		      &t, o.metrics, o.device, o.dtype, (int)o.threads, e);
	if (!bad) {
		if (!o.metrics)
			metrics_use(&t.metrics, stdout, "standard output");
		bad = trainer_run(&t, e);
	}
	trainer_release(&t);
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
