#include "nn/tape.h"
#include "base/err.h"

void nn_tape_reset(struct nn_tape *t)
{
	t->last = NULL;
	arena_reset(t->arena);
}

struct nn_tensor *nn_new(
	struct nn_tape *t, enum nn_type type, int rank, const int64_t *dim)
{
	struct nn_tensor *x = arena_zero(t->arena, 1, sizeof *x);

	BUG_ON(rank < 0 || rank > NN_RANK_MAX);
	x->type = type;
	x->rank = rank;
	for (int i = 0; i < rank; i++) {
		BUG_ON(dim[i] < 0);
		x->dim[i] = dim[i];
	}
	x->data = arena_alloc(t->arena, nn_bytes(x));
	return x;
}

struct nn_tensor *nn_new_like(struct nn_tape *t, const struct nn_tensor *x)
{
	return nn_new(t, x->type, x->rank, x->dim);
}

void *nn_record(struct nn_tape *t, size_t size,
	void (*backward)(struct nn_tape *, struct nn_node *),
	struct nn_tensor *y, struct nn_tensor *const *inputs, int n)
{
	struct nn_node *node;
	bool wanted = false;

	for (int i = 0; i < n; i++)
		wanted |= inputs[i] && inputs[i]->needs_grad;
	if (!t->record || !wanted)
		return NULL;
	y->needs_grad = true;
	node = arena_zero(t->arena, 1, size);
	node->before = t->last;
	node->backward = backward;
	t->last = node;
	return node;
}

float *nn_grad_begin(struct nn_tape *t, struct nn_tensor *x)
{
	if (!x || !x->needs_grad)
		return NULL;
	if (x->grad_set)
		return arena_alloc(
			t->arena, (size_t)nn_count(x) * sizeof *x->grad);
	if (!x->grad)
		x->grad = arena_alloc(
			t->arena, (size_t)nn_count(x) * sizeof *x->grad);
	x->grad_set = true;
	return x->grad;
}

void nn_grad_end(struct nn_tape *t, struct nn_tensor *x, float *g)
{
	struct nn_add_args a = {x->grad, g};

	if (g != x->grad)
		t->be->each(t->be, NN_BODY_add, &a, 1, nn_count(x));
}

void nn_grad_give(struct nn_tape *t, struct nn_tensor *x, float *g)
{
	if (!x || !x->needs_grad)
		return;
	if (x->grad_set)
		nn_grad_end(t, x, g);
	else if (x->leaf)
		t->be->copy(t->be, nn_grad_begin(t, x), g,
			(size_t)nn_count(x) * sizeof *g);
	else
		x->grad = g;
	x->grad_set = true;
}

void nn_grad_zero(struct nn_tape *t, struct nn_tensor *x)
{
	if (!x || !x->needs_grad || x->grad_set)
		return;
	t->be->clear(t->be, nn_grad_begin(t, x),
		(size_t)nn_count(x) * sizeof *x->grad);
}

void nn_backward(struct nn_tape *t, struct nn_tensor *const *loss, int n)
{
	for (int i = 0; i < n; i++) {
		float one = 1, *g = nn_grad_begin(t, loss[i]);

		BUG_ON(nn_count(loss[i]) != 1);
		if (!g)
			continue;
		t->be->copy(t->be, g, &one, sizeof one);
		nn_grad_end(t, loss[i], g);
	}
	for (struct nn_node *node = t->last; node; node = node->before)
		node->backward(t, node);
	t->last = NULL;
}
