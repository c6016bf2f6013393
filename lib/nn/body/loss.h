/* Bodies of losses: each item's loss and its derivative, kept for later. */
#ifndef NN_BODY_LOSS_H
#define NN_BODY_LOSS_H

#include <stdbool.h>

#include "nn/body/hd.h"

/* What an index chooses; 0 for -1, which is nothing. */
NN_HD float nn_chosen(const float *x, const int32_t *index, int64_t i)
{
	if (!index)
		return x[i];
	return index[i] < 0 ? 0 : x[index[i]];
}

/* Binary cross-entropy on logits. Item i is x[index[i]], or x[i]. */
struct nn_bce_args {
	const float *x, *target;
	const float *weight;  /* or NULL */
	const int32_t *index; /* or NULL */
	float *loss, *d;
};

NN_HD void nn_bce_at(
	const struct nn_bce_args *a, int64_t row, int64_t c0, int64_t c1)
{
	(void)row;
	for (int64_t c = c0; c < c1; c++) {
		float x = nn_chosen(a->x, a->index, c), t = a->target[c];
		float p = 1 / (1 + expf(-x)), k = a->weight ? a->weight[c] : 1;

		if (a->index && a->index[c] < 0)
			k = 0;
		a->loss[c] =
			k * (fmaxf(x, 0) - x * t + log1pf(expf(-fabsf(x))));
		a->d[c] = k * (p - t);
	}
}

/* Smooth L1; beta 0 is plain L1. */
struct nn_smooth_l1_args {
	const float *x, *target;
	const float *weight; /* or NULL */
	const int32_t *index;
	float *loss, *d;
	float beta;
};

NN_HD void nn_smooth_l1_at(
	const struct nn_smooth_l1_args *a, int64_t row, int64_t c0, int64_t c1)
{
	(void)row;
	for (int64_t c = c0; c < c1; c++) {
		float e = nn_chosen(a->x, a->index, c) - a->target[c];
		float m = fabsf(e), k = a->weight ? a->weight[c] : 1;

		if (a->index && a->index[c] < 0)
			k = 0;
		if (m < a->beta) {
			a->loss[c] = k * 0.5f * e * e / a->beta;
			a->d[c] = k * e / a->beta;
		} else {
			a->loss[c] = k * (m - 0.5f * a->beta);
			a->d[c] = e > 0 ? k : e < 0 ? -k : 0;
		}
	}
}

/*
 * 1 - GIoU (Rezatofighi et al. 2019) of the boxes of a row, x1 y1 x2 y2:
 * with areas I of what both cover, U of what either does, and C of the
 * smallest box around both, 2 - I/U - U/C. One lane does the row.
 */
struct nn_giou_args {
	const float *x, *target; /* rows of 4 */
	const float *weight;     /* of rows, or NULL */
	float *loss, *d;
};

NN_HD void nn_giou_at(
	const struct nn_giou_args *a, int64_t row, int64_t c0, int64_t c1)
{
	const float *x = a->x + 4 * row, *t = a->target + 4 * row;
	const float eps = 1e-7f;
	float k = a->weight ? a->weight[row] : 1, side[2], both[2], hull[2];
	float area = 1, area_t = 1, i, u, c;

	(void)c0;
	(void)c1;
	for (int s = 0; s < 2; s++) {
		side[s] = x[2 + s] - x[s];
		both[s] = fminf(x[2 + s], t[2 + s]) - fmaxf(x[s], t[s]);
		hull[s] = fmaxf(x[2 + s], t[2 + s]) - fminf(x[s], t[s]);
		area *= side[s];
		area_t *= t[2 + s] - t[s];
	}
	i = both[0] > 0 && both[1] > 0 ? both[0] * both[1] : 0;
	u = area + area_t - i + eps;
	c = hull[0] * hull[1] + eps;
	a->loss[row] = k * (2 - i / u - u / c);
	for (int j = 0; j < 4; j++) {
		int s = j % 2;
		float sign = j < 2 ? -1 : 1;
		/* Whether this edge is the inner one, the outer one. */
		bool inner = sign * (x[j] - t[j]) < 0;
		float da = sign * side[1 - s];
		float di = i > 0 && inner ? sign * both[1 - s] : 0;
		float dc = inner ? 0 : sign * hull[1 - s];
		float du = da - di;

		a->d[4 * row + j] = -k * ((di * u - i * du) / (u * u) +
						 (du * c - u * dc) / (c * c));
	}
}

/* Softmax cross-entropy of a row of k logits; label -1 counts nothing. One
 * lane does the row. */
struct nn_softmax_args {
	const float *x, *weight; /* of rows, or NULL */
	const int32_t *label;
	float *loss, *d;
	int64_t k;
};

NN_HD void nn_softmax_at(
	const struct nn_softmax_args *a, int64_t row, int64_t c0, int64_t c1)
{
	const float *x = a->x + row * a->k;
	float *d = a->d + row * a->k, most = x[0], sum = 0;
	float k = a->weight ? a->weight[row] : 1;
	int32_t label = a->label[row];

	(void)c0;
	(void)c1;
	for (int64_t i = 1; i < a->k; i++)
		most = fmaxf(most, x[i]);
	for (int64_t i = 0; i < a->k; i++)
		sum += expf(x[i] - most);
	a->loss[row] = label < 0 ? 0 : k * (logf(sum) + most - x[label]);
	for (int64_t i = 0; i < a->k; i++) {
		float p = expf(x[i] - most) / sum;

		d[i] = label < 0 ? 0 : k * (p - (i == label ? 1.0f : 0.0f));
	}
}

/* dx[index[i]] = *dy * factor * d[i]: how a loss goes back. */
struct nn_scatter_args {
	float *dx;
	const int32_t *index; /* or NULL */
	const float *d, *dy;
	float factor;
};

NN_HD void nn_scatter_at(
	const struct nn_scatter_args *a, int64_t row, int64_t c0, int64_t c1)
{
	float k = *a->dy * a->factor;

	(void)row;
	for (int64_t c = c0; c < c1; c++) {
		int64_t to = a->index ? a->index[c] : c;

		if (to >= 0)
			a->dx[to] = k * a->d[c];
	}
}

/* Losses by term, a lane each: y[c] = the sum of those x whose term is c; and
 * y[terms], the sum of all. */
enum { NN_TERMS_OF = 12 };
struct nn_terms_args {
	const float *x[NN_TERMS_OF]; /* n scalars */
	int32_t term[NN_TERMS_OF], n, terms;
	double *y;
};

NN_HD void nn_terms_at(
	const struct nn_terms_args *a, int64_t row, int64_t c0, int64_t c1)
{
	(void)row;
	for (int64_t c = c0; c < c1; c++) {
		double sum = 0;

		for (int32_t i = 0; i < a->n; i++)
			if (c == a->terms || c == a->term[i])
				sum += (double)*a->x[i];
		a->y[c] = sum;
	}
}

/*
 * The losses of a GAN, by the logits of real pictures and of fakes, all in
 * terms of s(x) = softplus(x) = log(1 + exp(x)):
 *
 *	       D                        G
 *	bce    s(-real) + s(fake)       s(-fake)
 *	hinge  (1-real)+ + (1+fake)+    -fake
 *	rp     s(fake-real)             s(real-fake)
 *
 * Lanes are pairs.
 */
struct nn_gan_loss_args {
	enum nn_gan_loss loss;
	int32_t of_g;
	const float *real, *fake; /* logits */
	float *d_real, *d_fake;   /* derivatives, times by; of_g: d_fake */
	float *told;              /* rows of NN_GAN_TOLD */
	double by;
};

/* x where it is positive, else 0. */
NN_HD double nn_positive(double x)
{
	return x > 0 ? x : 0;
}

NN_HD double nn_softplus(double x)
{
	return nn_positive(x) + log1p(exp(-fabs(x)));
}

/* Its derivative. */
NN_HD double nn_softplus_slope(double x)
{
	return 1 / (1 + exp(-x));
}

NN_HD void nn_gan_loss_at(
	const struct nn_gan_loss_args *a, int64_t row, int64_t c0, int64_t c1)
{
	bool hinge = a->loss == NN_GAN_HINGE, rp = a->loss == NN_GAN_RP;

	(void)row;
	for (int64_t c = c0; c < c1; c++) {
		double r = (double)a->real[c], f = (double)a->fake[c];
		double x = rp ? r - f : -f, sign = rp ? r - f : r;
		double loss, dr = 0, df;
		float *told = a->told + c * NN_GAN_TOLD;

		if (a->of_g) {
			loss = hinge ? x : nn_softplus(x);
			df = hinge ? -1 : -nn_softplus_slope(x);
		} else if (rp) {
			loss = nn_softplus(-x);
			df = nn_softplus_slope(-x);
			dr = -df;
		} else if (hinge) {
			loss = nn_positive(1 - r) + nn_positive(1 + f);
			dr = r < 1 ? -1 : 0;
			df = f > -1 ? 1 : 0;
		} else {
			loss = nn_softplus(-r) + nn_softplus(f);
			dr = -nn_softplus_slope(-r);
			df = nn_softplus_slope(f);
		}
		if (!a->of_g)
			a->d_real[c] = (float)(dr * a->by);
		a->d_fake[c] = (float)(df * a->by);
		told[NN_GAN_LOSS] = (float)loss;
		told[NN_GAN_REAL] = (float)nn_softplus_slope(r);
		told[NN_GAN_FAKE] = (float)nn_softplus_slope(f);
		told[NN_GAN_SIGN] = (float)((sign > 0) - (sign < 0));
	}
}

#endif
