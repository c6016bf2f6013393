#include "gan/gan_augment.h"
#include "gan/gan_said.h"

#include <math.h>

bool gan_asks_ahead(const struct gan *m)
{
	return !m->be->host && m->run.how.augment >= 0;
}

/* What became of a step. This waits for it. */
static void report(const struct gan_asked *from, struct gan_report *r)
{
	const struct gan_said *said;
	double n = from->n, r1 = 0, r2 = 0;

	nn_readback_read(&from->readback);
	said = from->line[GAN_SAID].here;
	for (int i = 0; i < DCGAN_COLOURS; i++) {
		r1 += said->r1[i];
		r2 += said->r2[i];
	}
	*r = (struct gan_report){.n = from->n,
		.images = from->images,
		.steps = from->steps,
		.loss_d = said->d[NN_GAN_LOSS] / n,
		.loss_g = said->g[NN_GAN_LOSS] / n,
		.d_real = said->d[NN_GAN_REAL] / n,
		.d_fake = said->d[NN_GAN_FAKE] / n,
		.d_fake_after = said->g[NN_GAN_FAKE] / n,
		.sign = said->d[NN_GAN_SIGN] / n,
		.grad_d = *(const double *)from->line[GAN_NORM_D].here,
		.grad_g = *(const double *)from->line[GAN_NORM_G].here,
		.r1 = r1 / n,
		.r2 = r2 / n};
	/* Who did not move takes the other with it. */
	r->skipped = !isfinite(r->grad_d) || !isfinite(r->grad_g);
}

static int not_finite(struct gan *m, const struct gan_report *r, struct err *e)
{
	bool d = !isfinite(r->loss_d) || !isfinite(r->grad_d);
	bool g = !isfinite(r->loss_g) || !isfinite(r->grad_g);
	/* Of both it is the one that moved first. */
	bool of_g = g && (m->run.how.g_first || !d);

	if (m->skipped < m->run.how.skip)
		return 0;
	return err_set(e, ERR_DATA,
		"step %lld, after %lld images: the loss of the %s, %g, or its "
		"gradient is not finite",
		(long long)r->steps, (long long)(r->images - r->n),
		of_g ? "generator" : "discriminator",
		of_g ? r->loss_g : r->loss_d);
}

/* The memory of the steps that were told. */
static void forget(struct gan *m)
{
	struct nn_tape t = {.be = m->be, .arena = &m->step, .pool = &m->pool};

	if (!m->nasked)
		nn_tape_reset(&t);
}

int gan_told(struct gan *m, struct gan_report *r, struct err *e)
{
	report(&m->asked[(m->run.steps - m->nasked) % NN_TELLS], r);
	m->nasked--;
	forget(m);
	if (r->skipped && not_finite(m, r, e))
		return -1;
	m->skipped = r->skipped ? m->skipped + 1 : 0;
	if (!r->skipped)
		gan_augment_adapt(&m->run, r->sign, r->n);
	return 0;
}

int gan_step(
	struct gan *m, struct gan_batch *b, struct gan_report *r, struct err *e)
{
	gan_ask(m, b);
	if (!m->be->dry)
		return gan_told(m, r, e);
	m->nasked--;
	forget(m);
	return 0;
}
