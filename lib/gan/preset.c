#include "gan/gan_augment.h"

#include <math.h>
#include <string.h>

const char *const gan_losses[] = {"bce", "hinge", "rp", NULL};
const char *const gan_latents[] = {"normal", "uniform", "sphere", NULL};

/* What gamma is in the end: R3GAN's falls by ten. */
#define R_END 0.1

static const struct gan_run presets[] = {
	{.net = {.preset = "garment",
		 .width = 64,
		 .height = 96,
		 .nz = 128,
		 .latent = DCGAN_NORMAL,
		 .ngf = 64,
		 .ndf = 64,
		 .kernel = 4,
		 .upsample = true,
		 .norm_eps = 1e-5},
		.how = {.loss = NN_GAN_RP,
			.r1 = -1,
			.r2 = -1,
			.r_end = R_END,
			.lr_g = 2e-4,
			.lr_d = 2e-4,
			.lr_end = 0.25,
			.beta1 = 0,
			.beta2 = 0.99,
			.whole = true,
			.flip = true,
			.augment = -1,
			.ema = true,
			.skip = 10},
		.batch = 64},
	{.net = {.preset = "pytorch",
		 .width = 64,
		 .height = 64,
		 .nz = 100,
		 .latent = DCGAN_NORMAL,
		 .ngf = 64,
		 .ndf = 64,
		 .kernel = 4,
		 .d_norm = true,
		 .norm_eps = 1e-5},
		.how = {.loss = NN_GAN_BCE,
			.r_end = R_END,
			.lr_g = 2e-4,
			.lr_d = 2e-4,
			.lr_end = 1,
			.beta1 = 0.5,
			.beta2 = 0.999},
		.batch = 64},
	{.net = {.preset = "radford2015",
		 .width = 64,
		 .height = 64,
		 .nz = 100,
		 .latent = DCGAN_UNIFORM,
		 .ngf = 128,
		 .ndf = 128,
		 .kernel = 5,
		 .unit_norm = true,
		 .d_norm = true,
		 .norm_eps = 1e-8},
		.how = {.loss = NN_GAN_BCE,
			.r_end = R_END,
			.lr_g = 2e-4,
			.lr_d = 2e-4,
			.lr_end = 1,
			.beta1 = 0.5,
			.beta2 = 0.999,
			.l2 = 1e-5,
			.g_first = true,
			.measure = true},
		.batch = 128},
};
enum { NPRESETS = sizeof presets / sizeof *presets };

int gan_preset(struct gan_run *run, const char *name, struct err *e)
{
	for (int i = 0; i < NPRESETS; i++)
		if (!strcmp(presets[i].net.preset, name)) {
			*run = presets[i];
			run->seed = 1;
			run->best = GAN_NO_SCORE;
			run->augment = gan_augment_first(&run->how);
			return 0;
		}
	return err_set(e, ERR_USAGE,
		"preset '%.100s' is not available; these are: %s, %s, %s", name,
		presets[0].net.preset, presets[1].net.preset,
		presets[2].net.preset);
}

double gan_auto_gamma(int64_t width, int64_t height)
{
	return 2 * pow((double)(width * height) / (64 * 64), 1.5);
}

double gan_falls(const struct gan_run *run, double end)
{
	double at = run->span ? (double)run->images / (double)run->span : 0;

	at = at < 1 ? at : 1;
	return end + (1 - end) * 0.5 * (1 + cos(at * 3.14159265358979323846));
}
