/* The moving average of weights, and what undoes a failed step. */
#include "nn/ema.h"
#include "nn/optim.h"
#include "nn/snapshot.h"
#include "tap.h"

#include <math.h>

static struct nn_params ps;

static float *add(const char *name, enum nn_role role, float value)
{
	return nn_param(&ps, name, role, 1, (int64_t[]){2},
		(struct nn_fill){NN_FILL_CONSTANT, value, 0})
		->data;
}

static void test_ema(float *w, float *stat)
{
	struct nn_ema ema = {0};
	const float *mean;
	uint64_t version = ps.p[0]->x.version;

	nn_ema_init(&ema, &ps);
	mean = ema.mean.p[0]->x.data;
	ok(mean[0] == 1 && mean[1] == 1, "it begins with the weights");
	is_str(ema.mean.p[1]->name, "stat", "under their names");
	w[0] = 3;
	stat[1] = 9;
	nn_ema_step(&ema, &ps, 0.75F);
	ok(mean[0] == 1.5F && mean[1] == 1, "a quarter of the way");
	ok(((float *)ema.mean.p[1]->x.data)[1] == 6, "statistics too");
	nn_ema_step(&ema, &ps, 0.75F);
	ok(mean[0] == 1.875F, "and again");

	nn_ema_swap(&ema, &ps);
	w = ps.p[0]->x.data;
	ok(w[0] == 1.875F && ps.p[0]->x.version > version,
		"swapped, packed copies are out of date");
	nn_ema_swap(&ema, &ps);
	w = ps.p[0]->x.data;
	ok(w[0] == 3, "and back");
	nn_ema_restart(&ema, &ps);
	ok(((float *)ema.mean.p[0]->x.data)[0] == 3, "anew");
	nn_ema_release(&ema);
	nn_ema_release(&ema);

	is_near(nn_ema_keep(0.999, 0), 0.1, 1e-7, "little is kept at first");
	is_near(nn_ema_keep(0.999, 90), 0.91, 1e-7, "more later");
	is_near(nn_ema_keep(0.999, 1000000), 0.999, 1e-7, "then as asked");
}

/* A step of the optimiser with such a gradient: it is asked whether the step
 * was good. */
static void learn(float gradient)
{
	struct nn_tensor *w = &ps.p[0]->x;

	((float *)w->grad)[0] = gradient;
	w->grad_set = true;
	nn_sgd_step(&ps, &(struct nn_sgd){.lr = 1});
}

static void test_snapshot(const float *w, float *stat)
{
	struct nn_snapshot s = {0};
	struct nn_ema ema = {0};
	const float *mean;

	nn_snapshot_release(&s);
	nn_ema_init(&ema, &ps);
	mean = ema.mean.p[0]->x.data;
	for (int again = 0; again < 2; again++) {
		float before = w[0], mean_before = mean[0];

		stat[0] = 5;
		nn_snapshot_take(&s, &ps);
		stat[0] = 7;
		learn(NAN);
		nn_snapshot_restore(&s, &ps);
		nn_ema_step(&ema, &ps, 0.5F);
		ok(stat[0] == 5, "statistics are put back");
		ok(w[0] == before && mean[0] == mean_before,
			"nothing was learnt, nor is it in the means");
		nn_snapshot_take(&s, &ps);
		stat[0] = 7;
		learn(1);
		nn_snapshot_restore(&s, &ps);
		nn_ema_step(&ema, &ps, 0.5F);
		ok(stat[0] == 7, "they stay after a good step");
		ok(w[0] == before - 1 && mean[0] == 0.5F * (mean_before + w[0]),
			"which is in the means");
	}
	nn_ema_release(&ema);
	nn_snapshot_release(&s);
}

int main(void)
{
	struct nn_backend *be = nn_cpu_open(1);
	float *w, *stat;

	nn_params_init(&ps, be, 1);
	w = add("w", NN_WEIGHT, 1);
	stat = add("stat", NN_BUFFER, 5);
	test_ema(w, stat);
	test_snapshot(ps.p[0]->x.data, ps.p[1]->x.data);
	nn_params_release(&ps);
	be->close(be);
	return done();
}
