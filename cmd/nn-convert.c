/* nn-convert: weights of others into ours, and ours into torchvision's. */
#include <string.h>

#include "app/convert.h"
#include "app/convert_gan.h"
#include "cli/cli.h"
#include "conf/conf.h"
#include "foreign/foreign.h"

static struct {
	const char *arch, *as, *categories, *discriminator;
	double bn_eps;
} o = {.arch = "rcnn", .as = "deepstyle", .bn_eps = 1e-5};

static const struct opt opts[] = {
	OPT_STR(0, "arch", "ARCH", &o.arch,
		"rcnn or dcgan: what the weights are of (rcnn)"),
	OPT_STR(0, "as", "PROJECT", &o.as,
		"deepstyle, torchvision, pytorch: who loads it (deepstyle)"),
	OPT_STR(0, "discriminator", "FILE", &o.discriminator,
		"netD, beside IN, which is netG; or beside OUT"),
	OPT_STR(0, "categories", "COCO.json", &o.categories,
		"names of the classes: a COCO file's (1, 2, ...)"),
	OPT_REAL(0, "bn-eps", "EPS", &o.bn_eps, 0, 1,
		"the small number of the weights' batch norms (1e-5)"),
	{0}};

/*
 * The classes 1 to n, as a data set has them: one category each, in order; or
 * fewer, by their ids, where a network has a class for every id up to the
 * highest, as torchvision's have.
 */
static int name_classes(
	struct coco *classes, int n, struct arena *a, struct err *e)
{
	struct coco from;
	bool by_id = false;

	*classes = (struct coco){.path = "the weights",
		.ncategories = n,
		.categories =
			arena_zero(a, (size_t)n, sizeof *from.categories)};
	for (int i = 0; i < n; i++) {
		classes->categories[i].id = i + 1;
		classes->categories[i].name = arena_printf(a, "%d", i + 1);
	}
	if (!o.categories)
		return 0;
	if (coco_read(&from, o.categories, 0, a, e))
		return -1;
	by_id = from.ncategories < n;
	for (int i = 0; i < from.ncategories; i++) {
		const struct coco_category *c = &from.categories[i];
		int64_t at = by_id ? c->id - 1 : i;

		if (at < 0 || at >= n)
			return err_set(e, ERR_DATA,
				"'%s' has %d categories and an id of %lld, the "
				"weights have %d classes",
				o.categories, from.ncategories,
				(long long)c->id, n);
		classes->categories[at] = *c;
	}
	return 0;
}

static int set_keys(struct cli *c, struct rcnn_config *config, struct err *e)
{
	for (int i = 2; i < c->argc; i += 2)
		if (conf_set(rcnn_keys, config, c->argv[i], c->argv[i + 1],
			    NULL, NULL, e))
			return -1;
	return rcnn_config_check(config, e);
}

static int save(struct detector *d, bool whole, const char *path, struct err *e)
{
	if (!whole)
		return convert_save_body(d, path, e);
	if (!strcmp(o.as, "torchvision"))
		return convert_save_torchvision(d, path, e);
	return detector_save(d, path, false, e);
}

/* A file of somebody else. */
static int import(struct cli *c, const struct nn_st *st, struct err *e)
{
	struct detector d = {0};
	struct convert from;
	struct coco classes;
	struct arena a = {0};
	int bad;

	if (convert_look(&from, st, e))
		return -1;
	if (!from.whole && !strcmp(o.as, "torchvision"))
		return err_set(e, ERR_DATA,
			"'%s' is a body without a detector: --as torchvision "
			"is for detectors",
			st->path);
	bad = set_keys(c, &from.config, e);
	if (bad && e->code == ERR_CONFIG && c->argc == 2)
		e->code = ERR_DATA; /* what its shapes said */
	if (!bad)
		bad = name_classes(
			&classes, (int)from.config.num_classes - 1, &a, e);
	if (!bad)
		bad = detector_new(&d, &from.config, &classes, "cpu", 0, e) ||
		      convert_fill(&d, &from, st, o.bn_eps, e) ||
		      save(&d, from.whole, c->argv[1], e);
	if (!bad)
		cli_note(c, "%s, %s, conventions of %s",
			from.whole ? "a detector" : "a body",
			from.config.conv_body, from.config.conventions);
	detector_release(&d);
	arena_release(&a);
	return bad ? -1 : 0;
}

/* A detector of ours. */
static int export(struct cli *c, struct err *e)
{
	struct detector d;
	const char *as;
	int bad;

	if (detector_open(&d, c->argv[0], "cpu", 0, e))
		return -1;
	as = d.model.config.conventions;
	if (!strcmp(o.as, "torchvision") && strcmp(as, "torchvision"))
		cli_warn(c,
			"'%s' was trained in %s's conventions: in "
			"torchvision's its boxes are a little elsewhere",
			c->argv[0], as);
	bad = set_keys(c, &d.model.config, e) || save(&d, true, c->argv[1], e);
	detector_release(&d);
	return bad ? -1 : 0;
}

static int rcnn(struct cli *c, const struct nn_st *st, struct err *e)
{
	const char *format = nn_st_meta(st, "format");

	if (format && !strcmp(format, "deepstyle-rcnn"))
		return export(c, e);
	return import(c, st, e);
}

static int dcgan(struct cli *c, const struct nn_st *st, struct err *e)
{
	struct nn_st d;
	int bad;

	if (!strcmp(o.as, "pytorch"))
		return convert_gan_export(
			c->argv[0], c->argv[1], o.discriminator, e);
	if (!o.discriminator) {
		bad = convert_gan_import(st, NULL, c->argv[1], e);
		if (!bad)
			cli_note(c, "the discriminator is new");
		return bad;
	}
	if (foreign_open(&d, o.discriminator, e))
		return -1;
	bad = convert_gan_import(st, &d, c->argv[1], e);
	nn_st_close(&d);
	return bad;
}

/* Which words go with which. */
static int check_words(const struct cli *c, bool gan, struct err *e)
{
	const char *other = gan ? "pytorch" : "torchvision";

	if (c->argc < 2 || c->argc % 2)
		return err_set(e, ERR_USAGE,
			"IN, OUT and pairs of KEY VALUE expected");
	if (!gan && strcmp(o.arch, "rcnn"))
		return err_set(e, ERR_USAGE,
			"--arch: rcnn or dcgan expected, not '%s'", o.arch);
	if (strcmp(o.as, "deepstyle") && strcmp(o.as, other))
		return err_set(e, ERR_USAGE,
			"--as: deepstyle or %s expected with --arch %s, not "
			"'%s'",
			other, o.arch, o.as);
	if (gan && c->argc > 2)
		return err_set(e, ERR_USAGE, "--arch dcgan has no keys");
	if (!gan && o.discriminator)
		return err_set(
			e, ERR_USAGE, "--discriminator is for --arch dcgan");
	return 0;
}

static int run(struct cli *c, struct err *e)
{
	bool gan = !strcmp(o.arch, "dcgan");
	struct nn_st st;
	int bad;

	if (check_words(c, gan, e) || foreign_open(&st, c->argv[0], e))
		return -1;
	bad = gan ? dcgan(c, &st, e) : rcnn(c, &st, e);
	nn_st_close(&st);
	return bad;
}

int main(int argc, char **argv)
{
	static const struct cli_prog prog = {
		.name = "nn-convert",
		.args = "IN OUT [KEY VALUE]...",
		.about = "take weights from other projects, and give them back",
		.options = opts,
		.run = run,
	};

	return cli_main(&prog, argc, argv);
}
