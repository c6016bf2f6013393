#include "nn/ops.h"
#include "base/err.h"

struct nn_tensor *nn_fetch(struct nn_tape *t, enum nn_type type,
	const uint8_t *store, const struct nn_tensor *which, int h, int w)
{
	struct nn_tensor *y =
		nn_new(t, type, 4, (int64_t[]){nn_count(which), h, w, 3});
	struct nn_fetch_args a = {
		type, store, which->data, y->data, h, w, nn_channels(y)};

	t->be->each(t->be, NN_BODY_fetch, &a, nn_rows(y), 1);
	return y;
}

/*
 * y = S(C(x)): colours first, then moving and cutting, so that what is cut
 * out is zero. Going back is C'(S'(dy)); C's linear part is its own
 * transpose.
 */
struct augment_node {
	struct nn_node node;
	struct nn_tensor *x, *y;
	const struct nn_augment_picture *picture;
	bool colour;
};

static void shift(struct nn_tape *t, const struct nn_tensor *like,
	const struct nn_augment_picture *picture, bool back, const void *from,
	void *to)
{
	struct nn_shift_args a = {like->type, from, to, picture,
		(int32_t)like->dim[1], (int32_t)like->dim[2], back,
		nn_channels(like)};

	t->be->each(t->be, NN_BODY_shift, &a, nn_rows(like), a.lanes);
}

/* In one lane, which does a whole pixel. */
static void recolour(struct nn_tape *t, const struct nn_tensor *like,
	const struct nn_augment_picture *picture, bool linear, const void *from,
	void *to)
{
	int64_t n = like->dim[0], lanes = nn_channels(like);
	int64_t size = like->dim[1] * like->dim[2];
	struct nn_tensor *sum = nn_new_f64(t, n * lanes);
	struct nn_recolour_args a = {like->type, from, to, picture, sum->data,
		size, lanes, linear ? 0 : 1};

	t->be->sums(
		t->be, like->type, from, NULL, n, size, lanes, sum->data, NULL);
	t->be->each(t->be, NN_BODY_recolour, &a, nn_rows(like), 1);
	nn_drop(t, sum);
}

void nn_augment_linear(struct nn_tape *t, const struct nn_tensor *x,
	const struct nn_augment_picture *picture, bool colour, bool transpose,
	const void *from, void *to)
{
	void *between;

	if (!colour) {
		shift(t, x, picture, transpose, from, to);
	} else if (transpose) {
		shift(t, x, picture, true, from, to);
		recolour(t, x, picture, true, to, to);
	} else {
		between = nn_pool_alloc(t->pool, nn_bytes(x));
		recolour(t, x, picture, true, from, between);
		shift(t, x, picture, false, between, to);
		nn_pool_free(t->pool, between);
	}
}

static void augment_backward(struct nn_tape *t, struct nn_node *node)
{
	struct augment_node *nd = (struct augment_node *)node;
	void *dx;

	if (!nd->y->grad_set)
		return;
	dx = nn_grad_begin(t, nd->x);
	if (!dx)
		return;
	nn_augment_linear(
		t, nd->x, nd->picture, nd->colour, true, nd->y->grad, dx);
	nn_grad_end(t, nd->x, dx);
}

struct nn_tensor *nn_augment(struct nn_tape *t, struct nn_tensor *x,
	const struct nn_augment_picture *picture, bool colour)
{
	struct nn_tensor *y = nn_new_like(t, x);
	struct augment_node *nd;
	void *between;

	BUG_ON(x->rank != 4);
	if (colour) {
		between = nn_pool_alloc(t->pool, nn_bytes(x));
		recolour(t, x, picture, false, x->data, between);
		shift(t, x, picture, false, between, y->data);
		nn_pool_free(t->pool, between);
	} else {
		shift(t, x, picture, false, x->data, y->data);
	}
	nd = nn_record(t, sizeof *nd, augment_backward, y, &x, 1);
	if (nd) {
		nd->x = x;
		nd->y = y;
		nd->picture = picture;
		nd->colour = colour;
	}
	return y;
}
