/* The losses of a GAN: values by hand, derivatives by finite differences. */
#include "gan/gan_loss.h"
#include "nn/device.h"
#include "tap.h"

enum { N = 3 };

static float real[N] = {0.5f, -1.25f, 3}, fake[N] = {-0.25f, 0.75f, -2};

static struct nn_tensor wrap(float *v, int64_t n)
{
	return (struct nn_tensor){
		.type = NN_F32, .rank = 1, .dim = {n}, .data = v};
}

/* What is told, as means. of_g: derivatives into df alone. */
static double told[NN_GAN_TOLD];
static double play(enum nn_gan_loss loss, bool of_g, int n, float *r, float *f,
	float *dr, float *df)
{
	struct nn_backend *be = nn_cpu_open(1);
	struct nn_tensor tr = wrap(r, n), tf = wrap(f, n);
	struct nn_tensor tdr = wrap(dr, n), tdf = wrap(df, n);
	struct arena a = {0};
	struct nn_pool pool;
	struct nn_tape t = {.be = be, .arena = &a, .pool = &pool};

	nn_pool_init(&pool, be);
	if (of_g)
		gan_loss_g(&t, loss, &tr, &tf, &tdf, told);
	else
		gan_loss_d(&t, loss, &tr, &tf, &tdr, &tdf, told);
	nn_tape_reset(&t);
	nn_pool_release(&pool);
	arena_release(&a);
	be->close(be);
	for (int i = 0; i < NN_GAN_TOLD; i++)
		told[i] /= n;
	return told[NN_GAN_LOSS];
}

static void check_slopes(enum nn_gan_loss loss)
{
	const float step = 0x1p-6f;
	float dr[N], df[N], dg[N], a[N], b[N], rest[N];
	double worst = 0;

	play(loss, false, N, real, fake, dr, df);
	play(loss, true, N, real, fake, rest, dg);
	for (int i = 0; i < 2 * N; i++) {
		double p[2], q[2];

		for (int up = 0; up < 2; up++) {
			memcpy(a, real, sizeof a);
			memcpy(b, fake, sizeof b);
			(i < N ? a : b)[i % N] += up ? step : -step;
			p[up] = play(loss, false, N, a, b, rest, rest);
			q[up] = play(loss, true, N, a, b, rest, rest);
		}
		p[0] = (p[1] - p[0]) / (2 * (double)step);
		q[0] = (q[1] - q[0]) / (2 * (double)step);
		worst = fmax(
			worst, fabs(p[0] - (double)(i < N ? dr : df)[i % N]));
		if (i >= N)
			worst = fmax(worst, fabs(q[0] - (double)dg[i % N]));
	}
	ok(worst < 3e-5, "%s's derivatives, off by %g", gan_losses[loss],
		worst);
}

static double s(double x)
{
	return log1p(exp(x));
}

static void is_loss(
	enum nn_gan_loss loss, bool of_g, double want, const char *what)
{
	float d[N], e[N];

	is_near(play(loss, of_g, N, real, fake, d, e), want, 1e-6, what);
}

int main(void)
{
	float d[N], e[N], far[2] = {1e4f, -1e4f}, back[2] = {-1e4f, 1e4f};

	is_loss(NN_GAN_BCE, false,
		(s(-0.5) + s(1.25) + s(-3) + s(-0.25) + s(0.75) + s(-2)) / 3,
		"bce, D");
	is_near(told[NN_GAN_SIGN], 1.0 / 3, 1e-12,
		"two of three real pictures are told");
	is_loss(NN_GAN_BCE, true, (s(0.25) + s(-0.75) + s(2)) / 3, "bce, G");
	is_loss(NN_GAN_HINGE, false, (0.5 + 2.25 + 0.75 + 1.75) / 3,
		"hinge, D");
	is_loss(NN_GAN_HINGE, true, 1.5 / 3, "hinge, G");
	is_loss(NN_GAN_RP, false, (s(-0.75) + s(2) + s(-5)) / 3, "rp, D");
	is_near(told[NN_GAN_SIGN], 1.0 / 3, 1e-12, "and two of three pairs");
	is_loss(NN_GAN_RP, true, (s(0.75) + s(-2) + s(5)) / 3, "rp, G");
	for (int loss = NN_GAN_BCE; loss <= NN_GAN_RP; loss++)
		check_slopes((enum nn_gan_loss)loss);
	is_near(play(NN_GAN_BCE, false, 2, far, back, d, e), 1e4, 1e-6,
		"logits far out have finite losses");
	is_near(told[NN_GAN_REAL], 0.5, 1e-6, "probabilities");
	return done();
}
