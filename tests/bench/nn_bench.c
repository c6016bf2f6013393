/*
 * The workloads that the library is measured by. One is set up; then every
 * line on standard input runs it once more, and a line of JSON says how many
 * seconds that took, so that a driver (tests/bench/nn) can run others in turn
 * with it. At the end of input comes what the last run computed, and the peak
 * memory. nn_peer.py answers in the same way for PyTorch.
 *
 *	yes | head -n 5 | nn_bench rcnn-infer
 */
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "cli/cli.h"

static const struct bench_work *const works[] = {&bench_rcnn_infer,
	&bench_rcnn_train, &bench_dcgan_step, &bench_dcgan_sample};

static struct bench_options o = {.dtype = "f32"};

static const struct opt opts[] = {
	OPT_STR(0, "dtype", "TYPE", &o.dtype,
		"what activations are kept as: f32, bf16 or auto (f32)"),
	OPT_INT('t', "threads", "N", &o.threads, 0, 1024,
		"how many (0: as many as the process may use)"),
	OPT_STR(0, "weights", "FILE", &o.weights,
		"write a detector's weights there and leave"),
	OPT_FLAG(0, "peak", &o.peak,
		"measure the processor's peak in f32 multiply-adds and leave"),
	{0}};

static const struct bench_work *find(const char *name, struct err *e)
{
	for (size_t i = 0; i < sizeof works / sizeof *works; i++)
		if (!strcmp(works[i]->name, name))
			return works[i];
	err_set(e, ERR_USAGE, "no workload '%s'", name);
	return NULL;
}

/* Peak of the process's resident memory, in KiB. */
static long peak_kib(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[256];
	long kib = -1;

	while (f && fgets(line, sizeof line, f))
		if (!strncmp(line, "VmHWM:", 6))
			kib = strtol(line + 6, NULL, 10);
	if (f)
		fclose(f);
	return kib;
}

static int run_lines(const struct bench_work *w, struct err *e)
{
	struct bench_figure figure[BENCH_FIGURES] = {{NULL, 0}};
	char line[256];

	while (fgets(line, sizeof line, stdin)) {
		double began = bench_clock();

		if (w->step(figure, e))
			return -1;
		printf("{\"seconds\":%.6f}\n", bench_clock() - began);
		if (cli_flush(e))
			return -1;
	}
	printf("{\"peak_kib\":%ld,\"planned_kib\":%ld", peak_kib(),
		(long)(w->planned() >> 10));
	for (int i = 0; i < BENCH_FIGURES && figure[i].name; i++)
		printf(",\"%s\":%.6g", figure[i].name, figure[i].value);
	puts("}");
	return cli_flush(e);
}

static int run(struct cli *c, struct err *e)
{
	const struct bench_work *w;
	int bad;

	if (o.peak) {
		printf("{\"peak_gflops\":%.1f}\n", bench_peak((int)o.threads));
		return cli_flush(e);
	}
	if (c->argc != 1)
		return err_set(e, ERR_USAGE, "a workload is expected");
	w = find(c->argv[0], e);
	if (!w)
		return -1;
	bad = w->begin(&o, e);
	if (!bad && !o.weights)
		bad = run_lines(w, e);
	w->end();
	return bad;
}

int main(int argc, char **argv)
{
	static const struct cli_prog prog = {
		.name = "nn_bench",
		.args = "WORKLOAD",
		.about = "run a workload once for every line of input: "
			 "rcnn-infer, rcnn-train, dcgan-step, dcgan-sample",
		.options = opts,
		.run = run,
	};

	return cli_main(&prog, argc, argv);
}
