/*
 * The part of the norms that is of a few numbers a channel: between the sums
 * over pictures (nn/backend.h, sums) and the passes over them (affine,
 * norm_grad in pointwise.h). In f64.
 */
#ifndef NN_BODY_NORM_H
#define NN_BODY_NORM_H

#include <stdbool.h>

#include "nn/body/hd.h"

/*
 * A batch norm's y = mul * x + add, a lane a channel (Ioffe, Szegedy 2015):
 * mul = gain * rstd, add = bias - mean * mul.
 */
struct nn_batch_norm_args {
	/* Of a batch, when train: sums over m rows of x and of x * x, which
	 * become its mean and rstd; and running mean and variance follow by
	 * momentum. Else: mean and rstd are those of the running ones. */
	int32_t train;
	int64_t m;
	double *mean, *rstd;
	float *running_mean, *running_var;
	float momentum, eps;
	const float *gain, *bias;
	float *mul, *add;
};

NN_HD void nn_batch_norm_at(
	const struct nn_batch_norm_args *a, int64_t row, int64_t c0, int64_t c1)
{
	double m = (double)a->m;

	(void)row;
	for (int64_t c = c0; c < c1; c++) {
		double k;

		if (!a->train) {
			a->mean[c] = (double)a->running_mean[c];
			a->rstd[c] = 1 / sqrt((double)a->running_var[c] +
						 (double)a->eps);
		} else if (a->m) { /* of nothing there are no statistics */
			double mean = a->mean[c] / m;
			double var = a->rstd[c] / m - mean * mean;

			if (var < 0)
				var = 0;
			a->mean[c] = mean;
			a->rstd[c] = 1 / sqrt(var + (double)a->eps);
			if (a->m > 1)
				var *= m / (m - 1);
			a->running_mean[c] +=
				a->momentum *
				((float)mean - a->running_mean[c]);
			a->running_var[c] +=
				a->momentum * ((float)var - a->running_var[c]);
		}
		k = (double)a->gain[c] * a->rstd[c];
		a->mul[c] = (float)k;
		a->add[c] = (float)((double)a->bias[c] - a->mean[c] * k);
	}
}

/* What both norms' gradients begin with and come to, by channel: dx is
 * kdy * dz + kx * x + k1. */
struct nn_norm_back {
	double *dz, *dzx; /* sums of dz and dz * x */
	float *kdy, *kx, *k1;
	float *dgain, *dbias; /* either may be NULL */
};

/*
 * Its gradient, with dz of the output before the activation, xh the normalised
 * x: dbias = sum dz, dgain = sum dz * xh, and
 *	dx = mul * (dz - dbias / m - xh * dgain / m) = kdy * dz + kx * x + k1.
 * Running statistics are constants: dx = mul * dz.
 */
struct nn_batch_norm_grad_args {
	int32_t train;
	int64_t m;
	const double *mean, *rstd;
	const float *mul;
	struct nn_norm_back back;
};

NN_HD void nn_batch_norm_grad_at(const struct nn_batch_norm_grad_args *a,
	int64_t row, int64_t c0, int64_t c1)
{
	const struct nn_norm_back *o = &a->back;
	double m = (double)a->m;

	(void)row;
	for (int64_t c = c0; c < c1; c++) {
		double r = a->rstd[c], k = (double)a->mul[c], dz = o->dz[c];
		double dg = (o->dzx[c] - a->mean[c] * dz) * r;

		if (o->dgain)
			o->dgain[c] = (float)dg;
		if (o->dbias)
			o->dbias[c] = (float)dz;
		if (!a->train)
			dg = dz = 0;
		o->kdy[c] = (float)k;
		o->kx[c] = (float)(-k * r * dg / m);
		o->k1[c] = (float)(k * (a->mean[c] * r * dg / m - dz / m));
	}
}

/* The same of a group norm for one picture, a lane a group of `each` channels
 * (Wu, He 2018): sx, sxx are sums over the picture's m pixels, by channel. */
struct nn_group_norm_args {
	int64_t m, each;
	const double *sx, *sxx;
	double *mean, *rstd; /* a group's */
	float eps;
	const float *gain, *bias;
	float *mul, *add;
};

NN_HD void nn_group_norm_at(
	const struct nn_group_norm_args *a, int64_t row, int64_t c0, int64_t c1)
{
	double m = (double)(a->m * a->each);

	(void)row;
	for (int64_t g = c0; g < c1; g++) {
		int64_t i0 = g * a->each, i1 = i0 + a->each;
		double mean = 0, var = 0, r;

		for (int64_t i = i0; i < i1; i++) {
			mean += a->sx[i];
			var += a->sxx[i];
		}
		mean /= m;
		var = var / m - mean * mean;
		r = 1 / sqrt((var > 0 ? var : 0) + (double)a->eps);
		a->mean[g] = mean;
		a->rstd[g] = r;
		for (int64_t i = i0; i < i1; i++) {
			double k = (double)a->gain[i] * r;

			a->mul[i] = (float)k;
			a->add[i] = (float)((double)a->bias[i] - mean * k);
		}
	}
}

/* And its gradient; dgain and dbias are added to. With dxh = gain * dz:
 *	dx = rstd * (dxh - mean(dxh) - xh * mean(dxh * xh)) */
struct nn_group_norm_grad_args {
	int64_t m, each;
	const double *mean, *rstd;
	const float *gain;
	struct nn_norm_back back;
};

NN_HD void nn_group_norm_grad_at(const struct nn_group_norm_grad_args *a,
	int64_t row, int64_t c0, int64_t c1)
{
	const struct nn_norm_back *o = &a->back;
	double m = (double)(a->m * a->each);

	(void)row;
	for (int64_t g = c0; g < c1; g++) {
		int64_t i0 = g * a->each, i1 = i0 + a->each;
		double mean = a->mean[g], r = a->rstd[g];
		double d1 = 0, d2 = 0; /* mean(dxh), mean(dxh * xh) */

		for (int64_t i = i0; i < i1; i++) {
			double dzxh = (o->dzx[i] - mean * o->dz[i]) * r;

			d1 += (double)a->gain[i] * o->dz[i] / m;
			d2 += (double)a->gain[i] * dzxh / m;
			if (o->dgain)
				o->dgain[i] += (float)dzxh;
			if (o->dbias)
				o->dbias[i] += (float)o->dz[i];
		}
		for (int64_t i = i0; i < i1; i++) {
			o->kdy[i] = (float)(r * (double)a->gain[i]);
			o->kx[i] = (float)(-r * r * d2);
			o->k1[i] = (float)(r * (mean * r * d2 - d1));
		}
	}
}

#endif
