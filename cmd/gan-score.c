/* gan-score: how far drawn pictures are from real ones. */
#include "app/trained_extractor.h"
#include "app/score_report.h"
#include "nn/device.h"

#include <limits.h>
#include <string.h>

static struct {
	const char *real, *fake, *weights, *features, *real_features;
	const char *fake_features, *save_features, *root, *device;
	struct opt_size size;
	int64_t n, seed, random, threads;
} o = {.seed = 1, .random = 1, .device = "auto"};

static const struct opt opts[] = {
	OPT_STR(0, "real", "PICTURES", &o.real,
		"folder, picture list, records or features of real ones"),
	OPT_STR(0, "fake", "PICTURES", &o.fake,
		"the same of drawn ones, or a generator's weights"),
	OPT_STR('w', "weights", "DETECTOR", &o.weights,
		"whose features to compare (random ones)"),
	OPT_STR(0, "features", "FILE", &o.features, "the same as -w"),
	OPT_STR(0, "real-features", "FILE", &o.real_features,
		"features of the real pictures, made already"),
	OPT_STR(0, "fake-features", "FILE", &o.fake_features,
		"features of the drawn pictures"),
	OPT_STR(0, "save-features", "FILE", &o.save_features,
		"write those of the real pictures"),
	OPT_SIZE(0, "size", "WxH", &o.size, 1, 4096,
		"to scale all pictures to (that of the drawn ones)"),
	OPT_INT('n', "count", "N", &o.n, GAN_PICTURES_LEAST, INT_MAX,
		"pictures of each side, at most (all)"),
	OPT_INT('s', "seed", "S", &o.seed, 0, 0x1p53,
		"of all that is chosen, and of drawn pictures (1)"),
	OPT_INT(0, "random-seed", "S", &o.random, 0, 0x1p53,
		"of the random features (1)"),
	OPT_STR(0, "root", "DIR", &o.root, "where the records' paths begin"),
	OPT_STR('d', "device", "DEVICE", &o.device, "auto or cpu (auto)"),
	OPT_INT('j', "threads", "N", &o.threads, 1, 1024, "how many (all)"),
	{0}};

struct job {
	struct cli *c;
	struct score_how how;
	struct score_side real, fake;
	struct gan_extractor extractor;
	struct gan_judge judge;
	struct score_report report;
};

/* ---- what goes in ---- */

/* The size of all pictures: asked for, or as they are drawn. */
static int load(struct job *j, struct err *e)
{
	const struct score_side *like = j->fake.w ? &j->fake : &j->real;
	int w = o.size.w ? (int)o.size.w : like->w;
	int h = o.size.w ? (int)o.size.h : like->h;

	if (!w && (j->real.kind == SCORE_PICTURES ||
			  j->fake.kind == SCORE_PICTURES))
		return err_set(e, ERR_DATA,
			"the first picture cannot be read: say --size WxH");
	if (score_side_load(&j->real, w, h, 0, e))
		return -1;
	return score_side_load(
		&j->fake, w, h, o.n ? 0 : (j->real.set.n + 1) / 2, e);
}

/* What makes features: a network, unless both sides have them. */
static int open_extractor(struct job *j, struct err *e)
{
	const char *path = o.weights ? o.weights : o.features;
	const struct score_side *from =
		j->real.extractor[0] ? &j->real : &j->fake;

	if (j->real.extractor[0] && j->fake.extractor[0]) {
		if (strcmp(j->real.extractor, j->fake.extractor))
			return err_set(e, ERR_DATA,
				"features of the real pictures are of '%s', "
				"of the drawn ones of '%s'",
				j->real.extractor, j->fake.extractor);
		snprintf(j->report.extractor, sizeof j->report.extractor, "%s",
			j->real.extractor);
		return 0;
	}
	if (!path)
		gan_extractor_random(
			&j->extractor, j->how.be, (uint64_t)o.random);
	else if (trained_extractor_open(
			 &j->extractor, path, o.device, (int)o.threads, e))
		return -1;
	snprintf(j->report.extractor, sizeof j->report.extractor, "%s",
		j->extractor.name);
	if (from->extractor[0] && strcmp(from->extractor, j->extractor.name))
		return err_set(e, ERR_DATA,
			"features of '%s' are of '%s', but here it is '%s'",
			from->path, from->extractor, j->extractor.name);
	return 0;
}

static int score(struct job *j, struct err *e)
{
	struct gan_extractor *extractor;

	if (score_side_open(&j->real, &j->how, o.real, e) ||
		score_side_open(&j->fake, &j->how, o.fake, e) || load(j, e))
		return -1;
	if ((o.real_features &&
		    score_side_features(&j->real, o.real_features, e)) ||
		(o.fake_features &&
			score_side_features(&j->fake, o.fake_features, e)) ||
		open_extractor(j, e))
		return -1;
	extractor = j->extractor.look ? &j->extractor : NULL;
	if (o.save_features) {
		if (!extractor || !j->real.set.px || j->real.set.feature)
			return err_set(e, ERR_USAGE,
				"--save-features: there are features already");
		if (score_side_save(&j->real, extractor, o.save_features, e))
			return -1;
	}
	if (gan_judge_init(
		    &j->judge, &j->real.set, extractor, (uint64_t)o.seed, e) ||
		gan_judge_set(&j->judge, &j->fake.set, &j->report.score, e))
		return -1;
	j->report.real = &j->real;
	j->report.fake = &j->fake;
	j->report.judge = &j->judge;
	score_report_tell(&j->report, j->c);
	return score_report_print(&j->report, stdout, e);
}

static int check(struct cli *c, struct err *e)
{
	int at = 0;

	if (!o.real && at < c->argc)
		o.real = c->argv[at++];
	if (!o.fake && at < c->argc)
		o.fake = c->argv[at++];
	if (at < c->argc)
		return err_set(e, ERR_USAGE, "no operand '%s' is expected",
			c->argv[at]);
	if (!o.real || !o.fake)
		return err_set(e, ERR_USAGE, "two sets of pictures are needed");
	if (o.weights && o.features)
		return err_set(e, ERR_USAGE, "-w and --features are the same");
	if (o.n && (o.real_features || o.fake_features))
		return err_set(e, ERR_USAGE,
			"-n would choose among pictures whose features are "
			"there: no --real-features and --fake-features");
	return 0;
}

static int run(struct cli *c, struct err *e)
{
	struct job j = {.c = c};
	int bad;

	if (check(c, e))
		return -1;
	j.how = (struct score_how){c, o.root, o.seed, (int)o.n, (int)o.threads,
		nn_device_open(o.device, (int)o.threads, e)};
	if (!j.how.be)
		return -1;
	bad = score(&j, e);
	gan_judge_release(&j.judge);
	gan_extractor_release(&j.extractor);
	score_side_release(&j.real);
	score_side_release(&j.fake);
	j.how.be->close(j.how.be);
	return bad;
}

int main(int argc, char **argv)
{
	static const struct cli_prog prog = {
		.name = "gan-score",
		.args = "REAL FAKE",
		.about = "how far drawn pictures are from real ones",
		.options = opts,
		.records = true,
		.run = run,
	};

	return cli_main(&prog, argc, argv);
}
