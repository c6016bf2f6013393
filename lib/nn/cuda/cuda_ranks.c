/* The mean over the cards of all ranks, by NCCL, in the stream of all work: it
 * waits for the gradients and the optimiser waits for it, but no host does. */
#include "base/mem.h"
#include "nn/cuda/cuda_int.h"
#include "nn/cuda/cuda_nccl.h"
#include "nn/ranks.h"
#include "nn/reduce/plugin.h"

struct cuda_ranks {
	const struct nccl *nccl;
	nccl_comm comm;
};

/* As cuda_check. */
static void check(const struct nccl *nccl, int status, const char *call)
{
	if (status)
		err_die(ERR_UNAVAILABLE, "NCCL: %s: %s", call,
			nccl->GetErrorString(status));
}

int cuda_meet(struct nn_backend *be, const struct nn_mpi *mpi, struct err *e)
{
	struct cuda *c = be->self;
	const struct nccl *nccl = cuda_nccl(e);
	struct nccl_id id = {{0}};
	nccl_comm comm = NULL;
	int status = 0;

	/* All begin together or none does: the others would wait. */
	if (mpi->most(!nccl))
		return nccl ? err_set(e, ERR_UNAVAILABLE,
				      "another rank has no NCCL")
			    : -1;
	if (!mpi->rank)
		status = nccl->GetUniqueId(&id);
	mpi->share(&id, sizeof id);
	if (!mpi->most(status))
		status = nccl->CommInitRank(&comm, mpi->size, id, mpi->rank);
	if (status)
		return err_set(e, ERR_UNAVAILABLE,
			"NCCL cannot join the cards of %d ranks: %s", mpi->size,
			nccl->GetErrorString(status));
	if (!comm)
		return err_set(e, ERR_UNAVAILABLE,
			"another rank's NCCL does not begin");
	c->ranks = mem_alloc(1, sizeof *c->ranks);
	*c->ranks = (struct cuda_ranks){nccl, comm};
	return 0;
}

void cuda_mean(struct nn_backend *be, const struct nn_span *span, int n)
{
	struct cuda *c = be->self;
	const struct nccl *nccl = c->ranks->nccl;

	if (be->dry)
		return;
	/* What waits for other processes is no part of a graph. */
	cuda_graph_flush(c);
	/* As a group they are summed in few launches. */
	check(nccl, nccl->GroupStart(), "ncclGroupStart");
	for (int i = 0; i < n; i++)
		check(nccl,
			nccl->AllReduce(span[i].x, span[i].x, (size_t)span[i].n,
				span[i].f64 ? NCCL_FLOAT64 : NCCL_FLOAT32,
				NCCL_AVG, c->ranks->comm, c->stream),
			"ncclAllReduce");
	check(nccl, nccl->GroupEnd(), "ncclGroupEnd");
}

void cuda_ranks_free(struct cuda *c)
{
	if (c->ranks)
		check(c->ranks->nccl,
			c->ranks->nccl->CommDestroy(c->ranks->comm),
			"ncclCommDestroy");
	mem_free(c->ranks);
}
