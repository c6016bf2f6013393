/* dcgan-train: teach a DCGAN to draw pictures like those it is shown. */
#include "base/file.h"
#include "base/mem.h"
#include "cli/filter.h"
#include "cli/progress.h"
#include "data/metrics.h"
#include "data/pixels.h"
#include "data/sheet.h"
#include "gan/gan_draw.h"
#include "gan/gan_file.h"
#include "gan/gan_plan.h"
#include "nn/device.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

enum {
	EPOCHS = 25,     /* unless --images is given */
	SHEET = 8,       /* columns and rows of a sample sheet */
	SHEET_SEED = 1,  /* of its first picture, as dcgan-sample's */
	DECODE_MANY = 64 /* pictures between two looks at the progress */
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

static const struct opt opts[] = {
	OPT_STR(0, "preset", "NAME", &o.wish.preset, "which networks (pytorch)"),
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
	const char *model, *log; /* files below --output */
	struct gan gan;
	struct pixels px;
	struct metrics metrics[2]; /* the log, and what the user reads */
	int64_t saved;             /* images that the checkpoint has seen */
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
	int bad;

	if (operand && strcmp(operand, "-")) {
		switch (gallery_kind(operand)) {
		case GALLERY_FOLDER:
			return gallery_add_folder(g, operand, e);
		case GALLERY_PICTURE:
			gallery_add(g, operand, NULL, 0);
			return 0;
		case GALLERY_OTHER:
			break;
		}
	}
	one.argc = operand != NULL;
	one.argv = &operand;
	bad = filter_lines(&one, add_record, g, e);
	c->rejected = one.rejected;
	return bad;
}

static int load(struct job *j, const struct gallery *g, struct err *e)
{
	struct err *why = mem_alloc(DECODE_MANY, sizeof *why);
	struct progress p;
	int bad = 0;

	progress_begin(&p, j->c, "pictures", 0, g->n);
	for (int at = 0, n; at < g->n && !bad; at += n) {
		n = g->n - at < DECODE_MANY ? g->n - at : DECODE_MANY;
		pixels_load(&j->px, g, at, n, (int)o.threads, why);
		for (int i = 0; i < n && !bad; i++) {
			if (why[i].code == ERR_NONE)
				continue;
			*e = why[i];
			bad = cli_reject(j->c, e);
		}
		progress_at(&p, at + n, NULL);
	}
	progress_end(&p);
	mem_free(why);
	if (!bad && j->px.n < 2)
		bad = err_set(e, ERR_NOINPUT,
			"at least 2 pictures are needed; %d could be used",
			j->px.n);
	return bad;
}

static int read_pictures(struct job *j, struct err *e)
{
	struct gallery g;
	int bad = 0;

	gallery_init(&g);
	pixels_init(&j->px, (int)j->gan.run.net.width,
		(int)j->gan.run.net.height);
	for (int i = 0; !bad && i < (j->c->argc ? j->c->argc : 1); i++)
		bad = list(j->c, j->c->argc ? j->c->argv[i] : NULL, &g, e);
	if (!bad)
		bad = load(j, &g, e);
	gallery_release(&g);
	return bad;
}

/* A sheet of what the generator can do, of the same noise every time. */
static int draw_samples(struct job *j, struct err *e)
{
	const struct gan *m = &j->gan;
	struct gan_draw draw = {m->be, &m->run.net, &m->g, {0}};
	struct arena_mark mark = arena_mark(&j->run);
	int w = j->px.w, h = j->px.h, bad;
	uint8_t *px = arena_alloc(&j->run, (size_t)w * (size_t)h * 3);
	const char *path = arena_printf(&j->run, "%s/samples/%08lld.png", o.out,
		(long long)m->run.images);
	struct sheet s;

	if (sheet_init(&s, SHEET, SHEET, w, h, e))
		return -1;
	for (int i = 0; i < SHEET * SHEET; i++) {
		gan_draw(&draw, SHEET_SEED + (uint64_t)i, px);
		sheet_put(&s, i, px);
	}
	gan_draw_release(&draw);
	bad = img_save(&s.im, path, 0, e);
	sheet_release(&s);
	arena_back(&j->run, mark);
	return bad;
}

static int save(struct job *j, struct err *e)
{
	j->saved = j->gan.run.images;
	return gan_file_save(j->model, &j->gan, e);
}
