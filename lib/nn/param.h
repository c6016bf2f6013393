/*
 * Parameters: the named tensors of a network, in memory for the whole run.
 * A model registers them in the order in which PyTorch lists them; the
 * optimiser and the checkpoint then need no knowledge of the model.
 *
 *	struct nn_params ps;
 *	nn_params_init(&ps, be, seed);
 *	w = nn_param(&ps, "conv1.weight", NN_WEIGHT, 4,
 *		(int64_t[]){64, 3, 7, 7},
 *		(struct nn_fill){NN_FILL_NORMAL, 0, 0.02f});
 *	...
 *	nn_params_release(&ps);
 */
#ifndef NN_PARAM_H
#define NN_PARAM_H

#include "base/err.h"
#include "base/rng.h"
#include "nn/tape.h"

enum nn_role {
	NN_WEIGHT, /* of a convolution or linear layer: decays */
	NN_BIAS,   /* Detectron: twice the rate, no decay */
	NN_NORM,   /* gain or bias of a norm: no decay */
	NN_BUFFER  /* running statistics, frozen norms: never trained */
};

/* What a parameter is filled with before training. */
struct nn_fill {
	enum nn_fill_kind {
		NN_FILL_CONSTANT, /* a */
		NN_FILL_NORMAL,   /* mean a, standard deviation b */
		NN_FILL_UNIFORM   /* from a to b */
	} kind;
	float a, b;
};

struct nn_param {
	const char *name;
	enum nn_role role;
	bool frozen; /* not trained, though its role could be */
	struct nn_tensor x;
	/* The shape on disk: x's, unless the model says otherwise (fc6's
	 * weight is 4-D here, 2-D there). */
	int rank;
	int64_t shape[NN_RANK_MAX];
	float *state[2]; /* the optimiser's: momentum; or Adam's two moments */
};

struct nn_params {
	struct nn_backend *be;
	struct arena arena; /* names and entries */
	struct rng rng;     /* RNG_INIT stream: values by order of creation */
	int n, cap;
	struct nn_param **p;    /* entries never move */
	struct nn_parts *parts; /* of nn/parts.h, once it was asked for */
};

void nn_params_init(struct nn_params *ps, struct nn_backend *be, uint64_t seed);
void nn_params_release(struct nn_params *ps);

/* A new parameter, f32, filled; its tensor. The name, which no other has, is
 * copied. Needs a gradient unless its role is NN_BUFFER. */
struct nn_tensor *nn_param(struct nn_params *ps, const char *name,
	enum nn_role role, int rank, const int64_t *dim, struct nn_fill fill);
/* The one of that name, or NULL. */
struct nn_param *nn_param_find(const struct nn_params *ps, const char *name);
/* Stop training every parameter whose name begins with prefix; how many. */
int nn_params_freeze(struct nn_params *ps, const char *prefix);
/* Number of values with a gradient, as PyTorch counts parameters. */
int64_t nn_params_count(const struct nn_params *ps);
/* Bytes of all of them, with gradients and `states` of the optimiser's. */
size_t nn_params_bytes(const struct nn_params *ps, int states);
/* Forget all gradients, before a step. */
void nn_params_clear_grads(struct nn_params *ps);
/* The optimiser's state k (0 or 1) of a parameter, as many floats as it has
 * values: made, zeroed, when it is not there. */
float *nn_param_state(struct nn_params *ps, struct nn_param *p, int k);

#endif
