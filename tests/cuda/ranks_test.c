/* Ranks with a card each that is not there: processes that are forked, whose
 * cards sum by card_nccl.c. */
#include "played_ranks.h"
#include "ranks_check.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RANKS = 3 };

static int work(int rank)
{
	struct err e = {0};
	struct nn_backend *be = nn_cuda_open(0, &e);
	struct nn_ranks r = {.mpi = ranks_mpi(rank)};

	r.rank = r.mpi->rank;
	r.size = r.mpi->size;
	if (!be || nn_ranks_meet(&r, be, &e)) {
		printf("Bail out! %s\n", e.msg);
		return 1;
	}
	check_ranks(&r, be);
	be->close(be);
	nn_ranks_leave(&r);
	return rank ? 0 : done();
}

int main(void)
{
	int bad = 0, status;

	ranks_begin(RANKS);
	for (int i = 1; i < RANKS; i++)
		if (!fork())
			exit(work(i));
	bad = work(0);
	while (wait(&status) > 0)
		bad |= status;
	return bad != 0;
}
