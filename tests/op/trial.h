/*
 * A row of the table of op_test.c, and what it unfolds into: the inputs of
 * one op, in f64 but each exactly a float, and the shape of its output.
 */
#ifndef OP_TRIAL_H
#define OP_TRIAL_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/rng.h"
#include "nn/cpu/cpu_int.h"
#include "nn/device.h"
#include "nn/ops.h"

/* What an op is given besides its x. */
enum {
	SCALE = 1,
	BIAS = 2,
	RESIDUAL = 4,
	TRAIN = 8,
	ALIGNED = 16,
	INDEX = 32,
	WEIGHTS = 64,
	MISSING = 128, /* of an index some entries are -1 */
	TO_F32 = 256   /* y is f32, whatever x is */
};

/* Places of the inputs; each op has its own reading of them. */
enum { X, W, B, R, S, V, INPUTS };

struct trial;

struct op {
	const char *name;
	/* Fill the inputs and the shape of y. */
	void (*setup)(struct trial *t);
	/* y in f64, by the plainest loops that say what is meant. */
	void (*naive)(const struct trial *t, double *y);
	struct nn_tensor *(*run)(const struct trial *t, struct nn_tape *tape,
		struct nn_tensor **in);
	bool f32_only; /* takes no bf16 */
	/* Free what run keeps, once the pass is over; or NULL. */
	void (*done)(struct nn_backend *be);
};

struct op_case {
	const struct op *op;
	int n, h, w, c; /* x */
	int oc, k, stride, pad, groups;
	unsigned with;
	enum nn_act act;
	float beta;
	int kw; /* columns of a kernel; 0: as many as rows, k */
};

struct input {
	enum nn_type type;
	bool differentiable;
	bool weight; /* of a convolution: always a leaf, always f32 */
	int rank;
	int64_t dim[NN_RANK_MAX];
	double *v; /* NULL: absent */
};

struct trial {
	const struct op_case *c;
	enum nn_type type;        /* of activations */
	enum cpu_kernels kernels; /* of convolutions in f32, on the CPU */
	bool card;                /* not on the CPU */
	struct arena *arena;
	struct rng rng;
	struct input in[INPUTS];
	int rank; /* of y */
	int64_t dim[NN_RANK_MAX];
	char name[160];
};

static inline int64_t product(int rank, const int64_t *dim)
{
	int64_t n = 1;

	for (int i = 0; i < rank; i++)
		n *= dim[i];
	return n;
}

static inline int64_t input_count(const struct input *in)
{
	return product(in->rank, in->dim);
}

/* Whether it is kept in the trial's type: pictures and rows of features, not
 * what is per channel. */
static inline bool is_activation(const struct trial *t, int at)
{
	const struct input *in = &t->in[at];

	return in->differentiable && !in->weight && (in->rank == 4 || at == X);
}

static inline int64_t y_count(const struct trial *t)
{
	return product(t->rank, t->dim);
}

/* A new input of normally distributed floats, differentiable. */
static inline struct input *add_input(
	struct trial *t, int at, int rank, const int64_t *dim)
{
	struct input *in = &t->in[at];
	int64_t n = product(rank, dim);

	in->type = NN_F32;
	in->differentiable = true;
	in->rank = rank;
	memcpy(in->dim, dim, (size_t)rank * sizeof *dim);
	in->v = arena_alloc(t->arena, (size_t)n * sizeof *in->v);
	for (int64_t i = 0; i < n; i++)
		in->v[i] = (double)rng_normal(&t->rng);
	return in;
}

static inline struct input *add_constant(
	struct trial *t, int at, int rank, const int64_t *dim)
{
	struct input *in = add_input(t, at, rank, dim);

	in->differentiable = false;
	return in;
}

static inline void set_y(struct trial *t, int rank, const int64_t *dim)
{
	t->rank = rank;
	memcpy(t->dim, dim, (size_t)rank * sizeof *dim);
}

#define DIMS(...) \
	(int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), (int64_t[]) \
	{ \
		__VA_ARGS__ \
	}

/* "conv 3x9x7x5 oc16 k3 s2 p1 scale bias relu" */
static inline void name_trial(struct trial *t)
{
	static const char *const with[] = {"scale", "bias", "residual", "train",
		"aligned", "index", "weights", "missing", "f32"};
	static const char *const kernels[] = {[CPU_BOTH] = "both",
		[CPU_OWN] = "own",
		[CPU_DIRECT] = "direct",
		[CPU_WINOGRAD] = "winograd"};
	static const char *const act[] = {
		"", " relu", " leaky", " tanh", " sigmoid", " softplus"};
	const struct op_case *c = t->c;
	size_t size = sizeof t->name;
	int at = snprintf(t->name, size, "%s %dx%dx%dx%d", c->op->name, c->n,
		c->h, c->w, c->c);

#define PART(value, text) \
	if (value) \
	at += snprintf(t->name + at, size - (size_t)at, text, value)
	PART(c->oc, " oc%d");
	PART(c->k, " k%d");
	PART(c->kw, "x%d");
	PART(c->stride, " s%d");
	PART(c->pad, " p%d");
	PART(c->groups, " g%d");
	PART((double)c->beta, " beta%.3g");
	PART(t->type == NN_BF16 ? "bf16" : NULL, " %s");
	PART(kernels[t->kernels], " %s");
	for (int i = 0; i < 9; i++)
		PART(c->with >> i & 1 ? with[i] : NULL, " %s");
	snprintf(t->name + at, size - (size_t)at, "%s", act[c->act]);
#undef PART
}

#endif
