/*
 * The gradient of
 *	P = sum_n s_n D(x_n) + k/2 sum_n |grad_x D(x_n)|^2
 * by D's weights, against central differences of P as a plain program computes
 * it in double precision; D sees x augmented, and has labels.
 */
#include "gan/critic.h"
#include "gan/preset.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

enum { N = 3, W = 12, H = 24, NDF = 3, LABELS = 2, OUT = 1 + LABELS, C = 3 };
enum { PIXELS = W * H, MOST = 4096 };

static double x[N][PIXELS * C], s[N], k;
static float select_[N * OUT];
static struct nn_augment_picture moved[N] = {
	{1, -2, 2, 3, 8, 12, 0.25f, 1.5f, 0.75f}, {0, 0, 0, 0, 0, 0, 0, 1, 1},
	{-1, 3, 0, 20, 6, 30, -0.5f, 0.5f, 1.25f}};

/* ---- the plain program ---- */

/* The picture's mean, or that of its gradient: C's linear part. */
static void recolour(const struct nn_augment_picture *p, double *v, bool linear)
{
	double m = 0;

	for (int i = 0; i < PIXELS * C; i++)
		m += v[i] / (PIXELS * C);
	for (int i = 0; i < PIXELS; i++) {
		double *q = v + i * C, g = (q[0] + q[1] + q[2]) / 3;

		for (int c = 0; c < C; c++)
			q[c] = p->contrast *
				       (p->saturation * (q[c] - g) + g - m) +
			       m + (linear ? 0 : p->brightness);
	}
}

/* to += from, moved; back: the transpose. */
static void shift(const struct nn_augment_picture *p, const double *from,
	double *to, bool back)
{
	memset(to, 0, PIXELS * C * sizeof *to);
	for (int y = 0; y < H; y++)
		for (int i = 0; i < W; i++) {
			int sy = y - p->dy, sx = i - p->dx;
			bool cut = i >= p->cx && i < p->cx1 && y >= p->cy &&
				   y < p->cy1;

			if (cut || sx < 0 || sy < 0 || sx >= W || sy >= H)
				continue;
			for (int c = 0; c < C; c++) {
				int a = (y * W + i) * C + c;
				int b = (sy * W + sx) * C + c;

				to[back ? b : a] += from[back ? a : b];
			}
		}
}

struct plane {
	int h, w, c;
	double v[MOST];
};

/* y = w * x; or, back, x = w^T y. */
static void convolve(const struct dcgan_layer *l, struct plane *in,
	struct plane *out, bool back)
{
	const float *w = l->w->data;
	int kh = (int)l->w->dim[2], kw = (int)l->w->dim[3];

	memset(back ? in->v : out->v, 0, sizeof in->v);
	for (int oy = 0; oy < out->h; oy++)
		for (int ox = 0; ox < out->w; ox++)
			for (int t = 0; t < kh * kw * out->c * in->c; t++) {
				int kx = t % kw, ky = t / kw % kh;
				int ic = t / kw / kh % in->c;
				int oc = t / kw / kh / in->c;
				int iy = oy * l->how.stride - l->how.pad + ky;
				int ix = ox * l->how.stride - l->how.pad + kx;
				double *a, *b;

				if (iy < 0 || ix < 0 || iy >= in->h ||
					ix >= in->w)
					continue;
				a = &in->v[(iy * in->w + ix) * in->c + ic];
				b = &out->v[(oy * out->w + ox) * out->c + oc];
				if (back)
					*a += w[t] * *b;
				else
					*b += w[t] * *a;
			}
}

/* s D(x) + k/2 |grad|^2 of one picture; *length is |grad|^2. */
static double part(const struct dcgan_net *d, int n, double *length)
{
	static struct plane y[DCGAN_LAYERS_MAX + 1];
	static double g[PIXELS * C];
	const struct nn_augment_picture *p = &moved[n];
	double sum = 0;

	y[0] = (struct plane){H, W, C, {0}};
	memcpy(g, x[n], sizeof g);
	recolour(p, g, false);
	shift(p, g, y[0].v, false);
	for (int i = 0; i < d->n; i++) {
		const struct dcgan_layer *l = &d->layer[i];
		const float *bias = l->bias->data;
		struct plane *o = &y[i + 1];

		o->h = (y[i].h + 2 * l->how.pad - (int)l->w->dim[2]) /
			       l->how.stride +
		       1;
		o->w = (y[i].w + 2 * l->how.pad - (int)l->w->dim[3]) /
			       l->how.stride +
		       1;
		o->c = (int)l->w->dim[0];
		convolve(l, &y[i], o, false);
		for (int j = 0; j < o->h * o->w * o->c; j++) {
			o->v[j] += bias[j % o->c];
			if (i < d->n - 1 && o->v[j] < 0)
				o->v[j] *= NN_LEAKY_SLOPE;
		}
	}
	for (int j = 0; j < OUT; j++) {
		sum += s[n] * select_[n * OUT + j] * y[d->n].v[j];
		y[d->n].v[j] = select_[n * OUT + j];
	}
	for (int i = d->n - 1; i >= 0; i--) {
		struct plane was = y[i];

		convolve(&d->layer[i], &y[i], &y[i + 1], true);
		for (int j = 0; i && j < was.h * was.w * was.c; j++)
			if (was.v[j] < 0)
				y[i].v[j] *= NN_LEAKY_SLOPE;
	}
	shift(p, y[0].v, g, true);
	recolour(p, g, true);
	*length = 0;
	for (int i = 0; i < PIXELS * C; i++)
		*length += g[i] * g[i];
	return sum + k / 2 * *length;
}

static double plain(const struct dcgan_net *d, double *length)
{
	double sum = 0, one;

	*length = 0;
	for (int n = 0; n < N; n++) {
		sum += part(d, n, &one);
		*length += one / N;
	}
	return sum;
}

/* ---- ours ---- */

static double ours(struct nn_backend *be, struct dcgan_net *d)
{
	struct arena a = {0};
	struct nn_pool pool;
	struct nn_tape t = {.be = be, .arena = &a, .pool = &pool};
	struct critic c;
	struct nn_tensor *in, *select, *how, *seed;
	double length[C] = {0}, all = 0;

	nn_pool_init(&pool, be);
	in = nn_new(&t, NN_F32, 4, (int64_t[]){N, H, W, C});
	for (int i = 0; i < N * PIXELS * C; i++)
		((float *)in->data)[i] =
			(float)x[i / (PIXELS * C)][i % (PIXELS * C)];
	select = nn_upload(&t, NN_F32, 2, (int64_t[]){N, OUT}, select_);
	how = nn_upload(&t, NN_F32, 2,
		(int64_t[]){N, sizeof *moved / sizeof(float)}, moved);
	seed = nn_new(&t, NN_F32, 1, (int64_t[]){N});
	for (int i = 0; i < N; i++)
		((float *)seed->data)[i] = (float)s[i];
	nn_params_clear_grads(&d->params);
	critic_forward(&c, &t, d, in, how->data, true, select);
	critic_backward(&c, seed, (float)k, length);
	for (int i = 0; i < C; i++)
		all += length[i] / N;
	nn_drop(&t, in);
	nn_drop(&t, select);
	nn_drop(&t, how);
	nn_drop(&t, seed);
	is_int((long)pool.used, 0, "what it took it gave back");
	nn_tape_reset(&t);
	nn_pool_release(&pool);
	arena_release(&a);
	return all;
}

/* Every weight: the largest difference, and the largest derivative. */
static void compare(struct dcgan_net *d)
{
	const double step = 1e-6; /* seldom a kink between */
	double worst = 0, most = 0, length;
	int many = 0;

	for (int i = 0; i < d->params.n; i++) {
		struct nn_tensor *w = &d->params.p[i]->x;
		float *v = w->data;
		const float *g = w->grad;

		for (int64_t j = 0; j < nn_count(w); j += 1 + i % 3 * 4) {
			float was = v[j], up, down;
			double p, q, slope;

			v[j] = up = was + (float)step;
			p = plain(d, &length);
			v[j] = down = was - (float)step;
			q = plain(d, &length);
			v[j] = was;
			slope = (p - q) / ((double)up - (double)down);
			worst = fmax(worst, fabs(slope - (double)g[j]));
			most = fmax(most, fabs(slope));
			many++;
		}
	}
	printf("# %d derivatives up to %g, off by at most %g\n", many, most,
		worst);
	ok(worst < 1e-4 * most, "the gradient by every weight");
}

/* Where pictures are cut out only the biases are left: not on the kink. */
static void fill_biases(struct dcgan_net *d)
{
	for (int i = 0; i < d->params.n; i++) {
		struct nn_tensor *w = &d->params.p[i]->x;

		for (int64_t j = 0; w->rank == 1 && j < nn_count(w); j++)
			((float *)w->data)[j] =
				0.1f * (float)(j % 3 - 1) + 0.05f;
	}
}

static void check(struct nn_backend *be, double gamma)
{
	struct gan_run run;
	struct dcgan_net d;
	double length, got;

	gan_preset(&run, "garment", NULL);
	run.net.width = W;
	run.net.height = H;
	run.net.ndf = NDF;
	run.net.labels = LABELS;
	dcgan_discriminator_init(&d, &run.net, be, 1);
	fill_biases(&d);
	k = gamma;
	got = ours(be, &d);
	plain(&d, &length);
	is_near(got, gamma > 0 ? length : 0, 1e-5 * length,
		"the gradient's length");
	compare(&d);
	dcgan_net_release(&d);
}

int main(void)
{
	struct nn_backend *be = nn_cpu_open(1);
	struct rng r = rng_new(7, RNG_DRAW);

	for (int i = 0; i < N * PIXELS * C; i++)
		x[i / (PIXELS * C)][i % (PIXELS * C)] = 2 * rng_uniform(&r) - 1;
	for (int n = 0; n < N; n++) {
		s[n] = rng_normal(&r);
		for (int j = 0; j < OUT; j++)
			select_[n * OUT + j] = j ? rng_uniform(&r) : 1;
	}
	check(be, 0);
	check(be, 0.7);
	be->close(be);
	return done();
}
