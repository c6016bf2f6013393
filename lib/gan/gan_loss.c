#include "gan/gan_loss.h"

#include <math.h>

static double softplus(double x)
{
	return fmax(x, 0) + log1p(exp(-fabs(x)));
}

/* Its derivative. */
static double sigmoid(double x)
{
	return 1 / (1 + exp(-x));
}

double gan_loss_d(enum gan_loss loss, int n, const float *real,
	const float *fake, float *d_real, float *d_fake)
{
	double sum = 0;

	for (int i = 0; i < n; i++) {
		double r = (double)real[i], f = (double)fake[i], dr = 0, df = 0;

		switch (loss) {
		case GAN_BCE:
			sum += softplus(-r) + softplus(f);
			dr = -sigmoid(-r);
			df = sigmoid(f);
			break;
		case GAN_HINGE:
			sum += fmax(1 - r, 0) + fmax(1 + f, 0);
			dr = r < 1 ? -1 : 0;
			df = f > -1 ? 1 : 0;
			break;
		case GAN_RP:
			sum += softplus(f - r);
			df = sigmoid(f - r);
			dr = -df;
			break;
		}
		d_real[i] = (float)(dr / n);
		d_fake[i] = (float)(df / n);
	}
	return sum / n;
}

double gan_loss_g(enum gan_loss loss, int n, const float *real,
	const float *fake, float *d_fake)
{
	double sum = 0;

	for (int i = 0; i < n; i++) {
		double f = (double)fake[i], x = -f, slope = -1;

		if (loss == GAN_RP)
			x = (double)real[i] - f;
		if (loss != GAN_HINGE)
			slope = -sigmoid(x);
		sum += loss == GAN_HINGE ? x : softplus(x);
		d_fake[i] = (float)(slope / n);
	}
	return sum / n;
}

double gan_loss_sign(
	enum gan_loss loss, int n, const float *real, const float *fake)
{
	int sum = 0;

	for (int i = 0; i < n; i++) {
		float d = real[i] - (loss == GAN_RP ? fake[i] : 0);

		sum += (d > 0) - (d < 0);
	}
	return (double)sum / n;
}

double gan_loss_probability(int n, const float *logit)
{
	double sum = 0;

	for (int i = 0; i < n; i++)
		sum += sigmoid((double)logit[i]);
	return sum / n;
}
