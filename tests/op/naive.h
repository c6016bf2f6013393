/*
 * The ops once more, in f64, by the plainest loops that say what is meant:
 * written from the definitions, not from lib/nn, and never fast.
 */
#ifndef OP_NAIVE_H
#define OP_NAIVE_H

#include "trial.h"

static inline double naive_act(double x, enum nn_act act)
{
	switch (act) {
	case NN_RELU:
		return fmax(x, 0);
	case NN_LEAKY:
		return x < 0 ? x * (double)0.2f : x;
	case NN_TANH:
		return tanh(x);
	case NN_SIGMOID:
		return 1 / (1 + exp(-x));
	case NN_SOFTPLUS:
		return log1p(exp(x));
	default:
		return x;
	}
}

/* Index of n, y, x, c among tensors that are h by w by c. */
static inline int64_t nhwc(
	const int64_t *dim, int64_t n, int64_t y, int64_t x, int64_t c)
{
	return ((n * dim[1] + y) * dim[2] + x) * dim[3] + c;
}

static inline bool inside(const int64_t *dim, int64_t y, int64_t x)
{
	return y >= 0 && y < dim[1] && x >= 0 && x < dim[2];
}

#define EACH(i, n) for (int64_t i = 0; i < (n); i++)
#define EACH_OF(dim, n, y, x, c) \
	EACH (n, (dim)[0]) \
		EACH (y, (dim)[1]) \
			EACH (x, (dim)[2]) \
				EACH (c, (dim)[3])

static inline void naive_conv(const struct trial *t, double *y)
{
	const struct op_case *c = t->c;
	const struct input *x = &t->in[X], *w = &t->in[W];
	int64_t icg = w->dim[1], kh = w->dim[2], kw = w->dim[3];
	int64_t ocg = c->oc / c->groups;

	EACH_OF (t->dim, n, oy, ox, o) {
		double s = 0;

		EACH (i, icg)
			EACH (ky, kh)
				EACH (kx, kw) {
					int64_t iy = oy * c->stride - c->pad;
					int64_t ix = ox * c->stride - c->pad;

					iy += ky;
					ix += kx;
					if (!inside(x->dim, iy, ix))
						continue;
					s += x->v[nhwc(x->dim, n, iy, ix,
						     o / ocg * icg + i)] *
					     w->v[((o * icg + i) * kh + ky) *
							     kw +
						     kx];
				}
		if (t->in[S].v)
			s *= t->in[S].v[o];
		if (t->in[B].v)
			s += t->in[B].v[o];
		if (t->in[R].v)
			s += t->in[R].v[nhwc(t->dim, n, oy, ox, o)];
		y[nhwc(t->dim, n, oy, ox, o)] = naive_act(s, c->act);
	}
}

/* The weight's columns run over c, then y, then x. */
static inline void naive_linear(const struct trial *t, double *y)
{
	const struct op_case *c = t->c;
	const double *x = t->in[X].v, *w = t->in[W].v;
	int64_t plane = c->h * c->w, k = plane * c->c;

	EACH (n, c->n)
		EACH (o, c->oc) {
			double s = t->in[B].v ? t->in[B].v[o] : 0;

			EACH (i, c->c)
				EACH (p, plane)
					s += x[(n * plane + p) * c->c + i] *
					     w[o * k + i * plane + p];
			y[n * c->oc + o] = naive_act(s, c->act);
		}
}

/* Each input pixel paints its kernel onto the output. */
static inline void naive_conv_transpose(const struct trial *t, double *y)
{
	const struct op_case *c = t->c;
	const struct input *x = &t->in[X], *w = &t->in[W];
	int64_t kh = w->dim[2], kw = w->dim[3];

	EACH (i, y_count(t))
		y[i] = 0;
	EACH_OF (x->dim, n, iy, ix, i)
		EACH (o, c->oc)
			EACH (ky, kh)
				EACH (kx, kw) {
					int64_t oy = iy * c->stride - c->pad;
					int64_t ox = ix * c->stride - c->pad;

					oy += ky;
					ox += kx;
					if (!inside(t->dim, oy, ox))
						continue;
					y[nhwc(t->dim, n, oy, ox, o)] +=
						x->v[nhwc(
							x->dim, n, iy, ix, i)] *
						w->v[((i * c->oc + o) * kh +
							     ky) *
								kw +
							kx];
				}
}

/* Doubled, then convolved, as one says it. */
static inline void naive_conv_double(const struct trial *t, double *y)
{
	const struct op_case *c = t->c;
	const struct input *x = &t->in[X];

	EACH_OF (t->dim, n, oy, ox, o) {
		double s = 0;

		EACH (i, c->c)
			EACH (k, 9) {
				int64_t iy = oy - 1 + k / 3,
					ix = ox - 1 + k % 3;

				if (inside(t->dim, iy, ix))
					s += x->v[nhwc(x->dim, n, iy / 2,
						     ix / 2, i)] *
					     t->in[W].v[(o * c->c + i) * 9 + k];
			}
		y[nhwc(t->dim, n, oy, ox, o)] = s;
	}
}

/* Normalise the pictures n0..n1, channels c0..c1 of x by their own mean and
 * variance, or by those given. */
static inline void normalise(const struct trial *t, double *y, int64_t n0,
	int64_t n1, int64_t c0, int64_t c1, const double *stats)
{
	const struct input *x = &t->in[X];
	int64_t plane = x->dim[1] * x->dim[2], c = x->dim[3];
	double m = (double)((n1 - n0) * plane * (c1 - c0)), mean = 0, var = 0;
	double r;

#define EACH_HERE(p, i) \
	for (int64_t p = n0 * plane; p < n1 * plane; p++) \
		for (int64_t i = c0; i < c1; i++)
	EACH_HERE (p, i)
		mean += x->v[p * c + i] / m;
	EACH_HERE (p, i)
		var += pow(x->v[p * c + i] - mean, 2) / m;
	if (stats) {
		mean = stats[0];
		var = stats[1];
	}
	r = 1 / sqrt(var + (double)1e-5f);
	EACH_HERE (p, i) {
		double s = (x->v[p * c + i] - mean) * r * t->in[W].v[i] +
			   t->in[B].v[i];

		if (t->in[R].v)
			s += t->in[R].v[p * c + i];
		y[p * c + i] = naive_act(s, t->c->act);
	}
#undef EACH_HERE
}

static inline void naive_batch_norm(const struct trial *t, double *y)
{
	EACH (i, t->c->c) {
		double stats[] = {t->in[S].v[i], t->in[V].v[i]};

		normalise(t, y, 0, t->c->n, i, i + 1,
			t->c->with & TRAIN ? NULL : stats);
	}
}

static inline void naive_group_norm(const struct trial *t, double *y)
{
	int64_t per = t->c->c / t->c->groups;

	EACH (n, t->c->n)
		EACH (g, t->c->groups)
			normalise(t, y, n, n + 1, g * per, (g + 1) * per, NULL);
}

static inline void naive_activation(const struct trial *t, double *y)
{
	EACH (i, y_count(t))
		y[i] = naive_act(t->in[X].v[i], t->c->act);
}

static inline void naive_max_pool(const struct trial *t, double *y)
{
	const struct op_case *c = t->c;
	const struct input *x = &t->in[X];

	EACH_OF (t->dim, n, oy, ox, o) {
		double most = -INFINITY;

		EACH (ky, c->k)
			EACH (kx, c->k) {
				int64_t iy = oy * c->stride - c->pad + ky;
				int64_t ix = ox * c->stride - c->pad + kx;

				if (inside(x->dim, iy, ix))
					most = fmax(most, x->v[nhwc(x->dim, n,
								  iy, ix, o)]);
			}
		y[nhwc(t->dim, n, oy, ox, o)] = most;
	}
}

static inline void naive_upsample(const struct trial *t, double *y)
{
	const struct input *x = &t->in[X];

	EACH_OF (t->dim, n, oy, ox, c)
		y[nhwc(t->dim, n, oy, ox, c)] =
			x->v[nhwc(x->dim, n, oy / 2, ox / 2, c)];
}

/* As torch.nn.functional.interpolate with size= and mode="nearest" picks. */
static inline void naive_upsample_add(const struct trial *t, double *y)
{
	const struct input *small = &t->in[X];

	EACH_OF (t->dim, n, oy, ox, c) {
		int64_t at = nhwc(t->dim, n, oy, ox, c);

		y[at] = t->in[R].v[at] +
			small->v[nhwc(small->dim, n,
				oy * small->dim[1] / t->dim[1],
				ox * small->dim[2] / t->dim[2], c)];
	}
}

/* Linear interpolation as a sum of tents: a pixel at distance d < 1 counts
 * 1 - d. Beyond a pixel from the map there is nothing; nearer, its edge. */
static inline double tent_sample(
	const struct input *f, int64_t n, double y, double x, int64_t c)
{
	double h = (double)f->dim[1], w = (double)f->dim[2], s = 0;

	if (y < -1 || y > h || x < -1 || x > w)
		return 0;
	y = fmin(fmax(y, 0), h - 1);
	x = fmin(fmax(x, 0), w - 1);
	EACH (py, f->dim[1])
		EACH (px, f->dim[2]) {
			double ky = fmax(0, 1 - fabs(y - (double)py));
			double kx = fmax(0, 1 - fabs(x - (double)px));

			if (ky > 0 && kx > 0)
				s += ky * kx * f->v[nhwc(f->dim, n, py, px, c)];
		}
	return s;
}

/* Levels are X, W, B; S are the boxes, V the level of each. */
static inline void naive_roi_align(const struct trial *t, double *y)
{
	const struct op_case *c = t->c;
	bool aligned = c->with & ALIGNED;
	double size = c->k;

	EACH_OF (t->dim, r, py, px, ch) {
		const double *roi = t->in[S].v + 5 * r;
		int level = (int)t->in[V].v[r];
		double scale = 0.25 / (double)(1 << level), s = 0;
		double x0 = roi[1] * scale - (aligned ? 0.5 : 0);
		double y0 = roi[2] * scale - (aligned ? 0.5 : 0);
		double w = (roi[3] - roi[1]) * scale;
		double h = (roi[4] - roi[2]) * scale;
		double down = c->stride, across = c->stride;

		if (!aligned) {
			w = fmax(w, 1);
			h = fmax(h, 1);
		}
		if (!c->stride) { /* one a pixel */
			down = ceil(h / size);
			across = ceil(w / size);
		}
		for (int i = 0; i < down; i++)
			for (int j = 0; j < across; j++) {
				double fy = (double)py + (i + 0.5) / down;
				double fx = (double)px + (j + 0.5) / across;

				s += tent_sample(&t->in[level], (int64_t)roi[0],
					y0 + h * fy / size, x0 + w * fx / size,
					ch);
			}
		y[nhwc(t->dim, r, py, px, ch)] = s / fmax(down * across, 1);
	}
}

/* Item i of x, and of the targets W, */
static inline double item(const struct trial *t, int64_t i)
{
	return t->in[X].v[t->in[B].v ? (int64_t)t->in[B].v[i] : i];
}

/* which is none where the index is -1; */
static inline bool none(const struct trial *t, int64_t i)
{
	return t->in[B].v && t->in[B].v[i] < 0;
}

/* and how much it counts. */
static inline double share(const struct trial *t, int64_t i)
{
	return 0.25 * (t->in[R].v ? t->in[R].v[i] : 1);
}

static inline void naive_bce(const struct trial *t, double *y)
{
	y[0] = 0;
	EACH (i, input_count(&t->in[W])) {
		double z = t->in[W].v[i], p;

		if (none(t, i))
			continue;
		p = 1 / (1 + exp(-item(t, i)));
		y[0] -= share(t, i) * (z * log(p) + (1 - z) * log(1 - p));
	}
}

static inline void naive_smooth_l1(const struct trial *t, double *y)
{
	double beta = (double)t->c->beta;

	y[0] = 0;
	EACH (i, input_count(&t->in[W])) {
		double d;

		if (none(t, i))
			continue;
		d = fabs(item(t, i) - t->in[W].v[i]);
		y[0] += share(t, i) *
			(d < beta ? d * d / (2 * beta) : d - beta / 2);
	}
}

/* 1 - GIoU from areas, times 0.25, summed over rows. */
static inline void naive_giou(const struct trial *t, double *y)
{
	const double *x = t->in[X].v, *g = t->in[W].v;

	y[0] = 0;
	EACH (n, t->c->n) {
		const double *a = x + 4 * n, *b = g + 4 * n;
		double iw = fmin(a[2], b[2]) - fmax(a[0], b[0]);
		double ih = fmin(a[3], b[3]) - fmax(a[1], b[1]);
		double i = fmax(iw, 0) * fmax(ih, 0);
		double u = (a[2] - a[0]) * (a[3] - a[1]) +
			   (b[2] - b[0]) * (b[3] - b[1]) - i;
		double c = (fmax(a[2], b[2]) - fmin(a[0], b[0])) *
			   (fmax(a[3], b[3]) - fmin(a[1], b[1]));

		y[0] += share(t, n) * (1 - (i / u - (c - u) / c));
	}
}

static inline void naive_softmax(const struct trial *t, double *y)
{
	int64_t k = t->c->c;

	y[0] = 0;
	EACH (r, t->c->n) {
		const double *x = t->in[X].v + r * k;
		int64_t label = (int64_t)t->in[W].v[r];
		double sum = 0;

		EACH (i, k)
			sum += exp(x[i]);
		if (label >= 0)
			y[0] -= share(t, r) * log(exp(x[label]) / sum);
	}
}

#endif
