/*
 * Many processes that train one network: ranks, which mpirun or srun starts,
 * each with a device of its own and its own pictures of every step. The
 * gradients become the mean of all ranks' before the optimiser's step, which is
 * then the same in each (data parallel training).
 *
 *	struct nn_ranks r;
 *
 *	if (nn_ranks_join(&r, e))	// before anything else
 *		return -1;
 *	be = nn_device_open(nn_ranks_card(&r, "cuda", room), threads, e);
 *	nn_ranks_meet(&r, be, e);
 *	... forward, back ...
 *	nn_ranks_mean(&params, losses, n);
 *	... the optimiser's step ...
 *	nn_ranks_leave(&r);
 *
 * Hosts talk by MPI, which is a plug-in (nn/reduce/plugin.h): one process alone
 * needs none, and then all of this does nothing. Cards sum by NCCL. What ranks
 * do together, each must do, in the same order; whoever ends without leaving
 * takes the others with it.
 */
#ifndef NN_RANKS_H
#define NN_RANKS_H

#include "nn/param.h"

struct nn_mpi;

enum { NN_RANKS_CARD = 32 }; /* bytes of a device's name */

struct nn_ranks {
	int rank, size;
	int local, locals; /* of those of this machine: number, how many */
	const struct nn_mpi *mpi; /* NULL: alone */
	struct nn_span *span;     /* room for what is summed */
	int spans;
};

/* Values on the device that become the mean of all ranks'. */
struct nn_span {
	void *x;
	int64_t n;
	bool f64; /* else f32 */
};

/* Size 1 where nobody started more. ERR_UNAVAILABLE when there are more, but
 * the plug-in, or MPI, cannot be loaded. */
int nn_ranks_join(struct nn_ranks *r, struct err *e);
/* Zeros may leave, too. */
void nn_ranks_leave(struct nn_ranks *r);

/* The device that a rank is to open where `name` is given: for "auto" and
 * "cuda", of several ranks on a machine with cards, each has a card of its own
 * as far as there are so many. What is returned is name, or in room. */
const char *nn_ranks_card(
	const struct nn_ranks *r, const char *name, char room[NN_RANKS_CARD]);

/* This rank's device is be. ERR_UNAVAILABLE when all cannot sum together: some
 * are cards and some are not, or NCCL is missing or too old. r stays where it
 * is until be is closed. */
int nn_ranks_meet(struct nn_ranks *r, struct nn_backend *be, struct err *e);

/* The mean of all ranks, of the gradients of all parameters that are trained,
 * in f32, a gradient that a rank has none of being zeros; and of n doubles, the
 * device's too. Nobody waits for a device. */
void nn_ranks_mean(struct nn_params *ps, double *also, int64_t n);

/* The largest that any rank gives. */
int nn_ranks_most(const struct nn_ranks *r, int mine);
/* What the first rank has there, for all. */
void nn_ranks_share(const struct nn_ranks *r, void *p, size_t bytes);

#endif
