#include "gan/gan_train.h"
#include "base/mem.h"
#include "gan/gan_file.h"

#include <string.h>
#include <unistd.h>

static const char default_preset[] = "pytorch";
enum { DEFAULT_BATCH = 64, DEFAULT_SEED = 1 };

/* A wish takes the place of the preset's value, but not of a checkpoint's. */
static int settle(const char *name, int64_t wish, int64_t none, bool fixed,
	int64_t *is, struct err *e)
{
	if (wish == none)
		return 0;
	if (fixed && wish != *is)
		return err_set(e, ERR_USAGE,
			"--%s: %lld was asked for, but the checkpoint has %lld",
			name, (long long)wish, (long long)*is);
	*is = wish;
	return 0;
}

int gan_plan(struct gan_run *run, const struct gan_wish *wish,
	const struct gan_run *old, struct err *e)
{
	const char *preset = wish->preset ? wish->preset : default_preset;
	bool fixed = old != NULL;

	if (fixed) {
		*run = *old;
		if (wish->preset && strcmp(preset, run->net.preset))
			return err_set(e, ERR_USAGE,
				"--preset: '%.100s' was asked for, but the "
				"checkpoint has '%.100s'",
				preset, run->net.preset);
	} else {
		*run = (struct gan_run){
			.batch = DEFAULT_BATCH, .seed = DEFAULT_SEED};
		if (dcgan_config_preset(&run->net, preset, e))
			return -1;
	}
	if (settle("size", wish->width, 0, fixed, &run->net.width, e) ||
		settle("size", wish->height, 0, fixed, &run->net.height, e) ||
		settle("ngf", wish->ngf, 0, fixed, &run->net.ngf, e) ||
		settle("ndf", wish->ndf, 0, fixed, &run->net.ndf, e) ||
		settle("batch", wish->batch, 0, fixed, &run->batch, e) ||
		settle("seed", wish->seed, -1, fixed, &run->seed, e))
		return -1;
	return dcgan_config_check(&run->net, e);
}

int gan_start(struct gan *m, const struct gan_wish *wish, struct nn_backend *be,
	const char *model, bool resume, struct err *e)
{
	bool there = !access(model, F_OK);
	struct gan_run run, old;
	struct nn_st st;
	int bad;

	if (!there) {
		if (gan_plan(&run, wish, NULL, e))
			return -1;
		gan_init(m, &run, be);
		return 0;
	}
	if (!resume)
		return err_set(e, ERR_CREATE,
			"'%s' is there already: --resume goes on with it",
			model);
	if (gan_file_open(&st, model, &old, e))
		return -1;
	bad = gan_plan(&run, wish, &old, e);
	if (!bad) {
		gan_init(m, &run, be);
		bad = gan_file_load(&st, m, e);
		if (bad)
			gan_release(m);
	}
	nn_st_close(&st);
	return bad;
}

/* Did we come past a multiple of every? */
static bool due(int64_t before, int64_t now, int64_t every)
{
	return before / every < now / every;
}

int gan_train(struct gan *m, const struct gan_loop *how, struct err *e)
{
	const struct gan_run *run = &m->run;
	size_t batch = (size_t)run->batch;
	float *real = mem_alloc(batch * DCGAN_COLOURS,
		(size_t)(run->net.width * run->net.height) * sizeof *real);
	float *z = mem_alloc(batch, (size_t)run->net.nz * sizeof *z);
	int64_t saved = run->images, sampled = run->images, before;
	struct gan_report r;
	int bad = 0;

	while (!bad && run->images < how->images && !how->stopped()) {
		int n = how->batch(how->to, run->images, (int)batch, real);

		before = run->images;
		gan_noise(m, n, z);
		bad = gan_step(m, real, z, n, &r, e) ||
		      how->report(how->to, &r, n, e);
		if (!bad && due(before, run->images, how->sample_every)) {
			bad = how->sample(how->to, e);
			sampled = run->images;
		}
		if (!bad && (how->save_asked() || due(before, run->images,
							  how->save_every))) {
			bad = gan_file_save(how->model, m, e);
			saved = run->images;
		}
	}
	if (!bad && saved < run->images)
		bad = gan_file_save(how->model, m, e);
	/* Whoever stops it is in a hurry. */
	if (!bad && sampled < run->images && !how->stopped())
		bad = how->sample(how->to, e);
	mem_free(real);
	mem_free(z);
	return bad ? -1 : 0;
}
