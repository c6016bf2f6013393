#include "gan/gan_file.h"

#include <inttypes.h>
#include <string.h>

static const char model_name[] = "dcgan";
static const char g_prefix[] = "generator.", d_prefix[] = "discriminator.";

#define RUN(name, field, lo, hi) \
	KEY(name, KEY_INT, struct gan_run, field, lo, hi)

/* What is stored of a run besides its preset's name. */
static const struct key numbers[] = {
	RUN("width", net.width, 1, 4096),
	RUN("height", net.height, 1, 4096),
	RUN("nz", net.nz, 1, DCGAN_NZ_MAX),
	RUN("ngf", net.ngf, 1, DCGAN_WIDTH_MAX),
	RUN("ndf", net.ndf, 1, DCGAN_WIDTH_MAX),
	RUN("seed", seed, 0, 0x1p53),
	RUN("batch", batch, 1, INT32_MAX),
	RUN("pictures", pictures, 0, INT32_MAX),
	RUN("images", images, 0, 0x1p53),
	RUN("steps", steps, 0, 0x1p53),
	{0},
};
enum { NNUMBERS = sizeof numbers / sizeof *numbers - 1 };

int gan_file_save(const char *path, struct gan *m, struct err *e)
{
	const struct nn_st_part part[] = {
		{g_prefix, &m->g.params}, {d_prefix, &m->d.params}};
	struct nn_meta meta[2 + NNUMBERS] = {
		{"model", model_name}, {"preset", m->run.net.preset}};
	char text[NNUMBERS][24];

	for (int i = 0; i < NNUMBERS; i++) {
		int64_t v;

		memcpy(&v, (const char *)&m->run + numbers[i].at, sizeof v);
		snprintf(text[i], sizeof text[i], "%" PRId64, v);
		meta[2 + i] = (struct nn_meta){numbers[i].name, text[i]};
	}
	return nn_st_save(path, part, 2, true, meta, 2 + NNUMBERS, e);
}

static int read_run(const struct nn_st *st, struct gan_run *run, struct err *e)
{
	const char *model = nn_st_meta(st, "model");
	const char *preset = nn_st_meta(st, "preset");

	if (!model || strcmp(model, model_name) || !preset)
		return err_set(e, ERR_DATA, "no checkpoint of dcgan-train");
	if (dcgan_config_preset(&run->net, preset, e))
		return -1;
	for (int i = 0; i < NNUMBERS; i++) {
		const char *text = nn_st_meta(st, numbers[i].name);

		if (!text)
			return err_set(e, ERR_DATA, "\"%s\" is missing",
				numbers[i].name);
		if (keys_set(&numbers[i], run, text, e))
			return -1;
	}
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

int gan_file_load_generator(
	const struct nn_st *st, struct dcgan_net *g, struct err *e)
{
	return nn_st_load(st, g_prefix, &g->params, false, false, NULL, e);
}

int gan_file_load(const struct nn_st *st, struct gan *m, struct err *e)
{
	if (nn_st_load(st, g_prefix, &m->g.params, true, false, NULL, e))
		return -1;
	return nn_st_load(st, d_prefix, &m->d.params, true, false, NULL, e);
}
