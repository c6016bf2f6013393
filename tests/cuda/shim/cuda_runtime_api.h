/*
 * As much of CUDA's runtime as the backend calls, for a card that is not
 * there: tests/cuda/card.c plays it. What it is called, and what it does, is
 * NVIDIA's; the numbers are our own.
 */
#ifndef SHIM_CUDA_RUNTIME_API_H
#define SHIM_CUDA_RUNTIME_API_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CUDART_VERSION 13000

typedef enum cudaError {
	cudaSuccess,
	cudaErrorInvalidValue,
	cudaErrorMemoryAllocation,
	cudaErrorInsufficientDriver,
	cudaErrorNoDevice = 100,
	cudaErrorNotPermitted = 800,
	cudaErrorNotSupported,
	cudaErrorStreamCaptureUnsupported = 900,
	cudaErrorGraphExecUpdateFailure = 910
} cudaError_t;

typedef struct CUstream_st *cudaStream_t;
typedef struct CUevent_st *cudaEvent_t;
typedef struct CUgraph_st *cudaGraph_t, *cudaGraphExec_t;
typedef struct CUgraphNode_st *cudaGraphNode_t;

typedef struct {
	int result;
} cudaGraphExecUpdateResultInfo;

enum cudaMemcpyKind { cudaMemcpyDefault = 4 };
enum cudaMemoryType { cudaMemoryTypeUnregistered, cudaMemoryTypeDevice = 2 };
enum { cudaStreamNonBlocking = 1, cudaEnableDefault = 0 };
enum { cudaEventDisableTiming = 2, cudaStreamCaptureModeRelaxed = 2 };

struct cudaPointerAttributes {
	enum cudaMemoryType type;
};

struct cudaDeviceProp {
	char name[256];
	size_t totalGlobalMem;
	int major, minor, multiProcessorCount;
};

enum cudaDriverEntryPointQueryResult {
	cudaDriverEntryPointSuccess,
	cudaDriverEntryPointSymbolNotFound
};

const char *cudaGetErrorString(cudaError_t e);
cudaError_t cudaGetLastError(void);
cudaError_t cudaDriverGetVersion(int *v);
cudaError_t cudaGetDeviceCount(int *n);
cudaError_t cudaGetDeviceProperties(struct cudaDeviceProp *p, int device);
cudaError_t cudaSetDevice(int device);
cudaError_t cudaMemGetInfo(size_t *free, size_t *total);
cudaError_t cudaMalloc(void **p, size_t n);
cudaError_t cudaFree(void *p);
cudaError_t cudaMallocHost(void **p, size_t n);
cudaError_t cudaFreeHost(void *p);
cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t n,
	enum cudaMemcpyKind kind, cudaStream_t s);
cudaError_t cudaMemsetAsync(void *p, int value, size_t n, cudaStream_t s);
cudaError_t cudaPointerGetAttributes(
	struct cudaPointerAttributes *a, const void *p);
cudaError_t cudaStreamCreateWithFlags(cudaStream_t *s, unsigned flags);
cudaError_t cudaStreamDestroy(cudaStream_t s);
cudaError_t cudaStreamSynchronize(cudaStream_t s);
cudaError_t cudaStreamWaitEvent(cudaStream_t s, cudaEvent_t e, unsigned flags);
cudaError_t cudaEventCreateWithFlags(cudaEvent_t *e, unsigned flags);
cudaError_t cudaEventDestroy(cudaEvent_t e);
cudaError_t cudaEventRecord(cudaEvent_t e, cudaStream_t s);
cudaError_t cudaEventSynchronize(cudaEvent_t e);
cudaError_t cudaStreamBeginCapture(cudaStream_t s, int mode);
cudaError_t cudaStreamEndCapture(cudaStream_t s, cudaGraph_t *g);
cudaError_t cudaGraphGetNodes(cudaGraph_t g, cudaGraphNode_t *node, size_t *n);
cudaError_t cudaGraphDestroy(cudaGraph_t g);
cudaError_t cudaGraphInstantiate(
	cudaGraphExec_t *e, cudaGraph_t g, unsigned long long flags);
cudaError_t cudaGraphExecUpdate(
	cudaGraphExec_t e, cudaGraph_t g, cudaGraphExecUpdateResultInfo *why);
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t e);
cudaError_t cudaGraphLaunch(cudaGraphExec_t e, cudaStream_t s);
cudaError_t cudaGetDriverEntryPointByVersion(const char *name, void **f,
	unsigned version, unsigned long long flags,
	enum cudaDriverEntryPointQueryResult *found);

/* The card's memory may be touched between these two, and by nobody else. */
void card_unlock(void);
void card_lock(void);
/* What a kernel is given: none of it may be an address of the host's. */
void card_check(const void *args, size_t n);
/* Work of the card's first stream: done now, or when the graph that it was
 * captured into starts. */
void card_do(void (*work)(void *arg), void *arg);
/* How many graphs were started. */
long card_graphs(void);
/* How often somebody has waited for work of the card's. */
long card_waits(void);

#ifdef __cplusplus
}
#endif

#endif
