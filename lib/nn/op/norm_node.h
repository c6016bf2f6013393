/* What batch norm and group norm have in common: the note of how to go back,
 * and that way but for the sums that the statistics are of. */
#ifndef NN_OP_NORM_NODE_H
#define NN_OP_NORM_NODE_H

#include "nn/ops.h"

struct norm_node {
	struct nn_node node;
	struct nn_norm norm;
	struct nn_tensor *x, *residual, *y;
	enum nn_act act;
	bool train;
	struct nn_tensor *stats; /* means, then rstds */
	struct nn_tensor *mul;   /* batch norm: mul, then add */
};

/* Room for sums and coefficients of c channels; NULL gradients are not wanted.
 */
struct norm_back {
	struct nn_tensor *sums, *k;
	struct nn_norm_back at;
	void *dx;
};

static inline struct norm_node *norm_record(struct nn_tape *t,
	void (*backward)(struct nn_tape *, struct nn_node *),
	struct nn_tensor *x, const struct nn_norm *norm,
	struct nn_tensor *residual, enum nn_act act, struct nn_tensor *y,
	struct nn_tensor *stats)
{
	struct nn_tensor *inputs[] = {x, norm->gain, norm->bias, residual};
	struct norm_node *nd = nn_record(t, sizeof *nd, backward, y, inputs, 4);

	if (!nd) {
		nn_drop(t, stats);
		return NULL;
	}
	nd->norm = *norm;
	nd->x = x;
	nd->residual = residual;
	nd->y = y;
	nd->act = act;
	nd->train = t->train;
	nd->stats = stats;
	nn_keep(&nd->node, x);
	if (act != NN_LINEAR)
		nn_keep(&nd->node, y);
	return nd;
}

static inline struct norm_back norm_back_begin(
	struct nn_tape *t, const struct norm_node *nd)
{
	int64_t c = nn_channels(nd->x);
	struct norm_back b;

	nn_act_undo(t, nd->y, nd->act);
	b.sums = nn_new_f64(t, 2 * c);
	b.k = nn_new(t, NN_F32, 1, &(int64_t){3 * c});
	b.at.dz = b.sums->data;
	b.at.dzx = b.at.dz + c;
	b.at.kdy = b.k->data;
	b.at.kx = b.at.kdy + c;
	b.at.k1 = b.at.kdy + 2 * c;
	b.at.dgain = nn_grad_begin(t, nd->norm.gain);
	b.at.dbias = nn_grad_begin(t, nd->norm.bias);
	b.dx = nn_grad_begin(t, nd->x);
	return b;
}

/* dx of so many rows, where it is wanted, from number `first` on. */
static inline void norm_back_rows(struct nn_tape *t, const struct norm_node *nd,
	const struct norm_back *b, int64_t first, int64_t rows)
{
	enum nn_type type = nd->x->type;
	int64_t c = nn_channels(nd->x), at = first * c;
	struct nn_norm_grad_args a = {type, nn_at(nd->y->grad, at, type),
		nn_at(nd->x->data, at, type), b->at.kdy, b->at.kx, b->at.k1,
		NULL, c};

	if (!b->dx)
		return;
	a.dx = nn_at_mut(b->dx, at, type);
	t->be->each(t->be, NN_BODY_norm_grad, &a, rows, c);
}

static inline void norm_back_end(
	struct nn_tape *t, const struct norm_node *nd, struct norm_back *b)
{
	if (b->at.dgain)
		nn_grad_end(t, nd->norm.gain, b->at.dgain);
	if (b->at.dbias)
		nn_grad_end(t, nd->norm.bias, b->at.dbias);
	if (b->dx)
		nn_grad_end(t, nd->x, b->dx);
	nn_drop(t, b->sums);
	nn_drop(t, b->k);
	nn_grad_give(t, nd->residual, nd->y);
}

#endif
