#include "gan/gan_file.h"

#include <inttypes.h>
#include <string.h>

static const char model_name[] = "dcgan";
static const char g_prefix[] = "generator.", d_prefix[] = "discriminator.",
		  ema_prefix[] = "ema.";

#define INT(name, field, lo, hi) \
	KEY(name, KEY_INT, struct gan_run, field, lo, hi)
#define REAL(name, field, lo, hi) \
	KEY(name, KEY_REAL, struct gan_run, field, lo, hi)
#define BOOL(name, field) KEY(name, KEY_BOOL, struct gan_run, field, 0, 1)

/* What every checkpoint has of a run, besides its preset's name. */
static const struct key required[] = {
	INT("width", net.width, 1, 4096),
	INT("height", net.height, 1, 4096),
	INT("nz", net.nz, 1, DCGAN_NZ_MAX),
	INT("ngf", net.ngf, 1, DCGAN_WIDTH_MAX),
	INT("ndf", net.ndf, 1, DCGAN_WIDTH_MAX),
	INT("seed", seed, 0, 0x1p53),
	INT("batch", batch, 1, INT32_MAX),
	INT("pictures", pictures, 0, INT32_MAX),
	INT("images", images, 0, 0x1p53),
	INT("steps", steps, 0, 0x1p53),
	{0},
};
/* What is the preset's in a checkpoint of before there was a choice. */
static const struct key chosen[] = {
	INT("label_values", net.labels, 0, DCGAN_LABELS_MAX),
	INT("kernel", net.kernel, 4, 5),
	BOOL("upsample", net.upsample),
	BOOL("unit_norm", net.unit_norm),
	BOOL("d_norm", net.d_norm),
	REAL("norm_eps", net.norm_eps, 0, 1),
	REAL("r1", how.r1, 0, 1e9),
	REAL("r2", how.r2, 0, 1e9),
	REAL("r_end", how.r_end, 0, 1),
	REAL("lr_g", how.lr_g, 0, 1),
	REAL("lr_d", how.lr_d, 0, 1),
	REAL("lr_end", how.lr_end, 0, 1),
	REAL("beta1", how.beta1, 0, 1),
	REAL("beta2", how.beta2, 0, 1),
	REAL("l2", how.l2, 0, 1),
	BOOL("g_first", how.g_first),
	BOOL("whole", how.whole),
	BOOL("flip", how.flip),
	REAL("augment", how.augment, -1, 1),
	BOOL("colour", how.colour),
	BOOL("ema", how.ema),
	BOOL("measure", how.measure),
	INT("skip", how.skip, 0, 1e6),
	INT("span", span, 0, 0x1p53),
	REAL("augment_now", augment, 0, 1),
	REAL("augment_sign", sign, -1e9, 1e9),
	INT("augment_signs", signs, 0, 1e9),
	INT("saturated", saturated, 0, 0x1p53),
	BOOL("varied", varied),
	REAL("best", best, -1e300, 1e300),
	{0},
};
/* Of these the names are stored. */
static const struct choice {
	const char *name, *const *names;
	size_t at; /* of an int64_t */
} choices[] = {
	{"latent", gan_latents, offsetof(struct gan_run, net.latent)},
	{"loss", gan_losses, offsetof(struct gan_run, how.loss)},
};
enum {
	NREQUIRED = sizeof required / sizeof *required - 1,
	NCHOSEN = sizeof chosen / sizeof *chosen - 1,
	NCHOICES = sizeof choices / sizeof *choices,
	NMETA = 3 + NREQUIRED + NCHOSEN + NCHOICES
};

/* ---- writing ---- */

static const char *text_of(
	const struct key *k, const struct gan_run *run, struct arena *a)
{
	const void *field = (const char *)run + k->at;

	if (k->kind == KEY_BOOL)
		return *(const bool *)field ? "true" : "false";
	if (k->kind == KEY_REAL) /* so that it is read as the same double */
		return arena_printf(a, "%.17g", *(const double *)field);
	return arena_printf(a, "%" PRId64, *(const int64_t *)field);
}

static int describe(const struct gan_run *run, const struct gan_labels *labels,
	struct nn_meta *meta, struct arena *a)
{
	int n = 0;

	meta[n++] = (struct nn_meta){"model", model_name};
	meta[n++] = (struct nn_meta){"preset", run->net.preset};
	for (int i = 0; i < NREQUIRED; i++)
		meta[n++] = (struct nn_meta){
			required[i].name, text_of(&required[i], run, a)};
	for (int i = 0; i < NCHOSEN; i++)
		meta[n++] = (struct nn_meta){
			chosen[i].name, text_of(&chosen[i], run, a)};
	for (int i = 0; i < NCHOICES; i++) {
		int64_t v;

		memcpy(&v, (const char *)run + choices[i].at, sizeof v);
		meta[n++] =
			(struct nn_meta){choices[i].name, choices[i].names[v]};
	}
	if (run->net.labels)
		meta[n++] =
			(struct nn_meta){"labels", gan_labels_text(labels, a)};
	return n;
}

int gan_file_save(const char *path, struct gan *m,
	const struct gan_labels *labels, struct err *e)
{
	const struct nn_st_part part[] = {{g_prefix, &m->g.params},
		{d_prefix, &m->d.params}, {ema_prefix, &m->mean.params}};
	struct nn_meta meta[NMETA];
	struct arena a = {0};
	int n, bad;

	BUG_ON(m->run.net.labels &&
		(!labels || labels->n != m->run.net.labels));
	n = describe(&m->run, labels, meta, &a);
	bad = nn_st_save(path, part, m->run.how.ema ? 3 : 2, true, meta, n, e);
	arena_release(&a);
	return bad;
}

/* ---- reading ---- */

static int read_keys(const struct nn_st *st, const struct key *keys, bool must,
	struct gan_run *run, struct err *e)
{
	for (const struct key *k = keys; k->name; k++) {
		const char *text = nn_st_meta(st, k->name);

		if (!text && must)
			return err_set(
				e, ERR_DATA, "\"%s\" is missing", k->name);
		if (text && keys_set(k, run, text, e))
			return -1;
	}
	return 0;
}

static int read_choice(const struct nn_st *st, const struct choice *c,
	struct gan_run *run, struct err *e)
{
	const char *text = nn_st_meta(st, c->name);

	if (!text)
		return 0;
	for (int64_t v = 0; c->names[v]; v++)
		if (!strcmp(c->names[v], text)) {
			memcpy((char *)run + c->at, &v, sizeof v);
			return 0;
		}
	return err_set(e, ERR_DATA, "%s: '%.100s' is not known", c->name, text);
}

static int read_run(const struct nn_st *st, struct gan_run *run, struct err *e)
{
	const char *model = nn_st_meta(st, "model");
	const char *preset = nn_st_meta(st, "preset");

	if (!model || strcmp(model, model_name) || !preset)
		return err_set(e, ERR_DATA, "no checkpoint of dcgan-train");
	if (gan_preset(run, preset, e) ||
		read_keys(st, required, true, run, e) ||
		read_keys(st, chosen, false, run, e))
		return -1;
	for (int i = 0; i < NCHOICES; i++)
		if (read_choice(st, &choices[i], run, e))
			return -1;
	return dcgan_config_check(&run->net, e);
}

int gan_file_open(
	struct nn_st *st, const char *path, struct gan_run *run, struct err *e)
{
	struct err why = {0};

	if (nn_st_open(st, path, e))
		return -1;
	if (!read_run(st, run, &why))
		return 0;
	nn_st_close(st);
	return err_set(e, ERR_DATA, "'%s': %s", path, why.msg);
}

int gan_file_labels(const struct nn_st *st, const struct gan_run *run,
	struct gan_labels *l, struct err *e)
{
	const char *text = nn_st_meta(st, "labels");
	struct err why = {0};
	int bad = text ? gan_labels_parse(l, text, &why) : 0;

	if (!bad && l->n != run->net.labels)
		bad = err_set(&why, ERR_DATA, "%d labels are named of %lld",
			l->n, (long long)run->net.labels);
	return bad ? err_set(e, ERR_DATA, "'%s': %s", st->path, why.msg) : 0;
}

int gan_file_load_generator(
	const struct nn_st *st, struct dcgan_net *g, struct err *e)
{
	bool mean = nn_st_find(st, "ema.main.0.weight") != NULL;

	return nn_st_load(st, mean ? ema_prefix : g_prefix, &g->params, false,
		false, NULL, e);
}

int gan_file_load(const struct nn_st *st, struct gan *m, struct err *e)
{
	if (nn_st_load(st, g_prefix, &m->g.params, true, false, NULL, e) ||
		nn_st_load(st, d_prefix, &m->d.params, true, false, NULL, e))
		return -1;
	if (!m->run.how.ema)
		return 0;
	return nn_st_load(
		st, ema_prefix, &m->mean.params, false, false, NULL, e);
}
