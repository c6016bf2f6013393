#include "tap.h"
#include "gan/gan_draw.h"
#include "gan/preset.h"

#include <stdlib.h>

static void check_init(const struct nn_param *p, double mean, double deviation)
{
	const float *w = p->x.data;
	int64_t n = nn_count(&p->x);
	double sum = 0, squares = 0;

	for (int64_t i = 0; i < n; i++) {
		sum += w[i];
		squares += (w[i] - mean) * (w[i] - mean);
	}
	is_near(sum / (double)n, mean, 5 * deviation / sqrt((double)n),
		"the mean of what it begins with");
	is_near(sqrt(squares / (double)n), deviation, 0.2 * deviation,
		"its deviation");
}

static void check_networks(const struct dcgan_net *g, const struct dcgan_net *d)
{
	const float *a = nn_param_find(&g->params, "main.9.weight")->x.data;
	const float *b = nn_param_find(&d->params, "main.0.weight")->x.data;

	is_int(nn_params_count(&g->params), 3576704, "G's parameters");
	is_int(nn_params_count(&d->params), 2765568, "D's parameters");
	is_str(g->params.p[1]->name, "main.1.weight", "G's first gain");
	ok(nn_param_find(&g->params, "main.12.weight") &&
			nn_param_find(&d->params, "main.11.weight") &&
			nn_param_find(&d->params, "main.9.running_var"),
		"names of the last layers");
	check_init(nn_param_find(&g->params, "main.3.weight"), 0, 0.02);
	check_init(nn_param_find(&d->params, "main.9.weight"), 1, 0.02);
	ok(a[0] != b[0] && a[1] != b[1], "the networks differ");
}

static void check_presets(void)
{
	struct gan_run run;
	struct err e = {0};

	is_int(gan_preset(&run, "wgan", &e), -1, "unknown preset");
	is_int(e.code, ERR_USAGE, "its error");
	is_str(e.msg,
		"preset 'wgan' is not available; these are: garment, pytorch, "
		"radford2015",
		"what it says");
	is_int(gan_preset(&run, "pytorch", &e), 0, "a known one");
	is_int(dcgan_config_check(&run.net, &e), 0, "its own size");
}

/* Whether a size can be made, of which base. */
static void check_size(
	int64_t w, int64_t h, int64_t base_w, int64_t base_h, int doublings)
{
	struct dcgan_config c = {.width = w, .height = h};
	struct dcgan_size s = dcgan_config_size(&c);
	struct err e = {0};

	ok(!dcgan_config_check(&c, &e), "%lldx%lld %s", (long long)w,
		(long long)h, e.msg);
	is_int(s.w, base_w, "base");
	is_int(s.h, base_h, "by");
	is_int(s.doublings, doublings, "doubled");
}

static void check_sizes(void)
{
	static const int bad[][2] = {
		{65, 64}, {64, 65}, {100, 100}, {2, 2}, {64, 1024}, {4, 4}};
	struct dcgan_config c = {.width = 100, .height = 150};
	struct err e = {0};

	check_size(64, 64, 4, 4, 4);
	check_size(64, 96, 4, 6, 4);
	check_size(128, 192, 4, 6, 5);
	check_size(256, 384, 4, 6, 6);
	check_size(96, 64, 6, 4, 4);
	check_size(48, 48, 3, 3, 4);
	check_size(36, 36, 9, 9, 2);
	check_size(64, 256, 4, 16, 4);
	is_int(dcgan_config_check(&c, &e), -1, "100x150 is odd too soon");
	ok(strstr(e.msg, "100x150 cannot be made") != NULL, "%s", e.msg);
	ok(strstr(e.msg, "96x144") != NULL, "what is near it is named");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		c.width = bad[i][0];
		c.height = bad[i][1];
		ok(dcgan_config_check(&c, &e), "%dx%d", bad[i][0], bad[i][1]);
	}
}

static void check_count(const char *preset, int64_t width, int64_t height,
	int64_t labels, int64_t g_count, int64_t d_count, struct nn_backend *be)
{
	struct gan_run run;
	struct dcgan_net g, d;

	gan_preset(&run, preset, NULL);
	run.net.width = width;
	run.net.height = height;
	run.net.labels = labels;
	dcgan_generator_init(&g, &run.net, be, 1);
	dcgan_discriminator_init(&d, &run.net, be, 1);
	is_int(nn_params_count(&g.params), g_count, preset);
	is_int(nn_params_count(&d.params), d_count, "its D");
	dcgan_net_release(&g);
	dcgan_net_release(&d);
}

/* By the layers' shapes, added up by hand. */
static void check_counts(struct nn_backend *be)
{
	const int64_t radford_g =
		100 * 16384 +
		25 * (1024 * 512 + 512 * 256 + 256 * 128 + 128 * 3) +
		2 * (16384 + 512 + 256 + 128);
	const int64_t radford_d =
		25 * (3 * 128 + 128 * 256 + 256 * 512 + 512 * 1024) +
		2 * (256 + 512 + 1024) + 16384;
	const int64_t garment_g =
		128 * 512 * 24 +
		9 * (512 * 256 + 256 * 128 + 128 * 64 + 64 * 32 + 32 * 3) +
		2 * (512 + 256 + 128 + 64 + 32);
	const int64_t garment_d =
		16 * (3 * 64 + 64 * 128 + 128 * 256 + 256 * 512) +
		(64 + 128 + 256 + 512) + 512 * 24 + 1;

	check_count("radford2015", 64, 64, 0, radford_g, radford_d, be);
	check_count("garment", 64, 96, 0, garment_g, garment_d, be);
	check_count("garment", 64, 96, 5, garment_g + 5 * 512 * 24,
		garment_d + 5 * (512 * 24 + 1), be);
	/* at most eight times as wide as at half the size */
	check_count("garment", 128, 192, 0, garment_g + 9 * 512 * 512 + 2 * 512,
		garment_d + 16 * 512 * 512 + 512, be);
}

static void check_draw(struct gan_draw *d)
{
	static uint8_t one[64 * 64 * 3], two[64 * 64 * 3];

	gan_draw(d, 5, one);
	d->series.seed = 4;
	gan_draw(d, 1, two);
	ok(memcmp(one, two, sizeof one) != 0, "5 and 4 + 1 are other seeds");
	gan_draw(d, 2, two);
	ok(!memcmp(one, two, sizeof one), "1 + 5 and 4 + 2 are the same");
}

int main(void)
{
	struct nn_backend *be = nn_cpu_open(1);
	struct dcgan_config c;
	struct dcgan_net g, d;
	struct gan_draw draw;
	struct gan_run run;

	check_presets();
	check_sizes();
	check_counts(be);
	gan_preset(&run, "pytorch", NULL);
	c = run.net;
	dcgan_generator_init(&g, &c, be, 1);
	dcgan_discriminator_init(&d, &c, be, 1);
	check_networks(&g, &d);
	gan_draw_init(&draw, be, &c, &g, 1);
	check_draw(&draw);
	gan_draw_release(&draw);
	dcgan_net_release(&g);
	dcgan_net_release(&d);
	be->close(be);
	return done();
}
