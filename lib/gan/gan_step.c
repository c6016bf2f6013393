#include "gan/gan_said.h"
#include "gan/gan_augment.h"
#include "gan/critic.h"
#include "gan/gan_loss.h"
#include "gan/mean.h"
#include "nn/optim.h"

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
	struct nn_tensor *real;
	struct nn_tensor *select; /* [n][1+labels]: D's outputs into a logit */
	const struct nn_augment_picture *augment[3];
	struct gan_said *told;
	/* Who moved first, if somebody did. */
	const struct nn_params *moved;
};

static struct nn_tape tape(struct gan *m, bool record)
{
	return (struct nn_tape){.be = m->be,
		.arena = &m->step,
		.pool = &m->pool,
		.record = record,
		.train = true};
}

/* Noise as what the networks compute in. */
static struct nn_tensor *upload_noise(
	const struct turn *u, struct nn_tape *t, int which)
{
	int64_t in = dcgan_inputs(&u->m->run.net), n = u->b->n;
	struct nn_tensor *z = nn_upload(t, NN_F32, 4, (int64_t[]){n, 1, 1, in},
		u->b->z + which * n * in);
	struct nn_tensor *y = nn_cast(t, z, u->m->dtype);

	nn_drop(t, z);
	return y;
}

/* One a picture. */
static struct nn_tensor *numbers(const struct turn *u, struct nn_tape *t)
{
	return nn_new(t, NN_F32, 1, &(int64_t){u->b->n});
}

/* D's outputs into logits. */
static struct nn_tensor *logits(
	const struct turn *u, struct nn_tape *t, const struct nn_tensor *out)
{
	struct nn_tensor *y = numbers(u, t);
	struct nn_dot_args a = {
		out->data, u->select->data, y->data, u->select->dim[1]};

	t->be->each(t->be, NN_BODY_dot, &a, u->b->n, 1);
	return y;
}

/* The way back begins with d, a number a logit. */
static void seed(const struct turn *u, struct nn_tape *t, struct nn_tensor *out,
	const struct nn_tensor *d)
{
	void *g = nn_grad_begin(t, out);
	struct nn_mix_args a = {NN_F32, u->select->data, d->data, NULL, 0, g,
		u->select->dim[1]};

	t->be->each(t->be, NN_BODY_mix, &a, u->b->n, a.lanes);
	nn_grad_end(t, out, g);
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

/* Unless its loss or a gradient is not finite, or was not of who moved before:
 * the device sees to that. */
static void move(
	struct turn *u, struct nn_params *ps, double lr, const double *told)
{
	const struct gan_run *run = &u->m->run;
	const struct gan_how *how = &run->how;

	nn_adam_step(ps,
		&(struct nn_adam){
			.lr = (float)(lr * gan_falls(run, how->lr_end)),
			.eps = adam_eps,
			.l2 = (float)how->l2,
			.beta1 = how->beta1,
			.beta2 = how->beta2,
			.step = run->steps + 1,
			.finite = {&told[NN_GAN_LOSS],
				u->moved ? nn_grad_norm_at(u->moved) : NULL}});
	u->moved = ps;
}

/* ---- D learns ---- */

/* By the tape; two minibatches, each with its own statistics. */
static void learn_d(struct turn *u, struct nn_tensor *fake)
{
	struct nn_tape t = tape(u->m, true);
	enum nn_gan_loss loss = (enum nn_gan_loss)u->m->run.how.loss;
	struct nn_tensor *dr = numbers(u, &t), *df = numbers(u, &t);
	struct nn_tensor *out_r = judge(u, &t, u->real, 0), *out_f;
	struct nn_tensor *lr = logits(u, &t, out_r), *lf;

	/* Only a loss of pairs must see both before it goes back. */
	if (loss != NN_GAN_RP) {
		gan_loss_d(&t, loss, lr, lr, dr, df, u->told->d);
		seed(u, &t, out_r, dr);
		nn_backward(&t, NULL, 0);
	}
	out_f = judge(u, &t, fake, 1);
	lf = logits(u, &t, out_f);
	gan_loss_d(&t, loss, lr, lf, dr, df, u->told->d);
	if (loss == NN_GAN_RP)
		seed(u, &t, out_r, dr);
	seed(u, &t, out_f, df);
	nn_backward(&t, NULL, 0);
	nn_drop(&t, out_r);
	nn_drop(&t, out_f);
	nn_drop(&t, lr);
	nn_drop(&t, lf);
	nn_drop(&t, dr);
	nn_drop(&t, df);
}

/* The same with penalties, by hand. */
static void learn_d_penalised(struct turn *u, struct nn_tensor *fake)
{
	struct gan *m = u->m;
	const struct gan_how *how = &m->run.how;
	struct nn_tape t = tape(m, false);
	double falls = gan_falls(&m->run, how->r_end) / u->b->n;
	struct nn_tensor *dr = numbers(u, &t), *df = numbers(u, &t), *lr, *lf;
	struct critic cr, cf;

	critic_forward(
		&cr, &t, &m->d, u->real, u->augment[0], how->colour, u->select);
	critic_forward(
		&cf, &t, &m->d, fake, u->augment[1], how->colour, u->select);
	lr = logits(u, &t, cr.y[m->d.n - 1]);
	lf = logits(u, &t, cf.y[m->d.n - 1]);
	gan_loss_d(&t, (enum nn_gan_loss)how->loss, lr, lf, dr, df, u->told->d);
	critic_backward(&cr, dr, (float)(how->r1 * falls), u->told->r1);
	critic_backward(&cf, df, (float)(how->r2 * falls), u->told->r2);
	nn_drop(&t, lr);
	nn_drop(&t, lf);
	nn_drop(&t, dr);
	nn_drop(&t, df);
}

/* fake: as a constant. */
static void step_d(struct turn *u, struct nn_tensor *fake)
{
	struct gan *m = u->m;

	nn_params_clear_grads(&m->d.params);
	if (penalised(&m->run.how))
		learn_d_penalised(u, fake);
	else
		learn_d(u, fake);
	move(u, &m->d.params, m->run.how.lr_d, u->told->d);
}

/* ---- G learns ---- */

/* What D says of the real pictures now. */
static struct nn_tensor *logits_of_real(struct turn *u)
{
	struct nn_tape t = tape(u->m, false);
	struct nn_tensor *out = judge(u, &t, u->real, 0);
	struct nn_tensor *logit = logits(u, &t, out);

	nn_drop(&t, out);
	return logit;
}

/* made: the tape that made the fakes, at whose end their gradient is wanted. */
static void step_g(struct turn *u, struct nn_tape *made, struct nn_tensor *fake)
{
	struct gan *m = u->m;
	enum nn_gan_loss loss = (enum nn_gan_loss)m->run.how.loss;
	struct nn_tape t = tape(m, true);
	struct nn_tensor *df = numbers(u, &t), *out, *lf;
	struct nn_tensor *lr = loss == NN_GAN_RP ? logits_of_real(u) : NULL;

	nn_params_clear_grads(&m->g.params);
	want_gradients(&m->d.params, false);
	out = judge(u, &t, fake, 2);
	lf = logits(u, &t, out);
	gan_loss_g(&t, loss, lr ? lr : lf, lf, df, u->told->g);
	seed(u, &t, out, df);
	nn_backward(&t, NULL, 0);
	want_gradients(&m->d.params, true);
	nn_backward(made, NULL, 0);
	nn_drop(&t, out);
	nn_drop(&t, lf);
	nn_drop(&t, lr);
	nn_drop(&t, df);
	move(u, &m->g.params, m->run.how.lr_g, u->told->g);
}

/* ---- a step ---- */

/* D, then G by the same fakes. */
static void d_then_g(struct turn *u)
{
	struct nn_tape t = tape(u->m, true);
	struct nn_tensor *fake =
		dcgan_generate(&t, &u->m->g, upload_noise(u, &t, 0));
	struct nn_tensor constant = *fake;

	constant.needs_grad = false;
	step_d(u, &constant);
	step_g(u, &t, fake);
}

/* G, then D by fakes of its own. */
static void g_then_d(struct turn *u)
{
	struct nn_tape t = tape(u->m, true);
	struct nn_tensor *fake =
		dcgan_generate(&t, &u->m->g, upload_noise(u, &t, 0));

	step_g(u, &t, fake);
	nn_drop(&t, fake);
	t.record = false;
	step_d(u, dcgan_generate(&t, &u->m->g, upload_noise(u, &t, 1)));
}

/* Numbers of the host, n rows of `each`, for the device. */
static struct nn_tensor *rows(
	struct nn_tape *t, const void *from, int64_t n, size_t each)
{
	return nn_upload(t, NN_F32, 2,
		(int64_t[]){n, (int64_t)(each / sizeof(float))}, from);
}

static void select_logit(struct turn *u, struct nn_tape *t)
{
	int64_t each = 1 + u->m->run.net.labels, n = u->b->n;
	float *select =
		arena_zero(t->arena, (size_t)(n * each), sizeof *select);

	for (int64_t i = 0; i < n; i++) {
		select[i * each] = 1;
		if (each > 1 && !t->be->dry)
			memcpy(select + i * each + 1,
				u->b->label + i * (each - 1),
				(size_t)(each - 1) * sizeof *select);
	}
	u->select = rows(t, select, n, (size_t)each * sizeof *select);
}

static void begin(struct turn *u, struct nn_tape *t)
{
	struct gan *m = u->m;
	const struct dcgan_config *c = &m->run.net;
	int n = u->b->n;
	struct nn_tensor *told =
		nn_new_f64(t, sizeof *u->told / sizeof(double));
	struct nn_tensor *which;

	t->be->clear(t->be, told->data, nn_bytes(told));
	u->told = told->data;
	if (m->run.how.flip && !m->be->dry)
		gan_augment_flip(&m->run, n, u->b->which);
	which = nn_upload(t, NN_I32, 1, &(int64_t){n}, u->b->which);
	u->real = nn_fetch(
		t, m->dtype, u->b->store, which, (int)c->height, (int)c->width);
	nn_drop(t, which);
	for (int i = 0; i < 3; i++) {
		const struct nn_augment_picture *p =
			gan_augment_draw(&m->run, i, n, t->arena);

		u->augment[i] = p ? rows(t, p, n, sizeof *p)->data : NULL;
	}
	select_logit(u, t);
}

static void write_letter(const struct turn *u, struct gan_asked *to)
{
	struct gan *m = u->m;

	to->line[GAN_SAID] = (struct nn_line){u->told, sizeof *u->told, NULL};
	to->line[GAN_NORM_D] = (struct nn_line){
		nn_grad_norm_at(&m->d.params), sizeof(double), NULL};
	to->line[GAN_NORM_G] = (struct nn_line){
		nn_grad_norm_at(&m->g.params), sizeof(double), NULL};
	nn_readback_write(&to->readback, to->line, GAN_LINES);
}

void gan_ask(struct gan *m, struct gan_batch *b)
{
	struct gan_asked *to = &m->asked[m->run.steps % NN_TELLS];
	struct turn u = {.m = m, .b = b};
	struct nn_tape t = tape(m, false);

	BUG_ON(m->nasked == NN_TELLS);
	nn_tape_reset(&t);
	if (m->be->begin)
		m->be->begin(m->be);
	begin(&u, &t);
	if (m->run.how.g_first)
		g_then_d(&u);
	else
		d_then_g(&u);
	m->run.images += b->n;
	m->run.steps++;
	/* Unless G did not move: the device sees to that. */
	if (m->run.how.ema)
		gan_mean_update(&m->mean, &m->g, m->run.images, b->n);
	if (m->be->end)
		m->be->end(m->be);
	if (!m->be->dry)
		write_letter(&u, to);
	to->n = b->n;
	to->images = m->run.images;
	to->steps = m->run.steps;
	m->nasked++;
}
