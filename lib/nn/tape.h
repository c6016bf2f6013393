/*
 * The tape: ops compute at once, and note how to go back. nn_backward walks
 * the notes from the last to the first and leaves gradients in the tensors
 * that need one.
 *
 *	struct nn_tape t = {.be = be, .arena = &step, .pool = &pool,
 *		.record = true, .train = true};
 *	y = nn_conv(&t, x, w, NULL, b, NULL, (struct nn_conv_how){...});
 *	loss = nn_softmax_loss(&t, y, labels, 1.0f / n);
 *	nn_drop(&t, y);			// we need it no more
 *	nn_backward(&t, &loss, 1);	// w->grad += ..., b->grad += ...
 *	nn_tape_reset(&t);		// all of the step's memory is free
 *
 * What an op makes lives until the tape is reset: tensors and notes in the
 * arena, what they hold in the pool. Whoever will not read a tensor again may
 * drop it: its memory is then used again as soon as the way back does not
 * need it either, which is what keeps large pictures in little memory.
 *
 * Gradients of parameters are added to (+=) what is there; those of
 * activations are set by the first op that reaches them and added to by the
 * others.
 */
#ifndef NN_TAPE_H
#define NN_TAPE_H

#include "base/arena.h"
#include "nn/backend.h"
#include "nn/pool.h"

struct nn_tape;

enum { NN_KEPT_MAX = 2 };

struct nn_node {
	struct nn_node *before;
	void (*backward)(struct nn_tape *t, struct nn_node *node);
	struct nn_tensor *y;
	struct nn_tensor *kept[NN_KEPT_MAX];
};

struct nn_tape {
	struct nn_backend *be;
	struct arena *arena;
	struct nn_pool *pool;
	bool record; /* note how to go back */
	bool train;  /* batch norm uses the batch's statistics */
	struct nn_node *last;
};

/* The caller will not read x any more. Tensors that no op made stay. */
void nn_drop(struct nn_tape *t, struct nn_tensor *x);

/* Gradients of the sum of n scalars (rank 1, one element each). */
void nn_backward(struct nn_tape *t, struct nn_tensor *const *loss, int n);

/* The gradient of y, from the host's memory, one number a value: where
 * nn_backward begins besides the losses. y is f32. */
void nn_seed(struct nn_tape *t, struct nn_tensor *y, const float *gradient);

/* Forget the notes and everything made since the last reset. */
void nn_tape_reset(struct nn_tape *t);

/* A tensor of what the host has in `values`; they may go at once. */
struct nn_tensor *nn_upload(struct nn_tape *t, enum nn_type type, int rank,
	const int64_t *dim, const void *values);
/* A vector of n. */
struct nn_tensor *nn_upload_vector(
	struct nn_tape *t, enum nn_type type, int64_t n, const void *values);
/* n structures of 32-bit words, as the device has them. */
const void *nn_send(struct nn_tape *t, const void *v, int64_t n, size_t size);
/* x, which the host has, for the device: x itself, or an upload. */
struct nn_tensor *nn_to_device(struct nn_tape *t, struct nn_tensor *x);
/* What x holds, where the host can read it: in x itself, or in a copy in the
 * arena; zeros, where nothing is computed. */
const void *nn_host(struct nn_tape *t, const struct nn_tensor *x);

/* ---- for the ops ---- */

/* A new tensor, not cleared. */
struct nn_tensor *nn_new(
	struct nn_tape *t, enum nn_type type, int rank, const int64_t *dim);
struct nn_tensor *nn_new_like(struct nn_tape *t, const struct nn_tensor *x);
/* Room for n doubles, whose type and shape mean nothing. */
struct nn_tensor *nn_new_f64(struct nn_tape *t, int64_t n);

/*
 * Note an op whose output is y: size bytes that begin with a struct nn_node.
 * NULL when nobody will go back (the tape does not record, or none of the n
 * inputs, each possibly NULL, needs a gradient).
 */
void *nn_record(struct nn_tape *t, size_t size,
	void (*backward)(struct nn_tape *, struct nn_node *),
	struct nn_tensor *y, struct nn_tensor *const *inputs, int n);
/* The op's way back reads x's data, once. */
void nn_keep(struct nn_node *node, const struct nn_tensor *x);

/*
 * Where an op may write x's gradient, of x's type, overwriting what is there;
 * then nn_grad_end adds it to what came before, if anything did. NULL when x
 * (which may be NULL) needs none.
 */
void *nn_grad_begin(struct nn_tape *t, struct nn_tensor *x);
void nn_grad_end(struct nn_tape *t, struct nn_tensor *x, void *g);
/* The same for y's gradient, which is x's too: y may lose it. */
void nn_grad_give(struct nn_tape *t, struct nn_tensor *x, struct nn_tensor *y);
/* And for a gradient of zeros, from an op that had no rows. */
void nn_grad_zero(struct nn_tape *t, struct nn_tensor *x);

#endif
