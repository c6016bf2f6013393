#define _DEFAULT_SOURCE
#include "nn/reduce/plugin.h"

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

/* What one message takes: counts are ints, and partial results of large ones
 * would need as much memory again. */
enum { MESSAGE = 1 << 24 };

static struct nn_mpi mpi;
static bool joined;

static void mean(void *x, size_t n, bool f64)
{
	MPI_Datatype type = f64 ? MPI_DOUBLE : MPI_FLOAT;
	double part = 1.0 / mpi.size;

	for (size_t at = 0; at < n; at += MESSAGE) {
		int m = (int)(n - at < MESSAGE ? n - at : MESSAGE);
		float *f = (float *)x + at;
		double *d = (double *)x + at;

		MPI_Allreduce(MPI_IN_PLACE, f64 ? (void *)d : f, m, type,
			MPI_SUM, MPI_COMM_WORLD);
		for (int i = 0; i < m; i++)
			if (f64)
				d[i] *= part;
			else
				f[i] *= (float)part;
	}
}

static int most(int mine)
{
	int all;

	MPI_Allreduce(&mine, &all, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
	return all;
}

static void share(void *p, size_t bytes)
{
	MPI_Bcast(p, (int)bytes, MPI_BYTE, 0, MPI_COMM_WORLD);
}

static void leave(void)
{
	joined = false;
	MPI_Finalize();
}

/* The others wait for one that has gone, which launchers do not all see. */
static void end_all(int status, void *unused)
{
	(void)unused;
	if (joined)
		MPI_Abort(MPI_COMM_WORLD, status);
}

static void look_around(void)
{
	MPI_Comm here;

	MPI_Comm_rank(MPI_COMM_WORLD, &mpi.rank);
	MPI_Comm_size(MPI_COMM_WORLD, &mpi.size);
	MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, mpi.rank,
		MPI_INFO_NULL, &here);
	MPI_Comm_rank(here, &mpi.local);
	MPI_Comm_size(here, &mpi.locals);
	MPI_Comm_free(&here);
}

nn_mpi_join deepstyle_mpi_join;

const struct nn_mpi *deepstyle_mpi_join(char why[static 128])
{
	int given;

	/* Threads of ours decode pictures meanwhile; none of them calls it. */
	if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &given) !=
			MPI_SUCCESS ||
		given < MPI_THREAD_FUNNELED) {
		snprintf(why, 128, "MPI does not work beside threads");
		return NULL;
	}
	joined = true;
	on_exit(end_all, NULL);
	mpi = (struct nn_mpi){
		.mean = mean, .most = most, .share = share, .leave = leave};
	look_around();
	return &mpi;
}
