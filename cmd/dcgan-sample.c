/* dcgan-sample: let a DCGAN draw. */
#include "app/compute.h"
#include "base/file.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "data/record.h"
#include "data/sheet.h"
#include "gan/gan_draw.h"
#include "gan/gan_file.h"

#include <limits.h>
#include <string.h>

enum { PICTURES = 64, JPG_QUALITY = 95 };

static struct {
	struct opt_size sheet;
	const char *model, *device, *dtype, *format, *out;
	int64_t n, seed, threads;
} o = {.seed = 1, .device = "auto", .dtype = "f32", .format = "png"};

static const struct opt opts[] = {
	OPT_STR('w', "weights", "MODEL", &o.model, "dcgan-train's checkpoint"),
	OPT_INT('n', "count", "N", &o.n, 1, INT_MAX, "how many pictures (64)"),
	OPT_INT('s', "seed", "S", &o.seed, 0, 0x1p53 - INT_MAX,
		"of the first picture (1); the next ones' follow"),
	OPT_SIZE(0, "sheet", "CxR", &o.sheet, 1, 1000,
		"one file, of C columns and R rows"),
	OPT_STR('f', "format", "png|jpg", &o.format, "of the files (png)"),
	OPT_STR('d', "device", "DEVICE", &o.device,
		"auto, cpu, cuda or cuda:N (auto)"),
	OPT_STR(0, "dtype", "TYPE", &o.dtype, "f32, bf16, tf32 or auto (f32)"),
	OPT_INT('j', "threads", "N", &o.threads, 1, 1024, "how many (all)"),
	OPT_STR('o', "output", "DIR", &o.out, "where the files go"), {0}};

/* The record of a file; seed is its first picture's. */
static int say(struct record *r, int w, int h, int64_t seed, struct err *e)
{
	record_set_size(r, w, h);
	record_set_integer(r, "seed", seed);
	if (o.sheet.w) {
		record_set_integer(r, "columns", o.sheet.w);
		record_set_integer(r, "rows", o.sheet.h);
	}
	record_set_string(r, "model", o.model);
	if (record_write(r, stdout, e))
		return -1;
	return cli_flush(e);
}

/* Names sort like seeds. */
static void name(
	struct record *r, const char *what, int64_t seed, struct arena *a)
{
	record_new(r,
		arena_printf(a, "%s/%s%08lld.%s", o.out, what, (long long)seed,
			o.format),
		a);
}

static int write_sheet(struct gan_draw *d, struct err *e)
{
	const struct sheet s = {(int)o.sheet.w, (int)o.sheet.h,
		(int)d->config->width, (int)d->config->height};
	struct arena a = {0};
	struct record r;
	int w, h, bad;

	name(&r, "sheet_", o.seed, &a);
	bad = sheet_size(&s, &w, &h, e) ||
	      sheet_save(&s, gan_draw, d, r.path, e) ||
	      say(&r, w, h, o.seed, e);
	arena_release(&a);
	return bad ? -1 : 0;
}

static int write_pictures(struct cli *c, struct gan_draw *d, struct err *e)
{
	struct arena a = {0};
	struct progress p;
	struct record r;
	struct img im;
	int bad = 0;

	img_init(&im, (int)d->config->width, (int)d->config->height);
	progress_begin(&p, c, "pictures", 0, (double)o.n);
	for (int i = 0; i < o.n && !bad; i++) {
		arena_reset(&a);
		name(&r, "", o.seed + i, &a);
		gan_draw(d, i, im.px);
		bad = img_save(&im, r.path, JPG_QUALITY, e) ||
		      say(&r, im.w, im.h, o.seed + i, e);
		progress_at(&p, i + 1, NULL);
	}
	progress_end(&p);
	img_release(&im);
	arena_release(&a);
	return bad ? -1 : 0;
}

static int draw(struct cli *c, const struct nn_st *st,
	const struct gan_run *run, struct nn_backend *be, struct err *e)
{
	struct dcgan_net g;
	struct gan_draw d;
	int bad;

	gan_draw_init(&d, be, &run->net, &g, (uint64_t)o.seed);
	dcgan_generator_init(&g, &run->net, be, 0);
	bad = compute_type(c, o.dtype, be, &d.dtype, e) ||
	      gan_file_load_generator(st, &g, e);
	if (!bad)
		bad = o.sheet.w ? write_sheet(&d, e) : write_pictures(c, &d, e);
	gan_draw_release(&d);
	dcgan_net_release(&g);
	return bad;
}

static int check(const struct cli *c, struct err *e)
{
	if (c->argc)
		return err_set(e, ERR_USAGE, "no operand '%s' is expected",
			c->argv[0]);
	if (!o.model || !o.out)
		return err_set(e, ERR_USAGE, "%s is missing",
			o.model ? "-o DIR" : "-w MODEL");
	if (strcmp(o.format, "png") && strcmp(o.format, "jpg"))
		return err_set(e, ERR_USAGE,
			"--format: png or jpg expected, not '%s'", o.format);
	if (o.sheet.w && o.n)
		return err_set(e, ERR_USAGE,
			"--sheet has as many pictures as it has places: no -n");
	if (!o.n)
		o.n = PICTURES;
	return 0;
}

static int run(struct cli *c, struct err *e)
{
	struct nn_backend *be;
	struct gan_run of;
	struct nn_st st;
	int bad;

	if (check(c, e) || gan_file_open(&st, o.model, &of, e))
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
