#include "gan/gan_plan.h"

#include <string.h>

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
