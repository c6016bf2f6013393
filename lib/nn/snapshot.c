#include "nn/snapshot.h"
#include "base/err.h"
#include "nn/optim.h"
#include "nn/parts.h"

static bool changes(const struct nn_param *p)
{
	return p->role == NN_BUFFER && !p->frozen;
}

static void make(struct nn_snapshot *s, const struct nn_params *ps)
{
	nn_params_init(&s->kept, ps->be, 0);
	for (int i = 0; i < ps->n; i++) {
		const struct nn_param *p = ps->p[i];

		if (changes(p))
			nn_param(&s->kept, p->name, NN_BUFFER, p->x.rank,
				p->x.dim,
				(struct nn_fill){NN_FILL_CONSTANT, 0, 0});
	}
}

/* Of all at once: aside, or back where the verdict is bad. Whoever changed them
 * meanwhile has raised their versions. */
static void move(struct nn_snapshot *s, const struct nn_params *ps,
	const struct nn_verdict *verdict)
{
	struct nn_parts *t = nn_parts_begin(&s->kept);
	struct nn_snapshot_args a;
	int k = 0;

	for (int i = 0; i < ps->n; i++) {
		const struct nn_tensor *x = &ps->p[i]->x;

		if (!changes(ps->p[i]))
			continue;
		BUG_ON(k == s->kept.n);
		*nn_parts_add(t) = (struct nn_part){.w = x->data,
			.m = s->kept.p[k++]->x.data,
			.n = (int32_t)nn_count(x)};
	}
	nn_parts_end(&s->kept);
	a = (struct nn_snapshot_args){t->table, verdict};
	ps->be->each(ps->be, NN_BODY_snapshot, &a, t->rows, NN_CHUNK);
}

void nn_snapshot_take(struct nn_snapshot *s, const struct nn_params *ps)
{
	if (!s->kept.be)
		make(s, ps);
	move(s, ps, NULL);
}

void nn_snapshot_restore(struct nn_snapshot *s, const struct nn_params *ps)
{
	const struct nn_verdict *verdict = nn_grad_verdict(ps);

	BUG_ON(!verdict);
	move(s, ps, verdict);
}

void nn_snapshot_release(struct nn_snapshot *s)
{
	if (s->kept.be)
		nn_params_release(&s->kept);
}
