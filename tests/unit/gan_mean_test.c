/* The mean of G's weights, and the statistics that are measured of it. */
#include "gan/mean.h"
#include "gan/preset.h"
#include "tap.h"

static float *first(struct dcgan_net *g, const char *name)
{
	return nn_param_find(&g->params, name)->x.data;
}

static void check_mean(struct dcgan_net *mean, struct dcgan_net *g)
{
	float *m = first(mean, "main.0.weight"), *w = first(g, "main.0.weight");

	m[0] = 1;
	w[0] = 3;
	gan_mean_update(mean, g, 1000000, 10000);
	is_near(m[0], 2, 1e-6, "half of it after 10,000 images");
	gan_mean_update(mean, g, 20000, 1000);
	is_near(m[0], 2.5, 1e-6, "after a twentieth, early");
	gan_mean_update(mean, g, 64, 64);
	is_near(m[0], 3, 1e-5, "and all of it in the beginning");
}

static void check_measure(
	struct dcgan_net *g, const struct gan_run *run, struct nn_backend *be)
{
	struct arena a = {0};
	struct nn_pool pool;
	float *mean = first(g, "main.1.running_mean"), once;
	float *var = first(g, "main.1.running_var");

	nn_pool_init(&pool, be);
	first(g, "main.0.weight")[0] = 0;
	mean[0] = var[0] = NAN;
	gan_mean_measure(g, &run->net, NULL, NN_F32, &a, &pool);
	once = mean[0];
	/* A sum of nz normal numbers times weights of a deviation of 0.02. */
	is_near(mean[0], 0, 0.01, "the mean of what it draws");
	ok(var[0] > 0.02f && var[0] < 0.1f, "and the variance: %g",
		(double)var[0]);
	mean[0] = 7;
	gan_mean_measure(g, &run->net, NULL, NN_F32, &a, &pool);
	ok(mean[0] == once, "whatever it was before");
	is_near(g->layer[0].norm.momentum, 0.1, 1e-7,
		"training goes on as it did");
	nn_pool_release(&pool);
	arena_release(&a);
}

int main(void)
{
	struct nn_backend *be = nn_cpu_open(1);
	struct dcgan_net g, mean;
	struct gan_run run;

	gan_preset(&run, "garment", NULL);
	run.net.width = 16;
	run.net.height = 24;
	run.net.ngf = 4;
	dcgan_generator_init(&g, &run.net, be, 1);
	dcgan_generator_init(&mean, &run.net, be, 1);
	check_mean(&mean, &g);
	check_measure(&g, &run, be);
	dcgan_net_release(&g);
	dcgan_net_release(&mean);
	be->close(be);
	return done();
}
