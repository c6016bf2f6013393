#include "gan/critic.h"

void critic_forward(struct critic *c, struct nn_tape *t,
	const struct dcgan_net *d, struct nn_tensor *x,
	const struct nn_augment_picture *augment, bool colour,
	const float *select)
{
	*c = (struct critic){.t = t,
		.d = d,
		.augment = augment,
		.colour = colour,
		.select = select,
		.n = (int)x->dim[0],
		.x = augment ? nn_augment(t, x, augment, colour) : x};
	for (int i = 0; i < d->n; i++) {
		const struct dcgan_layer *l = &d->layer[i];

		BUG_ON(l->norm.gain);
		c->y[i] = nn_conv(t, i ? c->y[i - 1] : c->x, l->w, NULL,
			l->bias, NULL, l->how);
	}
}

static struct nn_tensor *input(const struct critic *c, int layer)
{
	return layer ? c->y[layer - 1] : c->x;
}

/* All in x's type: what gradients have. */
static struct nn_conv geometry(const struct critic *c, int layer)
{
	struct nn_conv_how how = c->d->layer[layer].how;

	how.f32 = false;
	return nn_conv_of(input(c, layer), c->d->layer[layer].w, how);
}

/* The gradient at the last layer: select, of each picture times s (or 1). */
static struct nn_tensor *seed(const struct critic *c, const float *s)
{
	struct nn_tape *t = c->t;
	const struct nn_tensor *logit = c->y[c->d->n - 1];
	int64_t count = nn_count(logit), each = count / c->n;
	float *v = arena_alloc(t->arena, nn_bytes(logit));
	struct nn_tensor *d = nn_new_like(t, logit), *cast;

	for (int64_t i = 0; i < count; i++)
		v[i] = c->select[i] * (s ? s[i / each] : 1);
	t->be->copy(t->be, d->data, v, nn_bytes(d));
	cast = nn_cast(t, d, c->x->type);
	nn_drop(t, d);
	return cast;
}

/* v becomes m * v, where m is the slope at y. */
static void mask(const struct critic *c, const struct nn_tensor *y,
	const struct nn_tensor *v)
{
	struct nn_act_grad_args a = {
		v->type, y->data, v->data, v->data, NN_LEAKY};

	c->t->be->each(c->t->be, NN_BODY_act_grad, &a, 1, nn_count(v));
}

/* d[l] for every layer, from s at the logit; to_picture: also what comes out
 * of the first, the gradient by x. */
static struct nn_tensor *go_back(const struct critic *c, const float *s,
	bool to_picture, struct nn_tensor **d)
{
	struct nn_tape *t = c->t;
	int last = c->d->n - 1;
	struct nn_tensor *g = NULL;

	d[last] = seed(c, s);
	for (int i = last; i > (to_picture ? -1 : 0); i--) {
		struct nn_conv conv = geometry(c, i);

		g = nn_new_like(t, input(c, i));
		t->be->conv_dgrad(t->be, &conv, d[i]->data, c->d->layer[i].w,
			NULL, g->data);
		if (i) {
			mask(c, c->y[i - 1], g);
			d[i - 1] = g;
		}
	}
	return to_picture ? g : NULL;
}

/* y = k[picture] * x + kv * v; v may be NULL. */
static void mix(const struct critic *c, const struct nn_tensor *x,
	const float *k, const struct nn_tensor *v, float kv,
	const struct nn_tensor *y)
{
	struct nn_mix_args a = {x->type, x->data, k, v ? v->data : NULL, kv,
		y->data, nn_count(x) / c->n};

	c->t->be->each(c->t->be, NN_BODY_mix, &a, c->n, a.lanes);
}

/* db += column sums of d. */
static void bias_gradient(
	const struct critic *c, int layer, const struct nn_tensor *d)
{
	struct nn_tape *t = c->t;
	struct nn_tensor *bias = c->d->layer[layer].bias;
	int64_t lanes = nn_channels(d);
	double *sum = arena_zero(t->arena, (size_t)lanes, sizeof *sum);
	float *g;

	if (!bias)
		return;
	g = nn_grad_begin(t, bias);
	t->be->sums(
		t->be, d->type, d->data, NULL, nn_rows(d), lanes, sum, NULL);
	for (int64_t i = 0; i < lanes; i++)
		g[i] = (float)sum[i];
	nn_grad_end(t, bias, g);
}

/* The gradient by the augmented picture becomes that by the picture: its
 * squared length, summed; and then again what that does to the augmented one.
 */
static double along(const struct critic *c, struct nn_tensor **g)
{
	struct nn_tape *t = c->t;
	int64_t lanes = nn_channels(*g);
	double *sum = arena_zero(t->arena, 2 * (size_t)lanes, sizeof *sum);
	struct nn_tensor *to;
	double all = 0;

	if (c->augment) {
		to = nn_new_like(t, *g);
		nn_augment_linear(t, *g, c->augment, c->colour, true,
			(*g)->data, to->data);
	} else {
		to = *g;
	}
	t->be->sums(t->be, to->type, to->data, to->data, nn_rows(to), lanes,
		sum, sum + lanes);
	for (int64_t i = 0; i < lanes; i++)
		all += sum[lanes + i];
	if (c->augment) {
		nn_augment_linear(t, *g, c->augment, c->colour, false, to->data,
			(*g)->data);
		nn_drop(t, to);
	}
	return all;
}

/* w_i's gradient with what came in and its tangent v, and v becomes the next
 * layer's. */
static struct nn_tensor *step_along(const struct critic *c, int i,
	struct nn_tensor *v, struct nn_tensor *d, const float *s, float k)
{
	static const struct nn_epilogue none = {NULL, NULL, NULL, NN_LINEAR};
	struct nn_tape *t = c->t;
	struct nn_conv conv = geometry(c, i);
	struct nn_tensor *w = c->d->layer[i].w, *next = NULL;
	struct nn_tensor *both = nn_new_like(t, v);

	mix(c, input(c, i), s, v, k, both);
	t->be->conv_wgrad(t->be, &conv, both->data, d->data, w, NULL);
	nn_drop(t, both);
	mix(c, d, s, NULL, 0, d);
	bias_gradient(c, i, d);
	if (i < c->d->n - 1) {
		next = nn_new_like(t, c->y[i]);
		t->be->conv(t->be, &conv, v->data, w, &none, next->data);
		mask(c, c->y[i], next);
	}
	nn_drop(t, v);
	return next;
}

static void let_go(struct critic *c)
{
	for (int i = 0; i < c->d->n; i++)
		nn_drop(c->t, c->y[i]);
	if (c->augment)
		nn_drop(c->t, c->x);
}

double critic_backward(struct critic *c, const float *s, float k)
{
	struct nn_tape *t = c->t;
	struct nn_tensor *d[DCGAN_LAYERS_MAX], *v;
	double length = 0;

	v = go_back(c, k > 0 ? NULL : s, k > 0, d);
	if (k > 0)
		length = along(c, &v) / c->n;
	for (int i = 0; i < c->d->n; i++) {
		if (k > 0) {
			v = step_along(c, i, v, d[i], s, k);
		} else {
			struct nn_conv conv = geometry(c, i);

			t->be->conv_wgrad(t->be, &conv, input(c, i)->data,
				d[i]->data, c->d->layer[i].w, NULL);
			bias_gradient(c, i, d[i]);
		}
		nn_drop(t, d[i]);
	}
	let_go(c);
	return length;
}
