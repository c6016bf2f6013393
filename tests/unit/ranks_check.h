/* What every kind of ranks must do, on the CPU or on a card (nn/ranks.h): to be
 * called by all of them at once, and their checks are the first one's to tell.
 */
#ifndef UNIT_RANKS_CHECK_H
#define UNIT_RANKS_CHECK_H

#include "tap.h"
#include "nn/optim.h"
#include "nn/ranks.h"

/* It held, in all of them. */
static inline void all_ok(const struct nn_ranks *r, bool held, const char *what)
{
	held = !nn_ranks_most(r, !held);
	if (!r->rank)
		ok(held, "%d rank%s: %s", r->size, r->size == 1 ? "" : "s",
			what);
}

static inline struct nn_tensor *ranks_param(
	struct nn_params *ps, const char *name, enum nn_role role, int64_t n)
{
	return nn_param(ps, name, role, 1, &n,
		(struct nn_fill){NN_FILL_CONSTANT, 1, 0});
}

/* A gradient of (rank + 1) * (i + 1). */
static inline void give_grad(
	const struct nn_ranks *r, struct nn_backend *be, struct nn_tensor *x)
{
	float g[64];

	for (int64_t i = 0; i < nn_count(x); i++)
		g[i] = (float)((r->rank + 1) * (i + 1));
	be->copy(be, x->grad, g, nn_bytes(x));
	be->sync(be);
	x->grad_set = true;
}

/* Whether it is factor * (i + 1) now. */
static inline bool has_grad(
	struct nn_backend *be, const struct nn_tensor *x, double factor)
{
	float g[64];
	bool held = x->grad_set;

	be->copy(be, g, x->grad, nn_bytes(x));
	for (int64_t i = 0; i < nn_count(x); i++)
		held &= fabs((double)g[i] - factor * (double)(i + 1)) < 1e-5;
	return held;
}

/* Whether it is what the first rank has. */
static inline bool agrees(const struct nn_ranks *r, struct nn_backend *be,
	const struct nn_tensor *x)
{
	float mine[64], first[64];

	be->copy(be, mine, x->data, nn_bytes(x));
	memcpy(first, mine, nn_bytes(x));
	nn_ranks_share(r, first, nn_bytes(x));
	return !memcmp(mine, first, nn_bytes(x));
}

static inline void check_ranks(struct nn_ranks *r, struct nn_backend *be)
{
	double mean = (r->size + 1) / 2.0, loss[2] = {r->rank, 1e-12};
	struct nn_sgd how = {.lr = 0.1f, .rescale = 1, .bias_lr = 2};
	struct nn_params ps;
	struct nn_tensor *w, *b, *still, *own;
	double *also = be->alloc(be, sizeof loss);

	nn_params_init(&ps, be, 1);
	w = ranks_param(&ps, "w", NN_WEIGHT, 61);
	b = ranks_param(&ps, "b", NN_BIAS, 1);
	own = ranks_param(&ps, "own", NN_WEIGHT, 3);
	still = ranks_param(&ps, "still", NN_BUFFER, 2);
	give_grad(r, be, w);
	give_grad(r, be, b);
	/* That only the first has a gradient of. */
	give_grad(r, be, own);
	own->grad_set = !r->rank;
	be->copy(be, also, loss, sizeof loss);
	nn_ranks_mean(&ps, also, 2);
	be->copy(be, loss, also, sizeof loss);
	all_ok(r, has_grad(be, w, mean) && has_grad(be, b, mean),
		"gradients are the mean");
	all_ok(r, has_grad(be, own, 1.0 / r->size),
		"of one that some do not have, too");
	all_ok(r, !still->grad && !still->grad_set, "buffers have none");
	all_ok(r,
		fabs(loss[0] - (r->size - 1) / 2.0) < 1e-15 &&
			fabs(loss[1] - 1e-12) < 1e-27,
		"doubles stay doubles");
	nn_sgd_step(&ps, &how);
	all_ok(r, agrees(r, be, w) && agrees(r, be, b) && agrees(r, be, own),
		"a step leaves the same weights in all");
	be->free(be, also, sizeof loss);
	nn_params_release(&ps);
	all_ok(r, nn_ranks_most(r, 7 - r->rank) == 7, "the most of all");
	all_ok(r, nn_ranks_most(r, r->rank) == r->size - 1,
		"the most of all, of the last");
}

#endif
