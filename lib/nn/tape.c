#include "nn/tape.h"
#include "base/err.h"

void nn_tape_reset(struct nn_tape *t)
{
	t->last = NULL;
	arena_reset(t->arena);
	nn_pool_reset(t->pool);
}

void nn_drop(struct nn_tape *t, struct nn_tensor *x)
{
	if (x && x->refs && !--x->refs) {
		nn_pool_free(t->pool, x->data);
		x->data = NULL;
	}
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
	x->data = nn_pool_alloc(t->pool, nn_bytes(x));
	x->refs = 1;
	return x;
}

struct nn_tensor *nn_new_like(struct nn_tape *t, const struct nn_tensor *x)
{
	return nn_new(t, x->type, x->rank, x->dim);
}

struct nn_tensor *nn_new_f64(struct nn_tape *t, int64_t n)
{
	int64_t floats = n * (int64_t)(sizeof(double) / sizeof(float));

	return nn_new(t, NN_F32, 1, &floats);
}

struct nn_tensor *nn_upload(struct nn_tape *t, enum nn_type type, int rank,
	const int64_t *dim, const void *values)
{
	struct nn_tensor *x = nn_new(t, type, rank, dim);

	t->be->copy(t->be, x->data, values, nn_bytes(x));
	return x;
}

struct nn_tensor *nn_upload_vector(
	struct nn_tape *t, enum nn_type type, int64_t n, const void *values)
{
	return nn_upload(t, type, 1, &n, values);
}

const void *nn_send(struct nn_tape *t, const void *v, int64_t n, size_t size)
{
	return nn_upload_vector(
		t, NN_I32, n * (int64_t)(size / sizeof(int32_t)), v)
		->data;
}

struct nn_tensor *nn_to_device(struct nn_tape *t, struct nn_tensor *x)
{
	return t->be->host ? x
			   : nn_upload(t, x->type, x->rank, x->dim, x->data);
}

const void *nn_host(struct nn_tape *t, const struct nn_tensor *x)
{
	void *values;

	if (t->be->host)
		return x->data;
	values = arena_zero(t->arena, 1, nn_bytes(x));
	t->be->copy(t->be, values, x->data, nn_bytes(x));
	return values;
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
	node->y = y;
	t->last = node;
	return node;
}

void nn_keep(struct nn_node *node, const struct nn_tensor *x)
{
	/* Being held is no change of what it holds. */
	struct nn_tensor *held = (struct nn_tensor *)x;
	int i = 0;

	if (!x->refs)
		return;
	while (node->kept[i])
		BUG_ON(++i == NN_KEPT_MAX);
	node->kept[i] = held;
	held->refs++;
}

void *nn_grad_begin(struct nn_tape *t, struct nn_tensor *x)
{
	if (!x || !x->needs_grad)
		return NULL;
	if (x->grad_set)
		return nn_pool_alloc(t->pool, nn_bytes(x));
	if (!x->grad)
		x->grad = nn_pool_alloc(t->pool, nn_bytes(x));
	x->grad_set = true;
	return x->grad;
}

void nn_grad_end(struct nn_tape *t, struct nn_tensor *x, void *g)
{
	struct nn_add_args a = {x->type, x->grad, g};

	if (g == x->grad)
		return;
	t->be->each(t->be, NN_BODY_add, &a, 1, nn_count(x));
	nn_pool_free(t->pool, g);
}

void nn_grad_give(struct nn_tape *t, struct nn_tensor *x, struct nn_tensor *y)
{
	if (!x || !x->needs_grad)
		return;
	BUG_ON(x->type != y->type || nn_count(x) != nn_count(y));
	if (x->grad_set) {
		struct nn_add_args a = {x->type, x->grad, y->grad};

		t->be->each(t->be, NN_BODY_add, &a, 1, nn_count(x));
	} else if (x->grad || y->leaf) {
		t->be->copy(t->be, nn_grad_begin(t, x), y->grad, nn_bytes(x));
	} else {
		x->grad = y->grad;
		y->grad = NULL;
		y->grad_set = false;
		x->grad_set = true;
	}
}

void nn_grad_zero(struct nn_tape *t, struct nn_tensor *x)
{
	if (x && x->needs_grad && !x->grad_set)
		t->be->clear(t->be, nn_grad_begin(t, x), nn_bytes(x));
}

void nn_seed(struct nn_tape *t, struct nn_tensor *y, const float *gradient)
{
	void *g = nn_grad_begin(t, y);

	BUG_ON(y->type != NN_F32);
	if (!g)
		return;
	t->be->copy(t->be, g, gradient, nn_bytes(y));
	nn_grad_end(t, y, g);
}

/* Nobody reaches an op's output again once the op has gone back. */
static void node_done(struct nn_tape *t, struct nn_node *node)
{
	if (node->y->grad && !node->y->leaf) {
		nn_pool_free(t->pool, node->y->grad);
		node->y->grad = NULL;
		node->y->grad_set = false;
	}
	for (int i = 0; i < NN_KEPT_MAX; i++)
		nn_drop(t, node->kept[i]);
}

void nn_backward(struct nn_tape *t, struct nn_tensor *const *loss, int n)
{
	for (int i = 0; i < n; i++) {
		float one = 1;

		BUG_ON(nn_count(loss[i]) != 1);
		nn_seed(t, loss[i], &one);
	}
	for (struct nn_node *node = t->last; node; node = node->before) {
		node->backward(t, node);
		node_done(t, node);
	}
	t->last = NULL;
}
