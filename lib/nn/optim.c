#include "nn/optim.h"

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

/* Sum of the squares of rows x lanes values, lanes <= NN_SUM_LANES. */
static double squares(
	const struct nn_params *ps, const float *x, int64_t rows, int64_t lanes)
{
	double *sx = ps->sums, *sxx = sx + NN_SUM_LANES;
	double part[NN_SUM_LANES] = {0}; /* for a backend that runs dry */
	double sum = 0;

	if (!rows || !lanes)
		return 0;
	ps->be->sums(ps->be, NN_F32, x, x, rows, lanes, sx, sxx);
	ps->be->copy(ps->be, part, sxx, (size_t)lanes * sizeof *part);
	for (int64_t c = 0; c < lanes; c++)
		sum += part[c];
	return sum;
}

double nn_grad_norm(const struct nn_params *ps)
{
	double sum = 0;

	for (int i = 0; i < ps->n; i++) {
		const struct nn_tensor *x = &ps->p[i]->x;
		int64_t n = nn_count(x), rest = n % NN_SUM_LANES;

		if (!active(ps->p[i]))
			continue;
		sum += squares(ps, x->grad, n / NN_SUM_LANES, NN_SUM_LANES);
		sum += squares(ps, (float *)x->grad + n - rest, 1, rest);
	}
	return sqrt(sum);
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
