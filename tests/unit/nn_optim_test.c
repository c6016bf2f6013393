/*
 * The optimisers against PyTorch's, ten steps of each: tests/golden/optim.py
 * made the numbers. Then what the roles and missing gradients change, and the
 * norm of the gradients.
 */
#include "tap.h"
#include "json/json.h"
#include "nn/optim.h"

enum { N = 7, STEPS = 10 };

static struct nn_backend *be;

static struct nn_tensor *make(struct nn_params *ps, const char *name,
	enum nn_role role, int64_t n, float value)
{
	return nn_param(ps, name, role, 1, &n,
		(struct nn_fill){NN_FILL_CONSTANT, value, 0});
}

static void give(struct nn_tensor *x, const float *g)
{
	be->copy(be, x->grad, g, nn_bytes(x));
	x->grad_set = true;
}

static void row(const struct json *list, float *v)
{
	int n = 0;
	double d;

	json_each (item, list)
		if (n < N && json_to_num(item, &d))
			v[n++] = (float)d;
	BUG_ON(n != N);
}

static double number(const struct json *j, const char *key)
{
	double v = 0;

	json_get_num(j, key, &v);
	return v;
}

/* As many units in the last place as ten steps of rounding may cost. */
static bool near(const float *got, const struct json *list)
{
	float want[N];
	bool held = true;

	row(list, want);
	for (int i = 0; i < N; i++)
		if (!(fabsf(got[i] - want[i]) <=
			    4e-7f * fabsf(want[i]) + 1e-8f))
			held = false;
	if (!held)
		for (int i = 0; i < N; i++)
			printf("# got %.9g, want %.9g\n", (double)got[i],
				(double)want[i]);
	return held;
}

static void step(struct nn_params *ps, const struct json *j, int i, double rate,
	double before)
{
	struct nn_sgd sgd = {.lr = (float)rate,
		.momentum = (float)number(j, "momentum"),
		.decay = (float)number(j, "decay"),
		.rescale = (float)(rate / before),
		.bias_lr = 1};
	struct nn_adam adam = {.lr = (float)rate,
		.beta1 = number(j, "beta1"),
		.beta2 = number(j, "beta2"),
		.eps = (float)number(j, "eps"),
		.decay = (float)number(j, "decay"),
		.step = i + 1};

	if (json_get(j, "momentum"))
		nn_sgd_step(ps, &sgd);
	else
		nn_adam_step(ps, &adam);
}

static void check_case(const struct json *j)
{
	const struct json *rate = json_first(json_get(j, "rates"));
	const char *name = json_get_str(j, "name");
	double now = 0, before = 0;
	struct nn_params ps;
	struct nn_tensor *w;
	float v[N];
	int i = 0;

	nn_params_init(&ps, be, 1);
	w = make(&ps, "w", NN_WEIGHT, N, 0);
	row(json_get(j, "before"), v);
	be->copy(be, w->data, v, sizeof v);
	json_each (g, json_get(j, "grads")) {
		nn_params_clear_grads(&ps);
		row(g, v);
		give(w, v);
		json_to_num(rate, &now);
		step(&ps, j, i, now, i ? before : now);
		before = now;
		rate = json_next(rate);
		i++;
	}
	is_int(i, STEPS, name);
	ok(near(w->data, json_get(j, "after")), "%s: values", name);
	i = 0;
	json_each (state, json_get(j, "states"))
		ok(near(ps.p[0]->state[i++], state), "%s: state", name);
	is_int(w->version, STEPS, "the version was raised each time");
	nn_params_release(&ps);
}

static void check_golden(const char *path)
{
	FILE *f = fopen(path, "r");
	struct arena a = {0};
	struct err e = {0};
	char line[8192];
	int n = 0;

	ok(f != NULL, "%s is there", path);
	while (f && fgets(line, sizeof line, f)) {
		struct json *j = json_parse(line, strlen(line), &a, &e);

		if (ok(j != NULL, "a case%s", e.msg))
			check_case(j);
		n++;
	}
	is_int(n, 4, "cases");
	if (f)
		fclose(f);
	arena_release(&a);
}

/* One step of rate 1 without momentum: w = 10 - k * (1 + decay * 10). */
static void check_roles(bool bias_decay)
{
	struct nn_sgd how = {.lr = 1,
		.decay = 0.125f,
		.rescale = 1,
		.bias_lr = 2,
		.bias_decay = bias_decay,
		.norm_decay = 0.5f};
	float one = 1, more = bias_decay ? 1.25f : 0;
	struct nn_tensor *w, *bias, *gain, *mean, *idle, *cold;
	struct nn_params ps;

	nn_params_init(&ps, be, 1);
	w = make(&ps, "w", NN_WEIGHT, 1, 10);
	bias = make(&ps, "bias", NN_BIAS, 1, 10);
	gain = make(&ps, "gain", NN_NORM, 1, 10);
	mean = make(&ps, "mean", NN_BUFFER, 1, 10);
	idle = make(&ps, "idle", NN_WEIGHT, 1, 10);
	cold = make(&ps, "cold", NN_WEIGHT, 1, 10);
	give(w, &one);
	give(bias, &one);
	give(gain, &one);
	give(cold, &one);
	is_int(nn_params_freeze(&ps, "cold"), 1, "one is frozen");
	nn_sgd_step(&ps, &how);
	is_near(*(float *)w->data, 10 - 2.25f, 0, "a weight decays");
	is_near(*(float *)bias->data, 10 - 2 * (1 + more), 0, "a bias");
	is_near(*(float *)gain->data, 10 - 6, 0, "a norm by its own rule");
	is_near(*(float *)mean->data, 10, 0, "a buffer is left alone");
	is_near(*(float *)idle->data, 10, 0, "and what has no gradient");
	is_near(*(float *)cold->data, 10, 0, "and what is frozen");
	is_int(idle->version, 0, "nor is its version raised");
	ok(ps.p[0]->state[0] && !ps.p[4]->state[0] && !ps.p[5]->state[0],
		"state is made where it is needed");
	nn_params_release(&ps);
}

/* Sizes around the lanes in which the sum is made. */
static void check_norm(void)
{
	static const int64_t sizes[] = {1, 255, 256, 257, 1000, 70000};
	struct nn_sgd how = {.lr = 1};
	struct nn_params ps;
	double want = 0;
	float *last, *other;
	char name[16];

	nn_params_init(&ps, be, 1);
	for (int i = 0; i < 6; i++) {
		struct nn_tensor *x;
		float *g;

		snprintf(name, sizeof name, "%d", i);
		x = make(&ps, name, NN_WEIGHT, sizes[i], 1);
		g = x->grad;
		for (int64_t k = 0; k < sizes[i]; k++) {
			g[k] = (float)(k % 7) - 2.5f;
			want += (double)g[k] * (double)g[k];
		}
		x->grad_set = true;
	}
	((float *)make(&ps, "idle", NN_WEIGHT, 3, 1)->grad)[1] = NAN;
	last = ps.p[5]->x.grad;
	other = ps.p[4]->x.grad;
	nn_sgd_step(&ps, &how);
	is_near(nn_grad_norm(&ps), sqrt(want), 1e-9, "norm");
	last[69999] = 3e38f;
	nn_sgd_step(&ps, &how);
	ok(isfinite(nn_grad_norm(&ps)), "large ones do not overflow");
	other[999] = NAN;
	nn_sgd_step(&ps, &how);
	ok(isnan(nn_grad_norm(&ps)), "a NaN is seen");
	other[999] = -INFINITY;
	nn_sgd_step(&ps, &how);
	ok(!isfinite(nn_grad_norm(&ps)), "so is an infinity");
	nn_params_clear_grads(&ps);
	nn_sgd_step(&ps, &how);
	is_near(nn_grad_norm(&ps), 0, 0, "no gradient, no norm");
	nn_params_release(&ps);
}

int main(int argc, char **argv)
{
	be = nn_cpu_open(2);
	check_golden(argc > 1 ? argv[1] : "tests/golden/optim.jsonl");
	check_roles(false);
	check_roles(true);
	check_norm();
	be->close(be);
	return done();
}
