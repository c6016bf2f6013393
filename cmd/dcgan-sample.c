/* dcgan-sample: let a DCGAN draw. */
#include "app/compute.h"
#include "app/sampler.h"
#include "cli/cli.h"

#include <limits.h>

/* Seeds count up from the first one. */
#define SEED_MAX (0x1p53 - INT_MAX)

static struct sampler_options o = {.seed = 1,
	.like = -1,
	.cross = -1,
	.spread = 0.3,
	.share = 0.5,
	.amount = 3,
	.captions = true,
	.format = "png",
	.device = "auto"};
static const char *dtype = "f32";

static const struct opt opts[] = {
	OPT_STR('w', "weights", "MODEL", &o.model, "dcgan-train's checkpoint"),
	OPT_INT('n', "count", "N", &o.n, 1, INT_MAX, "how many pictures (64)"),
	OPT_INT('s', "seed", "S", &o.seed, 0, SEED_MAX,
		"of the first picture (1); the next ones' follow"),
	OPT_SIZE(0, "sheet", "CxR", &o.sheet, 1, 1000,
		"one file, of C columns and R rows"),
	OPT_FLAG(0, "captions", &o.captions,
		"write on a sheet what each picture is (yes)"),
	OPT_INT(0, "walk", "N", &o.walk, 2, 1e6,
		"go past N seeds, from each to the next"),
	OPT_FLAG(0, "loop", &o.loop, "and back to the first"),
	OPT_INT(0, "like", "SEED", &o.like, 0, SEED_MAX,
		"variations of that picture"),
	OPT_REAL(0, "spread", "F", &o.spread, 0, 1,
		"of --like: 0 the same, 1 anything (0.3)"),
	OPT_INT(0, "cross", "SEED", &o.cross, 0, SEED_MAX,
		"mix rows of seeds with columns from SEED on"),
	OPT_REAL(0, "share", "F", &o.share, 0, 1,
		"how much of --cross is the column's (0.5)"),
	OPT_INT(0, "direction", "K", &o.direction, 1, DCGAN_NZ_MAX,
		"push along principal direction K"),
	OPT_REAL(0, "amount", "F", &o.amount, -100, 100,
		"how far; on a sheet from -F to F (3)"),
	OPT_REAL(0, "truncation", "PSI", &o.truncation, 0.01, 1,
		"shorten the noise: plainer pictures (1)"),
	OPT_LIST(0, "label", "K=V[:W],...", &o.label,
		"what the pictures are, or a mixture"),
	OPT_STR(0, "nearest", "PICTURES", &o.nearest,
		"find the nearest of these for each"),
	OPT_STR(0, "features", "DETECTOR", &o.extractor,
		"whose features tell what is near (pixels)"),
	OPT_STR(0, "root", "DIR", &o.root, "where records' paths begin"),
	OPT_STR('f', "format", "png|jpg", &o.format, "of the files (png)"),
	OPT_STR('d', "device", "DEVICE", &o.device,
		"auto, cpu, cuda or cuda:N (auto)"),
	OPT_STR(0, "dtype", "TYPE", &dtype, "f32, bf16, tf32 or auto (f32)"),
	OPT_INT('j', "threads", "N", &o.threads, 1, 1024, "how many (all)"),
	OPT_STR('o', "output", "DIR", &o.out, "where the files go"), {0}};

static int draw(struct cli *c, const struct nn_st *st,
	const struct gan_run *run, struct nn_backend *be, struct err *e)
{
	struct dcgan_net g;
	struct sampler s;
	int bad;

	dcgan_generator_init(&g, &run->net, be, 0);
	bad = gan_file_load_generator(st, &g, e);
	if (!bad) {
		bad = sampler_open(&s, c, &o, run, st, &g, e) ||
		      compute_type(c, dtype, be, &s.draw.dtype, e);
		s.records = stdout;
		bad = bad || sampler_run(&s, e);
		sampler_close(&s);
	}
	dcgan_net_release(&g);
	return bad ? -1 : 0;
}

static int run(struct cli *c, struct err *e)
{
	struct nn_backend *be;
	struct gan_run of;
	struct nn_st st;
	int bad;

	if (c->argc)
		return err_set(e, ERR_USAGE, "no operand '%s' is expected",
			c->argv[0]);
	if (!o.model || !o.out)
		return err_set(e, ERR_USAGE, "%s is missing",
			o.model ? "-o DIR" : "-w MODEL");
	if (sampler_check(&o, e) || gan_file_open(&st, o.model, &of, e))
		return -1;
	be = nn_device_open(o.device, (int)o.threads, e);
	bad = be ? draw(c, &st, &of, be, e) : -1;
	if (be)
		be->close(be);
	nn_st_close(&st);
	return bad;
}

int main(int argc, char **argv)
{
	static const struct cli_prog prog = {
		.name = "dcgan-sample",
		.args = "-w MODEL -o DIR",
		.about = "let a DCGAN draw pictures, a record a file",
		.options = opts,
		.run = run,
	};

	return cli_main(&prog, argc, argv);
}
