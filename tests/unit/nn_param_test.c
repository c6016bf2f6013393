/* Parameters: their values by seed and order, roles, freezing, counting. */
#include "tap.h"
#include "nn/param.h"

static struct nn_backend *be;

static const struct nn_fill zero = {NN_FILL_CONSTANT, 0, 0};

static void check_fill(void)
{
	int64_t many = 100000, three = 3;
	struct nn_tensor *normal, *uniform, *same;
	double sum = 0, squares = 0;
	float least = 2, most = -2;
	struct nn_params ps, other;

	nn_params_init(&ps, be, 5);
	normal = nn_param(&ps, "normal", NN_WEIGHT, 1, &many,
		(struct nn_fill){NN_FILL_NORMAL, 1, 0.02f});
	uniform = nn_param(&ps, "uniform", NN_WEIGHT, 1, &many,
		(struct nn_fill){NN_FILL_UNIFORM, -0.5f, 1.5f});
	same = nn_param(&ps, "same", NN_NORM, 1, &three,
		(struct nn_fill){NN_FILL_CONSTANT, 0.25f, 9});
	for (int64_t i = 0; i < many; i++) {
		double v = (double)((float *)normal->data)[i] - 1;
		float u = ((float *)uniform->data)[i];

		sum += v;
		squares += v * v;
		least = fminf(least, u);
		most = fmaxf(most, u);
	}
	is_near(sum / 1e5, 0, 0.0003, "mean of the normal ones");
	is_near(sqrt(squares / 1e5), 0.02, 0.0002, "their deviation");
	is_near(least, -0.5, 0.001, "the least of the uniform ones");
	is_near(most, 1.5, 0.001, "and the most");
	is_near(((float *)same->data)[2], 0.25, 0, "a constant");

	nn_params_init(&other, be, 5);
	nn_param(&other, "constants draw nothing", NN_BIAS, 1, &three, zero);
	nn_param(&other, "other", NN_WEIGHT, 1, &many,
		(struct nn_fill){NN_FILL_NORMAL, 1, 0.02f});
	ok(!memcmp(other.p[1]->x.data, normal->data, nn_bytes(normal)),
		"the same seed, the same values");
	nn_params_release(&other);
	nn_params_init(&other, be, 6);
	nn_param(&other, "other", NN_WEIGHT, 1, &many,
		(struct nn_fill){NN_FILL_NORMAL, 1, 0.02f});
	ok(memcmp(other.p[0]->x.data, normal->data, nn_bytes(normal)),
		"another seed, other values");
	nn_params_release(&other);
	nn_params_release(&ps);
}

static void check_set(void)
{
	struct nn_tensor *w, *mean;
	struct nn_params ps;
	char name[32];

	nn_params_init(&ps, be, 1);
	w = nn_param(&ps, "conv.weight", NN_WEIGHT, 4, (int64_t[]){8, 3, 5, 5},
		zero);
	mean = nn_param(
		&ps, "norm.running_mean", NN_BUFFER, 1, (int64_t[]){8}, zero);
	is_int(nn_params_count(&ps), 600, "what is trained is counted");
	ok(w->leaf && w->needs_grad && w->grad && !w->grad_set, "a weight");
	ok(!mean->needs_grad && !mean->grad, "a buffer has no gradient");
	is_near(((float *)w->data)[599], 0, 0, "zero is zero");
	ok(&nn_param_find(&ps, "conv.weight")->x == w, "found by name");
	ok(!nn_param_find(&ps, "conv"), "but not by a part of it");
	is_int(ps.p[0]->rank, 4, "its rank on disk");
	is_int(ps.p[0]->shape[1], 3, "and its shape there");

	for (int i = 0; i < 200; i++) {
		snprintf(name, sizeof name, "layer%d.bias", i);
		nn_param(&ps, name, NN_BIAS, 1, (int64_t[]){2}, zero);
	}
	ok(&nn_param_find(&ps, "conv.weight")->x == w, "nothing has moved");
	is_int(nn_params_count(&ps), 1000, "200 more");
	is_int(nn_params_freeze(&ps, "layer19"), 11, "19 and 190 to 199");
	is_int(nn_params_count(&ps), 1000 - 22, "what is frozen counts not");
	ok(nn_param_find(&ps, "layer190.bias")->frozen, "it is marked");
	is_int(nn_params_freeze(&ps, "nothing"), 0, "no such name");

	w->grad_set = true;
	nn_params_clear_grads(&ps);
	ok(!w->grad_set, "gradients are forgotten");
	ok(nn_param_state(&ps, ps.p[0], 1) == ps.p[0]->state[1] &&
			!ps.p[0]->state[0],
		"a state of the optimiser");
	is_near(ps.p[0]->state[1][599], 0, 0, "begins at zero");
	nn_params_release(&ps);
}

int main(void)
{
	be = nn_cpu_open(1);
	check_fill();
	check_set();
	be->close(be);
	return done();
}
