#include "nn/ema.h"
#include "nn/optim.h"
#include "nn/parts.h"

#include <math.h>
#include <string.h>

void nn_ema_init(struct nn_ema *ema, const struct nn_params *of)
{
	ema->on = true;
	nn_params_init(&ema->mean, of->be, 0);
	for (int i = 0; i < of->n; i++) {
		const struct nn_param *p = of->p[i];
		struct nn_param *mean;

		nn_param(&ema->mean, p->name, NN_BUFFER, p->x.rank, p->x.dim,
			(struct nn_fill){NN_FILL_CONSTANT, 0, 0});
		mean = ema->mean.p[i];
		mean->rank = p->rank;
		memcpy(mean->shape, p->shape, sizeof mean->shape);
	}
	nn_ema_restart(ema, of);
}

void nn_ema_release(struct nn_ema *ema)
{
	if (ema->on)
		nn_params_release(&ema->mean);
	ema->on = false;
}

void nn_ema_restart(struct nn_ema *ema, const struct nn_params *of)
{
	for (int i = 0; i < of->n; i++)
		of->be->copy(of->be, ema->mean.p[i]->x.data, of->p[i]->x.data,
			nn_bytes(&of->p[i]->x));
	of->be->sync(of->be);
}

void nn_mean_step(struct nn_params *mean, const struct nn_params *of,
	float rest, bool buffers)
{
	struct nn_parts *t = nn_parts_begin(mean);
	struct nn_ema_args a;

	for (int i = 0; i < of->n; i++) {
		struct nn_tensor *m = &mean->p[i]->x;

		if (!buffers && of->p[i]->role == NN_BUFFER)
			continue;
		*nn_parts_add(t) = (struct nn_part){.w = of->p[i]->x.data,
			.m = m->data,
			.n = (int32_t)nn_count(m)};
		m->version++;
	}
	nn_parts_end(mean);
	a = (struct nn_ema_args){
		.t = t->table, .verdict = nn_grad_verdict(of), .rest = rest};
	of->be->each(of->be, NN_BODY_ema, &a, t->rows, NN_CHUNK);
}

void nn_ema_step(struct nn_ema *ema, const struct nn_params *of, float keep)
{
	nn_mean_step(&ema->mean, of, 1 - keep, true);
}

float nn_ema_keep(double decay, int64_t steps)
{
	return (float)fmin(decay, (1 + (double)steps) / (10 + (double)steps));
}

void nn_ema_swap(struct nn_ema *ema, struct nn_params *with)
{
	for (int i = 0; i < with->n; i++) {
		struct nn_tensor *w = &with->p[i]->x;
		struct nn_tensor *mean = &ema->mean.p[i]->x;
		void *data = w->data;

		w->data = mean->data;
		mean->data = data;
		w->version++;
		mean->version++;
	}
}
