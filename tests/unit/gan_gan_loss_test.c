/* The losses of a GAN: values by hand, derivatives by finite differences. */
#include "gan/gan_loss.h"
#include "tap.h"

enum { N = 3 };

static const float real[N] = {0.5f, -1.25f, 3}, fake[N] = {-0.25f, 0.75f, -2};

static void check_slopes(enum gan_loss loss)
{
	const float step = 0x1p-10f;
	float dr[N], df[N], dg[N], a[N], b[N], rest[N];
	double worst = 0;

	gan_loss_d(loss, N, real, fake, dr, df);
	gan_loss_g(loss, N, real, fake, dg);
	for (int i = 0; i < 2 * N; i++) {
		double p[2], q[2];

		for (int up = 0; up < 2; up++) {
			memcpy(a, real, sizeof a);
			memcpy(b, fake, sizeof b);
			(i < N ? a : b)[i % N] += up ? step : -step;
			p[up] = gan_loss_d(loss, N, a, b, rest, rest);
			q[up] = gan_loss_g(loss, N, a, b, rest);
		}
		p[0] = (p[1] - p[0]) / (2 * (double)step);
		q[0] = (q[1] - q[0]) / (2 * (double)step);
		worst = fmax(
			worst, fabs(p[0] - (double)(i < N ? dr : df)[i % N]));
		if (i >= N)
			worst = fmax(worst, fabs(q[0] - (double)dg[i % N]));
	}
	ok(worst < 1e-6, "%s's derivatives, off by %g", gan_losses[loss],
		worst);
}

static double s(double x)
{
	return log1p(exp(x));
}

int main(void)
{
	float d[N], far[2] = {1e4f, -1e4f}, back[2] = {-1e4f, 1e4f};

	is_near(gan_loss_d(GAN_BCE, N, real, fake, d, d),
		(s(-0.5) + s(1.25) + s(-3) + s(-0.25) + s(0.75) + s(-2)) / 3,
		1e-12, "bce, D");
	is_near(gan_loss_g(GAN_BCE, N, real, fake, d),
		(s(0.25) + s(-0.75) + s(2)) / 3, 1e-12, "bce, G");
	is_near(gan_loss_d(GAN_HINGE, N, real, fake, d, d),
		(0.5 + 2.25 + 0.75 + 1.75) / 3, 1e-12, "hinge, D");
	is_near(gan_loss_g(GAN_HINGE, N, real, fake, d), 1.5 / 3, 1e-12,
		"hinge, G");
	is_near(gan_loss_d(GAN_RP, N, real, fake, d, d),
		(s(-0.75) + s(2) + s(-5)) / 3, 1e-12, "rp, D");
	is_near(gan_loss_g(GAN_RP, N, real, fake, d),
		(s(0.75) + s(-2) + s(5)) / 3, 1e-12, "rp, G");
	for (int loss = GAN_BCE; loss <= GAN_RP; loss++)
		check_slopes((enum gan_loss)loss);
	is_near(gan_loss_d(GAN_BCE, 2, far, back, d, d), 1e4, 1e-6,
		"logits far out have finite losses");
	is_near(gan_loss_sign(GAN_BCE, N, real, fake), 1.0 / 3, 1e-12,
		"two of three real pictures are told");
	is_near(gan_loss_sign(GAN_RP, N, real, fake), 1.0 / 3, 1e-12,
		"and two of three pairs");
	is_near(gan_loss_probability(2, far), 0.5, 1e-12, "probabilities");
	return done();
}
