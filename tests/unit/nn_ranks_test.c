/*
 * Ranks on the CPU: one that nobody started, and as many as mpirun did
 * (tests/pipe/ranks.bats runs it so).
 */
#include "ranks_check.h"

int main(void)
{
	struct nn_backend *be = nn_cpu_open(1);
	struct err e = {0};
	struct nn_ranks r;
	int bad;

	if (nn_ranks_join(&r, &e) || nn_ranks_meet(&r, be, &e)) {
		printf("Bail out! %s\n", e.msg);
		return 1;
	}
	check_ranks(&r, be);
	be->close(be);
	bad = r.rank ? 0 : done();
	nn_ranks_leave(&r);
	return bad;
}
