/* dcgan-train: teach a DCGAN to draw pictures like those it is shown. */
#include "app/compute.h"
#include "app/picture_list.h"
#include "base/file.h"
#include "cli/filter.h"
#include "cli/progress.h"
#include "data/metrics.h"
#include "data/pixels.h"
#include "data/sheet.h"
#include "gan/gan_draw.h"
#include "gan/gan_train.h"

#include <string.h>

enum { EPOCHS = 25, SHEET = 8 /* columns and rows */ };

static struct {
	struct gan_wish wish;
	struct opt_size size;
	const char *device, *dtype, *root, *metrics, *out;
	int64_t images, sample_every, save_every, threads;
	bool resume;
} o = {.wish.seed = -1,
	.device = "auto",
	.dtype = "f32",
	.sample_every = 6400,
	.save_every = 6400};

static const struct opt opts[] = {
	OPT_STR(0, "preset", "NAME", &o.wish.preset, "networks (pytorch)"),
	OPT_SIZE(0, "size", "WxH", &o.size, 1, 4096, "of the pictures (64x64)"),
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
	OPT_STR(0, "metrics", "FILE", &o.metrics, "for the records (stdout)"),
	OPT_STR(0, "root", "DIR", &o.root, "where the records' paths begin"),
	OPT_STR('d', "device", "DEVICE", &o.device,
		"auto, cpu, cuda or cuda:N (auto)"),
	OPT_STR(0, "dtype", "TYPE", &o.dtype, "f32, bf16, tf32 or auto (f32)"),
	OPT_INT('j', "threads", "N", &o.threads, 1, 1024, "how many (all)"),
	OPT_STR('o', "output", "DIR", &o.out, "where all of it goes"), {0}};

struct job {
	struct cli *c;
	struct arena run;
	struct progress progress;
	struct gan gan;
	struct pixels px;
	struct metrics metrics;
	double began; /* the step */
};

static int loaded(void *to, int i, const struct err *why)
{
	struct job *j = to;

	progress_at(&j->progress, i + 1, NULL);
	return why->code == ERR_NONE ? 0 : cli_reject(j->c, why);
}

static int read_pictures(struct job *j, struct err *e)
{
	const struct gan_run *run = &j->gan.run;
	struct gallery g;
	int bad;

	gallery_init(&g);
	bad = picture_list(j->c, o.root, &g, e);
	pixels_init(&j->px, (int)run->net.width, (int)run->net.height,
		(uint64_t)run->seed);
	progress_begin(&j->progress, j->c, "pictures", 0, g.n);
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

	j->began = progress_clock();
	return pixels_batch(&j->px, seen, max, real);
}

/* Always the same noise: that of dcgan-sample's first pictures. */
static int sample(void *to, struct err *e)
{
	struct job *j = to;
	const struct gan *m = &j->gan;
	struct gan_draw d;
	const struct sheet s = {SHEET, SHEET, j->px.w, j->px.h};
	const char *path = arena_printf(&j->run, "%s/samples/%08lld.png", o.out,
		(long long)m->run.images);
	int bad;

	gan_draw_init(&d, m->be, &m->run.net, &m->g, 1);
	d.dtype = m->dtype;
	bad = sheet_save(&s, gan_draw, &d, path, e);
	gan_draw_release(&d);
	return bad;
}

static int report(void *to, const struct gan_report *r, int n, struct err *e)
{
	struct job *j = to;
	const struct gan_run *run = &j->gan.run;
	const struct metric metric[] = {
		{"images", (double)run->images, 0},
		{"step", (double)run->steps, 0},
		{"loss_d", r->loss_d, 6},
		{"loss_g", r->loss_g, 6},
		{"d_real", r->d_real, 6},
		{"d_fake", r->d_fake, 6},
		{"d_fake_after", r->d_fake_after, 6},
		{"images_per_s", n / (progress_clock() - j->began), 1},
		{0},
	};
	char losses[64];

	snprintf(losses, sizeof losses, "D %.3f G %.3f", r->loss_d, r->loss_g);
	progress_at(&j->progress, (double)run->images, losses);
	return metrics_add(&j->metrics, metric, e);
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

static void tell_need(struct job *j)
{
	int n = (int)j->gan.run.batch;
	struct nn_need need = gan_need(&j->gan, n);

	compute_tell_need(j->c, &need,
		arena_printf(
			&j->run, "%d pictures of %dx%d", n, j->px.w, j->px.h));
}

static int train(struct job *j, const char *model, struct err *e)
{
	struct gan_run *run = &j->gan.run;
	struct gan_loop how = {
		.model = model,
		.save_every = o.save_every,
		.sample_every = o.sample_every,
		.batch = batch,
		.report = report,
		.sample = sample,
		.to = j,
		.stopped = cli_stopped,
		.save_asked = cli_checkpoint_asked,
	};
	int bad;

	if (o.resume && !run->steps)
		cli_note(j->c, "nothing in '%s' to resume: a new run", o.out);
	if (read_pictures(j, e) || open_metrics(j, e))
		return -1;
	if (run->steps && run->pictures != j->px.n)
		cli_note(j->c, "it was of %lld pictures, here are %d",
			(long long)run->pictures, j->px.n);
	run->pictures = j->px.n;
	tell_need(j);
	how.images = o.images ? o.images : EPOCHS * run->pictures;
	cli_catch();
	progress_begin(&j->progress, j->c, "images", (double)run->images,
		(double)how.images);
	bad = gan_train(&j->gan, &how, e);
	progress_end(&j->progress);
	return bad;
}

static int run(struct cli *c, struct err *e)
{
	struct job j = {.c = c};
	struct nn_backend *be;
	const char *model;
	int bad;

	if (!o.out)
		return err_set(e, ERR_USAGE, "-o DIR is missing");
	o.wish.width = o.size.w;
	o.wish.height = o.size.h;
	be = nn_device_open(o.device, (int)o.threads, e);
	if (!be)
		return -1;
	model = file_join(&j.run, o.out, "model.safetensors");
	bad = gan_start(&j.gan, &o.wish, be, model, o.resume, e);
	if (!bad) {
		bad = compute_type(c, o.dtype, be, &j.gan.dtype, e) ||
		      train(&j, model, e);
		metrics_close(&j.metrics);
		pixels_release(&j.px);
		gan_release(&j.gan);
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
		.about = "teach a DCGAN to draw pictures like those it sees",
		.options = opts,
		.records = true,
		.run = run,
	};

	return cli_main(&prog, argc, argv);
}
