#include "nn/stash.h"
#include "base/err.h"

static bool changes(const struct nn_param *p)
{
	return p->role == NN_BUFFER && !p->frozen;
}

static size_t bytes(const struct nn_params *ps)
{
	size_t n = 0;

	for (int i = 0; i < ps->n; i++)
		n += changes(ps->p[i]) ? nn_bytes(&ps->p[i]->x) : 0;
	return n;
}

void nn_stash_take(struct nn_stash *s, const struct nn_params *ps)
{
	char *to;

	if (!s->values) {
		s->be = ps->be;
		s->bytes = bytes(ps);
		s->values = ps->be->alloc(ps->be, s->bytes);
	}
	to = (char *)s->values;
	for (int i = 0; i < ps->n; i++) {
		const struct nn_tensor *x = &ps->p[i]->x;

		if (!changes(ps->p[i]))
			continue;
		ps->be->copy(ps->be, to, x->data, nn_bytes(x));
		to += nn_bytes(x);
	}
}

void nn_stash_put(const struct nn_stash *s, struct nn_params *ps)
{
	const char *from = (const char *)s->values;

	BUG_ON(s->bytes != bytes(ps));
	for (int i = 0; i < ps->n; i++) {
		struct nn_tensor *x = &ps->p[i]->x;

		if (!changes(ps->p[i]))
			continue;
		ps->be->copy(ps->be, x->data, from, nn_bytes(x));
		x->version++;
		from += nn_bytes(x);
	}
}

void nn_stash_release(struct nn_stash *s)
{
	if (s->values)
		s->be->free(s->be, s->values, s->bytes);
	*s = (struct nn_stash){0};
}
