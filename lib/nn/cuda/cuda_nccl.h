/*
 * NCCL, opened when cards are to sum: few need its 200 MB, so a program is
 * built without its header, and what is called of it is declared here. Numbers
 * and signatures are those of NCCL 2, which keeps them.
 */
#ifndef NN_CUDA_NCCL_H
#define NN_CUDA_NCCL_H

#include <cuda_runtime_api.h>

#include "base/err.h"

/* The mean of all: 2.10. */
enum { NCCL_LEAST = 21000 };

enum { NCCL_FLOAT32 = 7, NCCL_FLOAT64 = 8 }; /* of ncclDataType_t */
enum { NCCL_AVG = 4 };                       /* of ncclRedOp_t */

typedef struct nccl_comm *nccl_comm;
struct nccl_id {
	char bytes[128];
};

/* Status 0 is success. */
struct nccl {
	int (*GetVersion)(int *version); /* 22703 for 2.27.3 */
	const char *(*GetErrorString)(int status);
	int (*GetUniqueId)(struct nccl_id *id);
	int (*CommInitRank)(
		nccl_comm *comm, int size, struct nccl_id id, int rank);
	int (*CommDestroy)(nccl_comm comm);
	int (*GroupStart)(void);
	int (*GroupEnd)(void);
	int (*AllReduce)(const void *from, void *to, size_t n, int type, int op,
		nccl_comm comm, cudaStream_t s);
};

/* The one table; opened at the first call, and for good. NULL and
 * ERR_UNAVAILABLE when NCCL is missing or older than NCCL_LEAST. */
const struct nccl *cuda_nccl(struct err *e);

#endif
