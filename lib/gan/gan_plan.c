#include "gan/gan_plan.h"
#include "base/num.h"
#include "gan/gan_augment.h"

#include <stddef.h>
#include <string.h>

static const char default_preset[] = "garment";

const struct gan_wish gan_no_wish = {.width = -1,
	.height = -1,
	.nz = -1,
	.ngf = -1,
	.ndf = -1,
	.batch = -1,
	.seed = -1,
	.span = -1,
	.d_norm = -1,
	.upsample = -1,
	.ema = -1,
	.flip = -1,
	.colour = -1,
	.lr_g = -1,
	.lr_d = -1,
	.lr_end = -1};

/* An option, the wish that it makes, and the field that it is about. */
enum kind { INTEGER, SWITCH, REAL, CHOICE, AUTO };
static const struct rule {
	const char *option;
	enum kind kind;
	size_t wish, run;
	const char *const *names; /* of a CHOICE */
} rules[] = {
#define RULE(option, kind, wish, run) \
	{ \
		option, kind, offsetof(struct gan_wish, wish), \
			offsetof(struct gan_run, run), NULL \
	}
#define NAMED(option, wish, run, names) \
	{ \
		option, CHOICE, offsetof(struct gan_wish, wish), \
			offsetof(struct gan_run, run), names \
	}
	RULE("size", INTEGER, width, net.width),
	RULE("size", INTEGER, height, net.height),
	RULE("nz", INTEGER, nz, net.nz),
	NAMED("latent", latent, net.latent, gan_latents),
	RULE("ngf", INTEGER, ngf, net.ngf),
	RULE("ndf", INTEGER, ndf, net.ndf),
	RULE("d-norm", SWITCH, d_norm, net.d_norm),
	RULE("upsample", SWITCH, upsample, net.upsample),
	NAMED("loss", loss, how.loss, gan_losses),
	RULE("r1", AUTO, r1, how.r1),
	RULE("r2", AUTO, r2, how.r2),
	RULE("lr", REAL, lr_g, how.lr_g),
	RULE("lr-d", REAL, lr_d, how.lr_d),
	RULE("lr-end", REAL, lr_end, how.lr_end),
	RULE("augment", AUTO, augment, how.augment),
	RULE("colour", SWITCH, colour, how.colour),
	RULE("flip", SWITCH, flip, how.flip),
	RULE("ema", SWITCH, ema, how.ema),
	RULE("span", INTEGER, span, span),
	RULE("batch", INTEGER, batch, batch),
	RULE("seed", INTEGER, seed, seed),
};

static int choose(
	const struct rule *r, const char *name, double *value, struct err *e)
{
	char known[128] = "";
	size_t at = 0;

	for (int i = 0; r->names[i]; i++) {
		if (!strcmp(r->names[i], name)) {
			*value = i;
			return 0;
		}
		at += (size_t)snprintf(known + at, sizeof known - at, "%s%s",
			i ? ", " : "", r->names[i]);
	}
	return err_set(e, ERR_USAGE, "--%s: one of %s expected, not '%.100s'",
		r->option, known, name);
}

/* -1 stands for auto. */
static int number(
	const struct rule *r, const char *text, double *value, struct err *e)
{
	double most = strcmp(r->option, "augment") ? 1e9 : 1;

	*value = -1;
	if (!strcmp(text, "auto") || num_real(text, 0, most, value))
		return 0;
	return err_set(e, ERR_USAGE,
		"--%s: auto or a number in 0..%g expected, not '%.100s'",
		r->option, most, text);
}

/* Whether there is a wish, and what. */
static int wanted(const struct rule *r, const struct gan_wish *wish, bool *is,
	double *value, struct err *e)
{
	const void *p = (const char *)wish + r->wish;
	const char *text;

	switch (r->kind) {
	case INTEGER:
	case SWITCH:
		*value = (double)*(const int64_t *)p;
		*is = *value >= 0;
		return 0;
	case REAL:
		*value = *(const double *)p;
		*is = *value >= 0;
		return 0;
	case CHOICE:
	case AUTO:
		memcpy(&text, p, sizeof text);
		*is = text != NULL;
		if (!*is)
			return 0;
		return r->kind == AUTO ? number(r, text, value, e)
				       : choose(r, text, value, e);
	}
	return 0;
}

static double field(const struct rule *r, const struct gan_run *run)
{
	const void *p = (const char *)run + r->run;

	switch (r->kind) {
	case SWITCH:
		return *(const bool *)p;
	case REAL:
	case AUTO:
		return *(const double *)p;
	default:
		return (double)*(const int64_t *)p;
	}
}

static void set(const struct rule *r, struct gan_run *run, double value)
{
	void *p = (char *)run + r->run;

	switch (r->kind) {
	case SWITCH:
		*(bool *)p = value > 0;
		break;
	case REAL:
	case AUTO:
		*(double *)p = value;
		break;
	default:
		*(int64_t *)p = (int64_t)value;
	}
}

static int disagrees(
	const struct rule *r, double wish, double is, struct err *e)
{
	if (r->kind == CHOICE)
		return err_set(e, ERR_USAGE,
			"--%s: %s was asked for, but the checkpoint has %s",
			r->option, r->names[(int)wish], r->names[(int)is]);
	return err_set(e, ERR_USAGE,
		"--%s: %g was asked for, but the checkpoint has %g", r->option,
		wish, is);
}

/* A wish takes the place of the preset's value, but not of a checkpoint's. */
static int apply(struct gan_run *run, const struct gan_wish *wish, bool fixed,
	struct err *e)
{
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		const struct rule *r = &rules[i];
		double value = 0, is = field(r, run);
		bool any = false;

		if (wanted(r, wish, &any, &value, e))
			return -1;
		if (!any || (r->kind == AUTO && value < 0 && fixed))
			continue;
		if (fixed && (value < is || value > is))
			return disagrees(r, value, is, e);
		set(r, run, value);
	}
	return 0;
}

static void settle_gamma(const struct gan_run *run, double *gamma)
{
	if (*gamma < 0)
		*gamma = gan_auto_gamma(run->net.width, run->net.height);
}

/* What does not go together. */
static int check(const struct gan_run *run, struct err *e)
{
	if (run->net.d_norm && (run->how.r1 > 0 || run->how.r2 > 0))
		return err_set(e, ERR_USAGE,
			"--r1 and --r2 are of a discriminator without norms: "
			"--no-d-norm, or --r1 0 --r2 0");
	return dcgan_config_check(&run->net, e);
}

static int go_on(struct gan_run *run, const struct gan_wish *wish,
	int64_t labels, const struct gan_run *old, struct err *e)
{
	*run = *old;
	if (wish->preset && strcmp(wish->preset, run->net.preset))
		return err_set(e, ERR_USAGE,
			"--preset: '%.100s' was asked for, but the checkpoint "
			"has '%.100s'",
			wish->preset, run->net.preset);
	if (labels != run->net.labels)
		return err_set(e, ERR_USAGE,
			"--labels: the pictures have %lld, but the checkpoint "
			"has %lld",
			(long long)labels, (long long)run->net.labels);
	return apply(run, wish, true, e);
}

int gan_plan(struct gan_run *run, const struct gan_wish *wish, int64_t labels,
	const struct gan_run *old, struct err *e)
{
	const char *preset = wish->preset ? wish->preset : default_preset;

	if (old)
		return go_on(run, wish, labels, old, e);
	if (gan_preset(run, preset, e) || apply(run, wish, false, e))
		return -1;
	run->net.labels = labels;
	settle_gamma(run, &run->how.r1);
	settle_gamma(run, &run->how.r2);
	run->augment = gan_augment_first(&run->how);
	return check(run, e);
}

bool gan_plan_falls(const struct gan_run *run)
{
	const struct gan_how *how = &run->how;

	return how->lr_end < 1 || how->r1 > 0 || how->r2 > 0 || run->net.labels;
}
