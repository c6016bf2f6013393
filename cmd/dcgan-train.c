/* dcgan-train: teach a DCGAN to draw pictures like those it is shown. */
#include "app/gan_trainer.h"
#include "cli/cli.h"

static struct gan_job o = {.device = "auto",
	.dtype = "f32",
	.keep = 2,
	.sample_every = 6400,
	.save_every = 6400,
	.score_every = 12800,
	.held_out = -1};
static struct opt_size size = {-1, -1};

static const struct opt opts[] = {
	OPT_STR(0, "preset", "NAME", &o.wish.preset,
		"garment, pytorch or radford2015 (garment)"),
	OPT_SIZE(0, "size", "WxH", &size, 1, 4096,
		"of the pictures (the preset's)"),
	OPT_STR(0, "labels", "KEY[,KEY]", &o.labels,
		"keys of the records that it shall learn with the pictures"),
	/* the networks */
	OPT_INT(0, "nz", "N", &o.wish.nz, 1, DCGAN_NZ_MAX,
		"numbers of noise a picture"),
	OPT_STR(0, "latent", "KIND", &o.wish.latent,
		"of noise: normal, uniform or sphere"),
	OPT_INT(0, "ngf", "N", &o.wish.ngf, 1, DCGAN_WIDTH_MAX,
		"width of the generator, in channels"),
	OPT_INT(0, "ndf", "N", &o.wish.ndf, 1, DCGAN_WIDTH_MAX,
		"width of the discriminator"),
	OPT_SWITCH(0, "upsample", &o.wish.upsample,
		"the generator doubles by nearest neighbours"),
	OPT_SWITCH(0, "d-norm", &o.wish.d_norm,
		"the discriminator has batch norms"),
	/* how they learn */
	OPT_STR(0, "loss", "NAME", &o.wish.loss, "bce, hinge or rp"),
	OPT_STR(0, "r1", "GAMMA", &o.wish.r1,
		"weight of the penalty on real pictures, or auto"),
	OPT_STR(0, "r2", "GAMMA", &o.wish.r2, "the same on drawn ones"),
	OPT_REAL(0, "lr", "R", &o.wish.lr_g, 0, 1, "the generator's rate"),
	OPT_REAL(0, "lr-d", "R", &o.wish.lr_d, 0, 1, "the discriminator's"),
	OPT_REAL(0, "lr-end", "SHARE", &o.wish.lr_end, 0, 1,
		"what is left of both in the end"),
	OPT_INT(0, "span", "N", &o.wish.span, 1, 0x1p53,
		"images until that end (as many as --images)"),
	OPT_STR(0, "augment", "P", &o.wish.augment,
		"probability of augmentation, or auto"),
	OPT_SWITCH(0, "colour", &o.wish.colour, "of colours, too"),
	OPT_SWITCH(0, "flip", &o.wish.flip, "mirror half of the pictures"),
	OPT_SWITCH(0, "ema", &o.wish.ema,
		"keep the mean of the generator's weights, which draws"),
	OPT_INT('b', "batch", "N", &o.wish.batch, 1, 65536, "pictures a step"),
	/* the run */
	OPT_INT('n', "images", "N", &o.images, 1, 0x1p53,
		"stop when so many were shown (25 times all)"),
	OPT_INT('s', "seed", "S", &o.wish.seed, 0, 0x1p53,
		"of weights, noise and order (1)"),
	OPT_FLAG(0, "resume", &o.resume, "go on from the checkpoint in DIR"),
	OPT_INT(0, "sample-every", "N", &o.sample_every, 1, 0x1p53,
		"draw a sheet every N images (6400)"),
	OPT_INT(0, "save-every", "N", &o.save_every, 1, 0x1p53,
		"write a checkpoint every N images (6400)"),
	OPT_INT(0, "held-out", "N", &o.held_out, 0, 1e6,
		"pictures to measure by, which it is not shown"),
	OPT_INT(0, "score-every", "N", &o.score_every, 1, 0x1p53,
		"measure every N images (12800)"),
	OPT_STR(0, "features", "DETECTOR", &o.features,
		"whose features to measure with (random ones)"),
	OPT_INT(0, "keep", "N", &o.keep, 0, 10000,
		"so many of the last checkpoints stay (2)"),
	OPT_STR(0, "metrics", "FILE", &o.metrics, "for the records (stdout)"),
	OPT_STR(0, "root", "DIR", &o.root, "where the records' paths begin"),
	OPT_STR('d', "device", "DEVICE", &o.device,
		"auto, cpu, cuda or cuda:N (auto)"),
	OPT_STR(0, "dtype", "TYPE", &o.dtype, "f32, bf16, tf32 or auto (f32)"),
	OPT_INT('j', "threads", "N", &o.threads, 1, 1024, "how many (all)"),
	OPT_STR('o', "output", "DIR", &o.out, "where all of it goes"), {0}};

static int run(struct cli *c, struct err *e)
{
	o.wish.width = size.w;
	o.wish.height = size.h;
	o.records = stdout;
	return gan_trainer_run(c, &o, e);
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

	o.wish = gan_no_wish;
	return cli_main(&prog, argc, argv);
}
