#include "nn/optim.h"
#include "base/err.h"
#include "nn/parts.h"

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

/* All that take part, with their state; their versions are raised. */
static struct nn_parts *list(struct nn_params *ps, int states)
{
	struct nn_parts *t = nn_parts_begin(ps);

	for (int i = 0; i < ps->n; i++) {
		struct nn_param *p = ps->p[i];
		struct nn_part *part;

		if (!active(p))
			continue;
		part = nn_parts_add(t);
		*part = (struct nn_part){.w = p->x.data,
			.g = p->x.grad,
			.m = nn_param_state(ps, p, 0),
			.n = (int32_t)nn_count(&p->x),
			.role = (int32_t)p->role};
		if (states > 1)
			part->v = nn_param_state(ps, p, 1);
		p->x.version++;
		if (ps->be->renew)
			ps->be->renew(ps->be, &p->x, part);
	}
	nn_parts_end(ps);
	return t;
}

void nn_sgd_step(struct nn_params *ps, const struct nn_sgd *how)
{
	struct nn_parts *t = list(ps, 1);
	struct nn_sgd_args a = {.t = t->table,
		.verdict = nn_parts_judge(ps, how->clip, how->finite),
		.momentum = how->momentum * how->rescale};

	for (int i = NN_WEIGHT; i <= NN_NORM; i++) {
		a.lr[i] = i == NN_BIAS ? how->lr * how->bias_lr : how->lr;
		a.decay[i] = decay(how, (enum nn_role)i);
	}
	ps->be->each(ps->be, NN_BODY_sgd, &a, t->rows, NN_CHUNK);
}

void nn_adam_step(struct nn_params *ps, const struct nn_adam *how)
{
	double step = (double)how->step;
	double fix1 = 1 - pow(how->beta1, step);
	double fix2 = 1 - pow(how->beta2, step);
	struct nn_parts *t = list(ps, 2);
	struct nn_adam_args a = {.t = t->table,
		.verdict = nn_parts_judge(ps, how->clip, how->finite),
		.l2 = how->l2,
		.rate = (float)(how->lr / fix1),
		.root = (float)(1 / sqrt(fix2)),
		.eps = how->eps,
		.beta1 = (float)how->beta1,
		.rest1 = (float)(1 - how->beta1),
		.beta2 = (float)how->beta2,
		.rest2 = (float)(1 - how->beta2)};

	BUG_ON(how->step < 1);
	for (int i = NN_WEIGHT; i <= NN_NORM; i++)
		a.keep[i] =
			(float)(1 -
				how->lr * (i == NN_WEIGHT ? (double)how->decay
							  : 0));
	ps->be->each(ps->be, NN_BODY_adam, &a, t->rows, NN_CHUNK);
}

const struct nn_verdict *nn_grad_verdict(const struct nn_params *ps)
{
	return ps->parts ? ps->parts->verdict : NULL;
}

const double *nn_grad_norm_at(const struct nn_params *ps)
{
	BUG_ON(!nn_grad_verdict(ps));
	return &nn_grad_verdict(ps)->norm;
}

double nn_grad_norm(const struct nn_params *ps)
{
	double norm = 0;

	ps->be->copy(ps->be, &norm, nn_grad_norm_at(ps), sizeof norm);
	return norm;
}
