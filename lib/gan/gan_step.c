#include "gan/gan_step.h"
#include "nn/optim.h"

#include <math.h>

static const struct nn_adam adam = {
	.lr = 2e-4f, .beta1 = 0.5f, .beta2 = 0.999f, .eps = 1e-8f};

void gan_init(struct gan *m, const struct gan_run *run, struct nn_backend *be)
{
	*m = (struct gan){.run = *run, .be = be};
	nn_pool_init(&m->pool, be);
	dcgan_generator_init(&m->g, &run->net, be, (uint64_t)run->seed);
	dcgan_discriminator_init(&m->d, &run->net, be, (uint64_t)run->seed);
}

void gan_release(struct gan *m)
{
	dcgan_net_release(&m->g);
	dcgan_net_release(&m->d);
	nn_pool_release(&m->pool);
	arena_release(&m->step);
}

void gan_noise(const struct gan *m, int n, float *z)
{
	struct rng r = rng_item(
		(uint64_t)m->run.seed, RNG_LATENT, (uint64_t)m->run.steps);

	for (int64_t i = 0; i < n * m->run.net.nz; i++)
		z[i] = rng_normal(&r);
}

static struct nn_tape tape(struct gan *m)
{
	return (struct nn_tape){.be = m->be,
		.arena = &m->step,
		.pool = &m->pool,
		.record = true,
		.train = true};
}

static struct nn_tensor *upload(
	struct nn_tape *t, const float *from, const int64_t dim[4])
{
	struct nn_tensor *x = nn_new(t, NN_F32, 4, dim);

	t->be->copy(t->be, x->data, from, nn_bytes(x));
	return x;
}

/* The same as what the networks compute in. */
static struct nn_tensor *upload_as(struct nn_tape *t, const float *from,
	const int64_t dim[4], enum nn_type type)
{
	struct nn_tensor *x = upload(t, from, dim), *y = nn_cast(t, x, type);

	nn_drop(t, x);
	return y;
}

static double sigmoid_mean(struct nn_tape *t, const struct nn_tensor *logit)
{
	float *v = arena_alloc(t->arena, nn_bytes(logit));
	int64_t n = nn_count(logit);
	double sum = 0;

	t->be->copy(t->be, v, logit->data, nn_bytes(logit));
	for (int64_t i = 0; i < n; i++)
		sum += 1 / (1 + exp(-(double)v[i]));
	return sum / (double)n;
}

/*
 * What D says about x, when it should say `truth`: leaves gradients in D's
 * parameters and in x, as far as they want them. Returns the loss; *mean is
 * the mean of D's answers.
 */
static double judge(struct gan *m, struct nn_tape *t, struct nn_tensor *x,
	float truth, double *mean)
{
	struct nn_tensor *logit = dcgan_judge(t, &m->d, x);
	int64_t n = nn_count(logit);
	float *want = arena_alloc(t->arena, (size_t)n * sizeof *want);
	float value = 0;
	struct nn_tensor *loss;

	for (int64_t i = 0; i < n; i++)
		want[i] = truth;
	loss = nn_bce_loss(
		t, logit, NULL, upload(t, want, logit->dim), 1 / (float)n);
	nn_backward(t, &loss, 1);
	t->be->copy(t->be, &value, loss->data, sizeof value);
	*mean = sigmoid_mean(t, logit);
	return value;
}

/* Weights that are not asked for cost nothing. */
static void want_gradients(struct nn_params *ps, bool want)
{
	for (int i = 0; i < ps->n; i++)
		if (ps->p[i]->role != NN_BUFFER)
			ps->p[i]->x.needs_grad = want;
}

static int move(struct gan *m, struct nn_params *ps, double loss,
	const char *whose, struct err *e)
{
	struct nn_adam how = adam;

	how.step = m->run.steps + 1;
	if (!isfinite(loss) || !isfinite(nn_grad_norm(ps)))
		return err_set(e, ERR_DATA,
			"step %lld, after %lld images: the loss of the %s, %g, "
			"or its gradient is not finite",
			(long long)how.step, (long long)m->run.images, whose,
			loss);
	nn_adam_step(ps, &how);
	return 0;
}

/* fakes: as constants. */
static int step_d(struct gan *m, struct nn_tensor *fakes, const float *real,
	struct gan_report *r, struct err *e)
{
	struct nn_tape t = tape(m);
	struct arena_mark mark = arena_mark(&m->step);
	double of_real, of_fakes;
	struct nn_tensor *x;

	nn_params_clear_grads(&m->d.params);
	x = upload_as(&t, real, fakes->dim, m->dtype);
	of_real = judge(m, &t, x, 1, &r->d_real);
	nn_drop(&t, x);
	arena_back(&m->step, mark);
	of_fakes = judge(m, &t, fakes, 0, &r->d_fake);
	arena_back(&m->step, mark);
	r->loss_d = of_real + of_fakes;
	return move(m, &m->d.params, r->loss_d, "discriminator", e);
}

/* made: the tape that made the fakes, at whose end their gradient is wanted. */
static int step_g(struct gan *m, struct nn_tape *made, struct nn_tensor *fakes,
	struct gan_report *r, struct err *e)
{
	struct nn_tape t = tape(m);

	nn_params_clear_grads(&m->g.params);
	want_gradients(&m->d.params, false);
	r->loss_g = judge(m, &t, fakes, 1, &r->d_fake_after);
	want_gradients(&m->d.params, true);
	nn_backward(made, NULL, 0);
	return move(m, &m->g.params, r->loss_g, "generator", e);
}

int gan_step(struct gan *m, const float *real, const float *z, int n,
	struct gan_report *r, struct err *e)
{
	struct nn_tape t = tape(m);
	struct nn_tensor *fakes, constant;
	int64_t dim[] = {n, 1, 1, m->run.net.nz};
	int bad;

	fakes = dcgan_generate(&t, &m->g, upload_as(&t, z, dim, m->dtype));
	constant = *fakes;
	constant.needs_grad = false;
	bad = step_d(m, &constant, real, r, e) || step_g(m, &t, fakes, r, e);
	nn_tape_reset(&t);
	if (bad)
		return -1;
	m->run.images += n;
	m->run.steps++;
	return 0;
}

struct nn_need gan_need(struct gan *m, int n)
{
	struct gan_run before = m->run;
	struct nn_tape t = tape(m);
	struct gan_report r;
	struct nn_need need;

	nn_need_begin(&t);
	/* Dry, it neither reads pictures nor moves the networks. */
	gan_step(m, NULL, NULL, n, &r, NULL);
	need = nn_need_end(&t, &m->d.params, 2);
	need.weights += nn_params_bytes(&m->g.params, 2);
	need.total += nn_params_bytes(&m->g.params, 2);
	m->run = before;
	return need;
}
