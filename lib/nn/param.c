#include "nn/param.h"
#include "base/mem.h"
#include "nn/parts.h"

#include <string.h>

void nn_params_init(struct nn_params *ps, struct nn_backend *be, uint64_t seed)
{
	*ps = (struct nn_params){.be = be, .rng = rng_new(seed, RNG_INIT)};
}

/* Device memory of as many floats as p has values, if there is any. */
static void release(struct nn_params *ps, const struct nn_param *p, float *m)
{
	if (m)
		ps->be->free(ps->be, m, nn_bytes(&p->x));
}

void nn_params_release(struct nn_params *ps)
{
	for (int i = 0; i < ps->n; i++) {
		struct nn_param *p = ps->p[i];

		ps->be->unpack(ps->be, &p->x);
		release(ps, p, p->x.data);
		release(ps, p, p->x.grad);
		release(ps, p, p->state[0]);
		release(ps, p, p->state[1]);
	}
	nn_parts_free(ps);
	mem_free(ps->p);
	arena_release(&ps->arena);
	*ps = (struct nn_params){0};
}

static float draw(struct rng *rng, struct nn_fill fill)
{
	switch (fill.kind) {
	case NN_FILL_NORMAL:
		return fill.a + fill.b * rng_normal(rng);
	case NN_FILL_UNIFORM:
		return fill.a + (fill.b - fill.a) * rng_uniform(rng);
	default:
		return fill.a;
	}
}

static void fill_tensor(
	struct nn_params *ps, struct nn_tensor *x, struct nn_fill fill)
{
	int64_t n = nn_count(x);
	float *v;

	if (fill.kind == NN_FILL_CONSTANT && fill.a == 0)
		return; /* as it is born */
	v = mem_alloc((size_t)n, sizeof *v);
	for (int64_t i = 0; i < n; i++)
		v[i] = draw(&ps->rng, fill);
	ps->be->copy(ps->be, x->data, v, nn_bytes(x));
	/* The copy may be under way, and v is about to go. */
	ps->be->sync(ps->be);
	mem_free(v);
}

static struct nn_param *add(struct nn_params *ps, const char *name)
{
	struct nn_param *p = arena_zero(&ps->arena, 1, sizeof *p);

	BUG_ON(nn_param_find(ps, name));
	if (ps->n == ps->cap) {
		ps->cap = ps->cap ? 2 * ps->cap : 64;
		ps->p = mem_grow(ps->p, (size_t)ps->cap, sizeof *ps->p);
	}
	ps->p[ps->n++] = p;
	p->name = arena_dup(&ps->arena, name);
	return p;
}

struct nn_tensor *nn_param(struct nn_params *ps, const char *name,
	enum nn_role role, int rank, const int64_t *dim, struct nn_fill fill)
{
	struct nn_param *p = add(ps, name);
	struct nn_tensor *x = &p->x;

	BUG_ON(rank < 0 || rank > NN_RANK_MAX);
	p->role = role;
	p->rank = x->rank = rank;
	for (int i = 0; i < rank; i++) {
		BUG_ON(dim[i] < 1);
		p->shape[i] = x->dim[i] = dim[i];
	}
	x->type = NN_F32;
	x->leaf = true;
	x->needs_grad = role != NN_BUFFER;
	x->data = ps->be->alloc(ps->be, nn_bytes(x));
	if (x->needs_grad)
		x->grad = ps->be->alloc(ps->be, nn_bytes(x));
	fill_tensor(ps, x, fill);
	return x;
}

struct nn_param *nn_param_find(const struct nn_params *ps, const char *name)
{
	for (int i = 0; i < ps->n; i++)
		if (!strcmp(ps->p[i]->name, name))
			return ps->p[i];
	return NULL;
}

int nn_params_freeze(struct nn_params *ps, const char *prefix)
{
	size_t len = strlen(prefix);
	int n = 0;

	for (int i = 0; i < ps->n; i++) {
		struct nn_param *p = ps->p[i];

		if (strncmp(p->name, prefix, len))
			continue;
		p->frozen = true;
		p->x.needs_grad = p->x.grad_set = false;
		release(ps, p, p->x.grad);
		p->x.grad = NULL;
		n++;
	}
	return n;
}

int64_t nn_params_count(const struct nn_params *ps)
{
	int64_t n = 0;

	for (int i = 0; i < ps->n; i++)
		if (ps->p[i]->x.needs_grad)
			n += nn_count(&ps->p[i]->x);
	return n;
}

size_t nn_params_bytes(const struct nn_params *ps, int states)
{
	size_t n = 0;

	for (int i = 0; i < ps->n; i++) {
		const struct nn_tensor *x = &ps->p[i]->x;

		n += nn_bytes(x);
		if (x->needs_grad)
			n += nn_bytes(x) * (size_t)(1 + states);
	}
	return n;
}

void nn_params_clear_grads(struct nn_params *ps)
{
	/* The first to reach one overwrites it. */
	for (int i = 0; i < ps->n; i++)
		ps->p[i]->x.grad_set = false;
}

float *nn_param_state(struct nn_params *ps, struct nn_param *p, int k)
{
	if (!p->state[k])
		p->state[k] = ps->be->alloc(ps->be, nn_bytes(&p->x));
	return p->state[k];
}
