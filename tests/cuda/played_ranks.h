/* Processes that play the ranks of a training, on cards that are not there:
 * ranks_begin, then fork, then ranks_mpi in each. */
#ifndef PLAYED_RANKS_H
#define PLAYED_RANKS_H

#include "nn/reduce/plugin.h"

enum { RANKS_MAX = 4 };

void ranks_begin(int n);
/* In the place of MPI's plug-in, but that it has no mean. */
const struct nn_mpi *ranks_mpi(int mine);

#endif
