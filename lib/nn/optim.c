#include "nn/optim.h"
#include "base/mem.h"

#include <math.h>

static float decay(const struct nn_sgd *how, enum nn_role role)
{
	if (role == NN_NORM)
		return how->norm_decay;
	return role == NN_WEIGHT || how->bias_decay ? how->decay : 0;
}

/* Whether a parameter takes part in this step. */
static bool active(const struct nn_param *p)
{
	return p->x.needs_grad && p->x.grad_set;
}

void nn_sgd_step(struct nn_params *ps, const struct nn_sgd *how)
{
	for (int i = 0; i < ps->n; i++) {
		struct nn_param *p = ps->p[i];
		struct nn_sgd_args a;

		if (!active(p))
			continue;
		a = (struct nn_sgd_args){
			.w = p->x.data,
			.v = nn_param_state(ps, p, 0),
			.g = p->x.grad,
			.lr = p->role == NN_BIAS ? how->lr * how->bias_lr
						 : how->lr,
			.momentum = how->momentum * how->rescale,
			.decay = decay(how, p->role),
		};
		ps->be->each(ps->be, NN_BODY_sgd, &a, 1, nn_count(&p->x));
		p->x.version++;
	}
}

void nn_adam_step(struct nn_params *ps, const struct nn_adam *how)
{
	double t = (double)how->step;
	double fix1 = 1 - pow(how->beta1, t), fix2 = 1 - pow(how->beta2, t);

	BUG_ON(how->step < 1);
	for (int i = 0; i < ps->n; i++) {
		struct nn_param *p = ps->p[i];
		double decay = p->role == NN_WEIGHT ? how->decay : 0;
		struct nn_adam_args a;

		if (!active(p))
			continue;
		a = (struct nn_adam_args){
			.w = p->x.data,
			.m = nn_param_state(ps, p, 0),
			.v = nn_param_state(ps, p, 1),
			.g = p->x.grad,
			.l2 = how->l2,
			.keep = (float)(1 - how->lr * decay),
			.rate = (float)(how->lr / fix1),
			.root = (float)(1 / sqrt(fix2)),
			.eps = how->eps,
			.beta1 = (float)how->beta1,
			.rest1 = (float)(1 - how->beta1),
			.beta2 = (float)how->beta2,
			.rest2 = (float)(1 - how->beta2),
		};
		ps->be->each(ps->be, NN_BODY_adam, &a, 1, nn_count(&p->x));
		p->x.version++;
	}
}

/* ---- the norm ---- */

/* Values that a backend sums side by side. */
enum { LANES = 256 };

/*
 * Room for sums of squares: on the device a row of LANES that nobody reads,
 * then two rows a parameter, of its whole rows of LANES and of the rest; and
 * the latter on the host. All are asked for before the first is waited for.
 */
struct nn_squares {
	int n; /* parameters */
	double *device, *host;
};

static size_t squares_bytes(int n)
{
	return (size_t)(2 * n) * LANES * sizeof(double);
}

static void squares_init(struct nn_params *ps)
{
	struct nn_squares *s;

	if (ps->squares && ps->squares->n == ps->n)
		return;
	nn_squares_free(ps);
	s = ps->squares = mem_alloc(1, sizeof *s);
	s->n = ps->n;
	s->device = ps->be->alloc(
		ps->be, squares_bytes(s->n) + LANES * sizeof(double));
	s->host = mem_alloc(1, squares_bytes(s->n));
}

void nn_squares_free(struct nn_params *ps)
{
	struct nn_squares *s = ps->squares;

	if (!s)
		return;
	ps->be->free(ps->be, s->device,
		squares_bytes(s->n) + LANES * sizeof(double));
	mem_free(s->host);
	mem_free(s);
	ps->squares = NULL;
}

/* The column sums of the squares of rows x lanes values, into row k. */
static void square(const struct nn_params *ps, const float *x, int64_t rows,
	int64_t lanes, int k)
{
	double *unread = ps->squares->device, *to = unread + (1 + k) * LANES;

	if (rows && lanes)
		ps->be->sums(ps->be, NN_F32, x, x, rows, lanes, unread, to);
}

static double sum(const double *x, int64_t n)
{
	double s = 0;

	for (int64_t i = 0; i < n; i++)
		s += x[i];
	return s;
}

double nn_grad_norm(struct nn_params *ps)
{
	double total = 0, *host;

	squares_init(ps);
	host = ps->squares->host;
	for (int i = 0; i < ps->n; i++) {
		const struct nn_tensor *x = &ps->p[i]->x;
		int64_t n = nn_count(x), rest = n % LANES;

		if (!active(ps->p[i]))
			continue;
		square(ps, x->grad, n / LANES, LANES, 2 * i);
		square(ps, (float *)x->grad + n - rest, 1, rest, 2 * i + 1);
	}
	ps->be->copy(ps->be, host, ps->squares->device + LANES,
		squares_bytes(ps->n));
	for (int i = 0; i < ps->n; i++) {
		int64_t n = nn_count(&ps->p[i]->x);

		if (!active(ps->p[i]))
			continue;
		total += sum(host + 2 * i * LANES, n < LANES ? 0 : LANES);
		total += sum(host + (2 * i + 1) * LANES, n % LANES);
	}
	return sqrt(total);
}

void nn_grad_scale(struct nn_params *ps, float by)
{
	for (int i = 0; i < ps->n; i++) {
		struct nn_param *p = ps->p[i];
		struct nn_scale_args a = {p->x.grad, by};

		if (active(p))
			ps->be->each(
				ps->be, NN_BODY_scale, &a, 1, nn_count(&p->x));
	}
}
