#include "tap.h"
#include "gan/gan_draw.h"

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
	struct dcgan_config c;
	struct err e = {0};

	is_int(dcgan_config_preset(&c, "garment", &e), -1, "unknown preset");
	is_int(e.code, ERR_USAGE, "its error");
	is_str(e.msg, "preset 'garment' is not available; these are: pytorch",
		"what it says");
	is_int(dcgan_config_preset(&c, "pytorch", &e), 0, "a known one");
	is_int(dcgan_config_check(&c, &e), 0, "its own size");
	c.height = 96;
	is_int(dcgan_config_check(&c, &e), -1, "another size");
	ok(strstr(e.msg, "64x64") && strstr(e.msg, "64x96"), "%s", e.msg);
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

	check_presets();
	dcgan_config_preset(&c, "pytorch", NULL);
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
