#include "gan/gan_step.h"
#include "gan/gan_augment.h"
#include "gan/critic.h"
#include "gan/gan_loss.h"
#include "gan/mean.h"
#include "nn/optim.h"

#include <math.h>
#include <string.h>

static const float adam_eps = 1e-8f;

static bool penalised(const struct gan_how *how)
{
	return how->r1 > 0 || how->r2 > 0;
}

/* ---- a step's parts ---- */

struct turn {
	struct gan *m;
	struct gan_batch *b;
	struct gan_report *r;
	float *select; /* [n][1+labels]: D's outputs into a logit */
	const struct nn_augment_picture *augment[3];
	/* Who moved and was not asked yet whether its gradients were finite,
	 * and where their norm goes; somebody's were not. */
	const struct nn_params *moved;
	double *norm;
	bool failed;
};

static struct nn_tape tape(struct gan *m, bool record)
{
	return (struct nn_tape){.be = m->be,
		.arena = &m->step,
		.pool = &m->pool,
		.record = record,
		.train = true};
}

/* The same as what the networks compute in. */
static struct nn_tensor *upload(struct nn_tape *t, const float *from,
	const int64_t dim[4], enum nn_type type)
{
	struct nn_tensor *x = nn_new(t, NN_F32, 4, dim), *y;

	t->be->copy(t->be, x->data, from, nn_bytes(x));
	y = nn_cast(t, x, type);
	nn_drop(t, x);
	return y;
}

static struct nn_tensor *upload_real(const struct turn *u, struct nn_tape *t)
{
	const struct dcgan_config *c = &u->m->run.net;

	return upload(t, u->b->real,
		(int64_t[]){u->b->n, c->height, c->width, DCGAN_COLOURS},
		u->m->dtype);
}

static struct nn_tensor *upload_noise(
	const struct turn *u, struct nn_tape *t, int which)
{
	int64_t in = dcgan_inputs(&u->m->run.net);

	return upload(t, u->b->z + which * u->b->n * in,
		(int64_t[]){u->b->n, 1, 1, in}, u->m->dtype);
}

/* If they were not, it has not moved. */
static void ask(struct turn *u)
{
	if (!u->moved)
		return;
	*u->norm = nn_grad_norm(u->moved);
	u->failed |= !u->m->be->dry && !isfinite(*u->norm);
	u->moved = NULL;
}

/* D's outputs into logits. This waits for all that was asked for, so that who
 * moved before can be asked as well. */
static float *logits(
	struct turn *u, struct nn_tape *t, const struct nn_tensor *out)
{
	int64_t each = nn_channels(out);
	float *v = arena_zero(t->arena, nn_bytes(out), 1);
	float *logit = arena_zero(t->arena, (size_t)u->b->n, sizeof *logit);

	t->be->copy(t->be, v, out->data, nn_bytes(out));
	ask(u);
	for (int64_t i = 0; i < nn_count(out); i++)
		logit[i / each] += u->select[i] * v[i];
	return logit;
}

/* The way back begins with d, a number a logit. */
static void seed(const struct turn *u, struct nn_tape *t, struct nn_tensor *out,
	const float *d)
{
	int64_t each = nn_channels(out);
	float *v = arena_alloc(t->arena, nn_bytes(out));

	for (int64_t i = 0; i < nn_count(out); i++)
		v[i] = u->select[i] * d[i / each];
	nn_seed(t, out, v);
}

static struct nn_tensor *judge(
	const struct turn *u, struct nn_tape *t, struct nn_tensor *x, int turn)
{
	struct nn_tensor *seen = x, *out;

	if (u->augment[turn])
		seen = nn_augment(t, x, u->augment[turn], u->m->run.how.colour);
	out = dcgan_judge(t, &u->m->d, seen);
	if (seen != x)
		nn_drop(t, seen);
	return out;
}

/* Weights that are not asked for cost nothing. */
static void want_gradients(struct nn_params *ps, bool want)
{
	for (int i = 0; i < ps->n; i++)
		if (ps->p[i]->role != NN_BUFFER)
			ps->p[i]->x.needs_grad = want;
}

/* Who moves second is told of the first (logits), so that nobody waits for
 * that. */
static bool move(struct turn *u, struct nn_params *ps, double lr, double *norm)
{
	const struct gan_run *run = &u->m->run;
	const struct gan_how *how = &run->how;

	if (u->failed)
		return false;
	nn_adam_step(
		ps, &(struct nn_adam){
			    .lr = (float)(lr * gan_falls(run, how->lr_end)),
			    .eps = adam_eps,
			    .l2 = (float)how->l2,
			    .beta1 = how->beta1,
			    .beta2 = how->beta2,
			    .step = run->steps + 1});
	u->moved = ps;
	u->norm = norm;
	return true;
}

/* ---- D learns ---- */

/* By the tape; two minibatches, each with its own statistics. */
static void learn_d(struct turn *u, struct nn_tensor *real,
	struct nn_tensor *fake, struct gan_report *r)
{
	struct nn_tape t = tape(u->m, true);
	enum gan_loss loss = (enum gan_loss)u->m->run.how.loss;
	struct nn_tensor *out_r = judge(u, &t, real, 0), *out_f;
	size_t n = (size_t)u->b->n;
	float *dr = arena_zero(t.arena, n, sizeof *dr);
	float *df = arena_zero(t.arena, n, sizeof *df);
	float *lr = logits(u, &t, out_r), *lf;

	/* Only a loss of pairs must see both before it goes back. */
	if (loss != GAN_RP) {
		gan_loss_d(loss, u->b->n, lr, dr, dr, df);
		seed(u, &t, out_r, dr);
		nn_backward(&t, NULL, 0);
	}
	out_f = judge(u, &t, fake, 1);
	lf = logits(u, &t, out_f);
	r->loss_d = gan_loss_d(loss, u->b->n, lr, lf, dr, df);
	if (loss == GAN_RP)
		seed(u, &t, out_r, dr);
	seed(u, &t, out_f, df);
	nn_backward(&t, NULL, 0);
	r->d_real = gan_loss_probability(u->b->n, lr);
	r->d_fake = gan_loss_probability(u->b->n, lf);
	r->sign = gan_loss_sign(loss, u->b->n, lr, lf);
	nn_drop(&t, out_r);
	nn_drop(&t, out_f);
}

/* The same with penalties, by hand. */
static void learn_d_penalised(struct turn *u, struct nn_tensor *real,
	struct nn_tensor *fake, struct gan_report *r)
{
	struct gan *m = u->m;
	const struct gan_how *how = &m->run.how;
	struct nn_tape t = tape(m, false);
	int n = u->b->n;
	double falls = gan_falls(&m->run, how->r_end);
	float *dr = arena_zero(t.arena, (size_t)n, sizeof *dr);
	float *df = arena_zero(t.arena, (size_t)n, sizeof *df);
	struct critic cr, cf;
	float *lr, *lf;

	critic_forward(
		&cr, &t, &m->d, real, u->augment[0], how->colour, u->select);
	critic_forward(
		&cf, &t, &m->d, fake, u->augment[1], how->colour, u->select);
	lr = logits(u, &t, cr.y[m->d.n - 1]);
	lf = logits(u, &t, cf.y[m->d.n - 1]);
	r->loss_d = gan_loss_d((enum gan_loss)how->loss, n, lr, lf, dr, df);
	r->d_real = gan_loss_probability(n, lr);
	r->d_fake = gan_loss_probability(n, lf);
	r->sign = gan_loss_sign((enum gan_loss)how->loss, n, lr, lf);
	r->r1 = critic_backward(&cr, dr, (float)(how->r1 * falls / n));
	r->r2 = critic_backward(&cf, df, (float)(how->r2 * falls / n));
}

/* fake: as a constant. */
static bool step_d(struct turn *u, struct nn_tensor *fake)
{
	struct gan *m = u->m;
	struct nn_tape t = tape(m, false);
	struct nn_tensor *real = upload_real(u, &t);
	struct gan_report *r = u->r;

	nn_params_clear_grads(&m->d.params);
	if (penalised(&m->run.how))
		learn_d_penalised(u, real, fake, r);
	else
		learn_d(u, real, fake, r);
	nn_drop(&t, real);
	return isfinite(r->loss_d) &&
	       move(u, &m->d.params, m->run.how.lr_d, &r->grad_d);
}

/* ---- G learns ---- */

/* What D says of the real pictures now. */
static float *logits_of_real(struct turn *u)
{
	struct nn_tape t = tape(u->m, false);
	struct nn_tensor *real = upload_real(u, &t);
	struct nn_tensor *out = judge(u, &t, real, 0);
	float *logit = logits(u, &t, out);

	nn_drop(&t, out);
	nn_drop(&t, real);
	return logit;
}

/* made: the tape that made the fakes, at whose end their gradient is wanted. */
static bool step_g(struct turn *u, struct nn_tape *made, struct nn_tensor *fake)
{
	struct gan *m = u->m;
	enum gan_loss loss = (enum gan_loss)m->run.how.loss;
	struct nn_tape t = tape(m, true);
	float *df = arena_zero(t.arena, (size_t)u->b->n, sizeof *df);
	float *lr = loss == GAN_RP ? logits_of_real(u) : NULL, *lf;
	struct gan_report *r = u->r;
	struct nn_tensor *out;

	nn_params_clear_grads(&m->g.params);
	want_gradients(&m->d.params, false);
	out = judge(u, &t, fake, 2);
	lf = logits(u, &t, out);
	r->loss_g = gan_loss_g(loss, u->b->n, lr, lf, df);
	r->d_fake_after = gan_loss_probability(u->b->n, lf);
	seed(u, &t, out, df);
	nn_backward(&t, NULL, 0);
	want_gradients(&m->d.params, true);
	nn_backward(made, NULL, 0);
	return isfinite(r->loss_g) &&
	       move(u, &m->g.params, m->run.how.lr_g, &r->grad_g);
}

/* ---- a step ---- */

/* D, then G by the same fakes. */
static bool d_then_g(struct turn *u)
{
	struct nn_tape t = tape(u->m, true);
	struct nn_tensor *fake =
		dcgan_generate(&t, &u->m->g, upload_noise(u, &t, 0));
	struct nn_tensor constant = *fake;

	constant.needs_grad = false;
	return step_d(u, &constant) && step_g(u, &t, fake);
}

/* G, then D by fakes of its own. */
static bool g_then_d(struct turn *u)
{
	struct nn_tape t = tape(u->m, true);
	struct nn_tensor *fake =
		dcgan_generate(&t, &u->m->g, upload_noise(u, &t, 0));

	if (!step_g(u, &t, fake))
		return false;
	nn_drop(&t, fake);
	t.record = false;
	return step_d(u, dcgan_generate(&t, &u->m->g, upload_noise(u, &t, 1)));
}

static void begin(struct turn *u)
{
	struct gan *m = u->m;
	int64_t each = 1 + m->run.net.labels, n = u->b->n;

	if (m->run.how.flip && !m->be->dry)
		gan_augment_flip(&m->run, (int)n, u->b->real);
	for (int i = 0; i < 3; i++)
		u->augment[i] = gan_augment_draw(&m->run, i, (int)n, &m->step);
	u->select = arena_zero(&m->step, (size_t)(n * each), sizeof *u->select);
	for (int64_t i = 0; i < n; i++) {
		u->select[i * each] = 1;
		if (each > 1 && !m->be->dry)
			memcpy(u->select + i * each + 1,
				u->b->label + i * (each - 1),
				(size_t)(each - 1) * sizeof *u->select);
	}
}

static int not_finite(struct gan *m, const struct gan_report *r, struct err *e)
{
	bool of_g = isfinite(r->loss_d) && isfinite(r->grad_d);

	if (m->skipped < m->run.how.skip)
		return 0;
	return err_set(e, ERR_DATA,
		"step %lld, after %lld images: the loss of the %s, %g, or its "
		"gradient is not finite",
		(long long)m->run.steps + 1, (long long)m->run.images,
		of_g ? "generator" : "discriminator",
		of_g ? r->loss_g : r->loss_d);
}

int gan_step(
	struct gan *m, struct gan_batch *b, struct gan_report *r, struct err *e)
{
	struct turn u = {.m = m, .b = b, .r = r};
	struct nn_tape t = tape(m, false);
	bool good;

	*r = (struct gan_report){0};
	begin(&u);
	good = m->run.how.g_first ? g_then_d(&u) : d_then_g(&u);
	ask(&u);
	good = good && !u.failed;
	nn_tape_reset(&t);
	if (m->be->dry)
		return 0;
	if (!good && not_finite(m, r, e))
		return -1;
	m->skipped = good ? 0 : m->skipped + 1;
	r->skipped = !good;
	m->run.images += b->n;
	if (good && m->run.how.ema)
		gan_mean_update(&m->mean, &m->g, m->run.images, b->n);
	if (good)
		gan_augment_adapt(&m->run, r->sign, b->n);
	m->run.steps++;
	return 0;
}
