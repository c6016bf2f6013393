/*
 * cuDNN, opened when a card is: a program that was built with CUDA starts
 * where there is none of it. Its functions are called through a table.
 */
#ifndef NN_CUDA_LIBS_H
#define NN_CUDA_LIBS_H

#include <cudnn_graph.h>

#include "base/err.h"

/* Open a library where the system's loader looks, or where it was when this
 * was built. NULL: why, dlerror's reason, of a file that is there if any is. */
void *cuda_library(const char *name, char why[static 256]);

/* The oldest that will do: 9.0. Planning for a card that is not there needs
 * 9.8. */
enum { CUDNN_LEAST = 90000, CUDNN_LEAST_PLANNING = 90800 };

#define CUDNN_FUNCTIONS(X) \
	X(cudnnGetVersion) \
	X(cudnnGetErrorString) \
	X(cudnnGetLastErrorString) \
	X(cudnnCreate) \
	X(cudnnDestroy) \
	X(cudnnSetStream) \
	X(cudnnBackendCreateDescriptor) \
	X(cudnnBackendDestroyDescriptor) \
	X(cudnnBackendFinalize) \
	X(cudnnBackendSetAttribute) \
	X(cudnnBackendGetAttribute) \
	X(cudnnBackendExecute)

struct cudnn {
#define CUDNN_MEMBER(name) __typeof__(name) *name;
	CUDNN_FUNCTIONS(CUDNN_MEMBER)
#undef CUDNN_MEMBER
	int version; /* 91900 for 9.19.0 */
};

/* The one table; opened at the first call, and for good. NULL and
 * ERR_UNAVAILABLE when cuDNN is missing or older than `least`. */
const struct cudnn *cuda_cudnn(int least, struct err *e);

#endif
