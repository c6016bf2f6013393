/* As much of CUDA's driver as the backend calls; see cuda_runtime_api.h. */
#ifndef SHIM_CUDA_H
#define SHIM_CUDA_H

#include <stddef.h>

typedef enum { CUDA_SUCCESS, CUDA_ERROR_OUT_OF_MEMORY = 2 } CUresult;
typedef unsigned long long CUdeviceptr, CUmemGenericAllocationHandle;

enum { CU_MEM_ALLOCATION_TYPE_PINNED = 1, CU_MEM_LOCATION_TYPE_DEVICE = 1 };
enum { CU_MEM_ACCESS_FLAGS_PROT_READWRITE = 3 };
enum { CU_MEM_ALLOC_GRANULARITY_RECOMMENDED = 1 };

typedef struct {
	int type, id;
} CUmemLocation;
typedef struct {
	int type;
	CUmemLocation location;
} CUmemAllocationProp;
typedef struct {
	CUmemLocation location;
	int flags;
} CUmemAccessDesc;

CUresult cuGetErrorString(CUresult status, const char **text);
CUresult cuMemGetAllocationGranularity(
	size_t *unit, const CUmemAllocationProp *p, int option);
CUresult cuMemAddressReserve(CUdeviceptr *at, size_t n, size_t alignment,
	CUdeviceptr wish, unsigned long long flags);
CUresult cuMemAddressFree(CUdeviceptr at, size_t n);
CUresult cuMemCreate(CUmemGenericAllocationHandle *h, size_t n,
	const CUmemAllocationProp *p, unsigned long long flags);
CUresult cuMemRelease(CUmemGenericAllocationHandle h);
CUresult cuMemMap(CUdeviceptr at, size_t n, size_t offset,
	CUmemGenericAllocationHandle h, unsigned long long flags);
CUresult cuMemUnmap(CUdeviceptr at, size_t n);
CUresult cuMemSetAccess(
	CUdeviceptr at, size_t n, const CUmemAccessDesc *access, size_t count);

#endif
