/*
 * The plug-in between nn/ranks.c and MPI: one file, mpi.c, that is linked with
 * whatever MPI the machine has, and is opened where mpirun or srun started a
 * program. Only the main thread may call it. MPI itself ends all ranks when one
 * fails.
 */
#ifndef NN_REDUCE_PLUGIN_H
#define NN_REDUCE_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>

struct nn_mpi {
	int rank, size, local, locals; /* as in nn/ranks.h */
	/* x[n], floats or doubles, become the mean of all ranks'. */
	void (*mean)(void *x, size_t n, bool f64);
	int (*most)(int mine);
	void (*share)(void *p, size_t bytes);
	void (*leave)(void);
};

#define NN_MPI_PLUGIN "deepstyle-mpi.so"
#define NN_MPI_JOIN "deepstyle_mpi_join"

/* To be found under that name. NULL when MPI cannot be used: why. From then on
 * a rank that exits without leaving ends the others. */
typedef const struct nn_mpi *nn_mpi_join(char why[static 128]);

#endif
