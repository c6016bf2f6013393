/* dcgan-train: teach a DCGAN to draw pictures like those it is shown. */
#include "base/file.h"
#include "cli/filter.h"
#include "cli/progress.h"
#include "data/metrics.h"
#include "data/pixels.h"
#include "data/sheet.h"
#include "gan/gan_draw.h"
#include "gan/gan_train.h"
#include "nn/device.h"

#include <string.h>

enum {
	EPOCHS = 25,   /* unless --images is given */
	SHEET = 8,     /* columns and rows of a sample sheet */
	SHEET_SEED = 1 /* of its first picture, as dcgan-sample's */
};

static struct {
	struct gan_wish wish;
	struct opt_size size;
	const char *device, *root, *metrics, *out;
	int64_t images, sample_every, save_every, threads;
	bool resume;
} o = {.wish.seed = -1,
	.device = "auto",
	.sample_every = 6400,
	.save_every = 6400};

static const struct opt opts[] = {OPT_STR(0, "preset", "NAME", &o.wish.preset,
					  "which networks (pytorch)"),
	OPT_SIZE(0, "size", "WxH", &o.size, 1, 4096,
		"of the pictures; the preset's (64x64)"),
	OPT_INT(0, "ngf", "N", &o.wish.ngf, 1, DCGAN_WIDTH_MAX,
		"width of the generator, in channels (64)"),
	OPT_INT(0, "ndf", "N", &o.wish.ndf, 1, DCGAN_WIDTH_MAX,
		"width of the discriminator (64)"),
	OPT_INT('b', "batch", "N", &o.wish.batch, 1, 65536,
		"pictures a step (64)"),
	OPT_INT('n', "images", "N", &o.images, 1, 0x1p53,
		"stop when so many were shown (25 times all)"),
	OPT_INT('s', "seed", "S", &o.wish.seed, 0, 0x1p53,
		"of weights, noise and order (1)"),
	OPT_FLAG(0, "resume", &o.resume, "go on from the checkpoint in DIR"),
	OPT_INT(0, "sample-every", "N", &o.sample_every, 1, 0x1p53,
		"draw a sheet every N images (6400)"),
	OPT_INT(0, "save-every", "N", &o.save_every, 1, 0x1p53,
		"write a checkpoint every N images (6400)"),
	OPT_STR(0, "metrics", "FILE", &o.metrics,
		"records go there, not to standard output"),
	OPT_STR(0, "root", "DIR", &o.root, "where the records' paths begin"),
	OPT_STR(0, "device", "auto|cpu", &o.device, "where to compute (auto)"),
	OPT_INT('j', "threads", "N", &o.threads, 1, 1024,
		"use so many (all that the process may)"),
	OPT_STR('o', "output", "DIR", &o.out,
		"where checkpoint, samples and metrics go"),
	{0}};

struct job {
	struct cli *c;
	struct arena run;
	struct progress progress;
	struct gan gan;
	struct gan_draw draw;
	struct pixels px;
	struct metrics metrics;
	double clock; /* at the last report */
};

static int add_record(struct cli *c, const struct lines *in, struct arena *a,
	void *to, struct err *e)
{
	(void)a;
	if (gallery_add_line(
		    to, o.root, in->line, in->n, in->name, in->number, e))
		return filter_skip(c, in, e);
	return 0;
}

/* The pictures of an operand; NULL: of the records on standard input. */
static int list(struct cli *c, char *operand, struct gallery *g, struct err *e)
{
	struct cli one = *c;
	int bad = operand && strcmp(operand, "-")
			  ? gallery_add_operand(g, operand, e)
			  : 0;

	if (bad)
		return bad > 0 ? 0 : -1;
	one.argc = operand != NULL;
	one.argv = &operand;
	bad = filter_lines(&one, add_record, g, e);
	c->rejected = one.rejected;
	return bad;
}

static int loaded(void *to, int i, const struct err *why, struct err *e)
{
	struct job *j = to;

	progress_at(&j->progress, i + 1, NULL);
	if (why->code == ERR_NONE)
		return 0;
	*e = *why;
	return cli_reject(j->c, e);
}

static int read_pictures(struct job *j, struct err *e)
{
	const struct dcgan_config *net = &j->gan.run.net;
	struct cli *c = j->c;
	struct gallery g;
	int bad = 0;

	gallery_init(&g);
	for (int i = 0; !bad && i < (c->argc ? c->argc : 1); i++)
		bad = list(c, c->argc ? c->argv[i] : NULL, &g, e);
	pixels_init(&j->px, (int)net->width, (int)net->height);
	progress_begin(&j->progress, c, "pictures", 0, g.n);
	if (!bad)
		bad = pixels_load(&j->px, &g, (int)o.threads, loaded, j, e);
	progress_end(&j->progress);
	if (!bad && j->px.n < 2)
		bad = err_set(e, ERR_NOINPUT,
			"at least 2 pictures are needed; %d could be used",
			j->px.n);
	gallery_release(&g);
	return bad;
}

static int batch(void *to, int64_t seen, int max, float *real)
{
	struct job *j = to;

	return pixels_batch(&j->px, (uint64_t)j->gan.run.seed, seen, max, real);
}

static void draw(void *to, int i, uint8_t *px)
{
	gan_draw(to, SHEET_SEED + (uint64_t)i, px);
}

/* A sheet of what the generator can do, of the same noise every time. */
static int sample(void *to, struct err *e)
{
	struct job *j = to;
	const struct sheet s = {SHEET, SHEET, j->px.w, j->px.h};
	char name[40];

	snprintf(name, sizeof name, "samples/%08lld.png",
		(long long)j->gan.run.images);
	return sheet_save(
		&s, draw, &j->draw, file_join(&j->run, o.out, name), e);
}

static int report(void *to, const struct gan_report *r, int n, struct err *e)
{
	struct job *j = to;
	double images = (double)j->gan.run.images, now = progress_clock();
	const struct metric metric[] = {
		{"images", images, 0},
		{"step", (double)j->gan.run.steps, 0},
		{"loss_d", r->loss_d, 6},
		{"loss_g", r->loss_g, 6},
		{"d_real", r->d_real, 6},
		{"d_fake", r->d_fake, 6},
		{"d_fake_after", r->d_fake_after, 6},
		{"images_per_s", n / (now - j->clock), 1},
	};
	char losses[64];

	j->clock = now;
	snprintf(losses, sizeof losses, "D %.3f G %.3f", r->loss_d, r->loss_g);
	progress_at(&j->progress, images, losses);
	return metrics_add(
		&j->metrics, metric, sizeof metric / sizeof *metric, e);
}

static enum gan_ask ask(void *to)
{
	(void)to;
	if (cli_stopped())
		return GAN_STOP;
	return cli_checkpoint_asked() ? GAN_SAVE_NOW : GAN_GO_ON;
}

static int train(struct job *j, const char *model, struct err *e)
{
	struct gan_run *run = &j->gan.run;
	const struct gan_loop how = {
		.model = model,
		.images = o.images ? o.images : EPOCHS * (int64_t)j->px.n,
		.save_every = o.save_every,
		.sample_every = o.sample_every,
		.batch = batch,
		.report = report,
		.sample = sample,
		.ask = ask,
		.to = j,
	};
	int bad;

	if (run->steps && run->pictures != j->px.n)
		cli_note(j->c,
			"the checkpoint is of %lld pictures, here are %d",
			(long long)run->pictures, j->px.n);
	run->pictures = j->px.n;
	cli_catch();
	j->clock = progress_clock();
	progress_begin(&j->progress, j->c, "images", (double)run->images,
		(double)how.images);
	bad = gan_train(&j->gan, &how, e);
	progress_end(&j->progress);
	return bad;
}

static int open_metrics(struct job *j, struct err *e)
{
	int64_t seen = j->gan.run.images;
	const char *log = file_join(&j->run, o.out, "metrics.jsonl");

	if (metrics_open(&j->metrics, log, "images", seen, e))
		return -1;
	if (o.metrics && strcmp(o.metrics, "-"))
		return metrics_open(&j->metrics, o.metrics, "images", seen, e);
	metrics_use(&j->metrics, stdout, "standard output");
	return 0;
}

static int run(struct cli *c, struct err *e)
{
	struct job j = {.c = c};
	struct gan *m = &j.gan;
	struct nn_backend *be;
	const char *model;
	int bad;

	if (!o.out)
		return err_set(e, ERR_USAGE, "-o DIR is missing");
	model = file_join(&j.run, o.out, "model.safetensors");
	o.wish.width = o.size.w;
	o.wish.height = o.size.h;
	be = nn_device_open(o.device, (int)o.threads, e);
	if (!be)
		return -1;
	bad = gan_start(m, &o.wish, be, model, o.resume, e);
	if (!bad) {
		if (o.resume && !m->run.steps)
			cli_note(c, "nothing in '%s' to go on with: a new run",
				o.out);
		j.draw = (struct gan_draw){be, &m->run.net, &m->g, {0}};
		bad = read_pictures(&j, e) || open_metrics(&j, e) ||
		      train(&j, model, e);
		metrics_close(&j.metrics);
		gan_draw_release(&j.draw);
		pixels_release(&j.px);
		gan_release(m);
	}
	be->close(be);
	arena_release(&j.run);
	return bad ? -1 : 0;
}

int main(int argc, char **argv)
{
	static const struct cli_prog prog = {
		.name = "dcgan-train",
		.args = "-o DIR [DIR|FILE...]",
		.about =
			"teach a DCGAN to draw pictures like those it is shown",
		.options = opts,
		.records = true,
		.run = run,
	};

	return cli_main(&prog, argc, argv);
}
