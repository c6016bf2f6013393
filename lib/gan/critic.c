#include "gan/critic.h"

void critic_forward(struct critic *c, struct nn_tape *t,
	const struct dcgan_net *d, struct nn_tensor *x,
	const struct nn_augment_picture *augment, bool colour,
	const struct nn_tensor *select)
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

/* v becomes m * v, where m is the slope at y. */
static void mask(const struct critic *c, const struct nn_tensor *y,
	const struct nn_tensor *v)
{
	struct nn_act_grad_args a = {
		v->type, y->data, v->data, v->data, NN_LEAKY};

	c->t->be->each(c->t->be, NN_BODY_act_grad, &a, 1, nn_count(v));
}

/* y = k[picture] * x + kv * v; v may be NULL. */
static void mix(const struct critic *c, const struct nn_tensor *x,
	const struct nn_tensor *k, const struct nn_tensor *v, float kv,
	const struct nn_tensor *y)
{
	struct nn_mix_args a = {x->type, x->data, k->data, v ? v->data : NULL,
		kv, y->data, nn_count(x) / c->n};

	c->t->be->each(c->t->be, NN_BODY_mix, &a, c->n, a.lanes);
}

/* The gradient at the last layer: select, of each picture times s (or 1). */
static struct nn_tensor *seed(const struct critic *c, const struct nn_tensor *s)
{
	struct nn_tape *t = c->t;
	struct nn_tensor *d = nn_new_like(t, c->y[c->d->n - 1]), *cast;

	if (s)
		mix(c, c->select, s, NULL, 0, d);
	else
		t->be->copy(t->be, d->data, c->select->data, nn_bytes(d));
	cast = nn_cast(t, d, c->x->type);
	nn_drop(t, d);
	return cast;
}

/* d[l] for every layer, from s at the logit; to_picture: also what comes out
 * of the first, the gradient by x. */
static struct nn_tensor *go_back(const struct critic *c,
	const struct nn_tensor *s, bool to_picture, struct nn_tensor **d)
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

/* db += column sums of d. */
static void bias_gradient(
	const struct critic *c, int layer, const struct nn_tensor *d)
{
	nn_bias_gradient(c->t, c->d->layer[layer].bias, d, d->data);
}

/* The gradient by the augmented picture becomes that by the picture: the sums
 * of its squares; and then again what that does to the augmented one. */
static void along(const struct critic *c, struct nn_tensor **g, double *length)
{
	struct nn_tape *t = c->t;
	int64_t lanes = nn_channels(*g);
	struct nn_tensor *to, *sum = nn_new_f64(t, lanes);

	if (c->augment) {
		to = nn_new_like(t, *g);
		nn_augment_linear(t, *g, c->augment, c->colour, true,
			(*g)->data, to->data);
	} else {
		to = *g;
	}
	t->be->sums(t->be, to->type, to->data, to->data, 1, nn_rows(to), lanes,
		sum->data, length);
	nn_drop(t, sum);
	if (c->augment) {
		nn_augment_linear(t, *g, c->augment, c->colour, false, to->data,
			(*g)->data);
		nn_drop(t, to);
	}
}

/* w_i's gradient with what came in and its tangent v, and v becomes the next
 * layer's. */
static struct nn_tensor *step_along(const struct critic *c, int i,
	struct nn_tensor *v, struct nn_tensor *d, const struct nn_tensor *s,
	float k)
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

void critic_backward(
	struct critic *c, const struct nn_tensor *s, float k, double *length)
{
	struct nn_tape *t = c->t;
	struct nn_tensor *d[DCGAN_LAYERS_MAX], *v;

	v = go_back(c, k > 0 ? NULL : s, k > 0, d);
	if (k > 0)
		along(c, &v, length);
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
}
