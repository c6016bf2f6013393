/* dfsynth: draw a data set of people in garments, boxes and all. */
#include "cli/cli.h"
#include "cli/progress.h"
#include "data/synth.h"
#include "data/synth_set.h"

static struct {
	int64_t n, seed;
	struct opt_size size;
	const char *out;
} o = {.seed = 1, .size = {200, 300}};

static const struct opt opts[] = {
	OPT_INT('n', "count", "N", &o.n, 1, 10000000, "how many photographs"),
	OPT_INT('s', "seed", "S", &o.seed, 0, 0x1p53,
		"which photographs (1): same seed, same bytes"),
	OPT_SIZE(0, "size", "WxH", &o.size, SYNTH_SIDE_MIN, SYNTH_SIDE_MAX,
		"of a photograph, in pixels (200x300)"),
	OPT_STR('o', "output", "DIR", &o.out, "where the data set goes"), {0}};

static int run(struct cli *c, struct err *e)
{
	struct synth_set set;
	struct progress p;
	int bad = 0;

	if (c->argc)
		return err_set(e, ERR_USAGE, "no operand '%s' is expected",
			c->argv[0]);
	if (!o.n || !o.out)
		return err_set(
			e, ERR_USAGE, "%s is missing", o.n ? "-o DIR" : "-n N");
	synth_set_begin(
		&set, o.out, (uint64_t)o.seed, (int)o.size.w, (int)o.size.h);
	progress_begin(&p, c, "photos", 0, (double)o.n);
	for (int64_t i = 0; i < o.n && !bad; i++) {
		bad = synth_set_add(&set, e);
		progress_at(&p, (double)i + 1, NULL);
	}
	progress_end(&p);
	if (!bad)
		bad = synth_set_commit(&set, e);
	synth_set_release(&set);
	return bad;
}

int main(int argc, char **argv)
{
	static const struct cli_prog prog = {
		.name = "dfsynth",
		.args = "-n N -o DIR",
		.about = "draw a data set of people in garments, with their "
			 "boxes",
		.options = opts,
		.run = run,
	};

	return cli_main(&prog, argc, argv);
}
