#include "nn/cuda/cuda_int.h"
#include "base/mem.h"

#include <cuda.h>
#include <stdint.h>
#include <string.h>

/*
 * A pool wants one range of addresses as large as the card's memory, and
 * memory only as far as it is used: the driver maps memory into reserved
 * addresses piece by piece (CUDA programming guide, "virtual memory
 * management"). Its functions come from the driver itself, so that nothing is
 * linked to it.
 */
#define DRIVER_FUNCTIONS(X) \
	X(cuGetErrorString) \
	X(cuMemGetAllocationGranularity) \
	X(cuMemAddressReserve) \
	X(cuMemAddressFree) \
	X(cuMemCreate) \
	X(cuMemRelease) \
	X(cuMemMap) \
	X(cuMemUnmap) \
	X(cuMemSetAccess)

static struct {
#define MEMBER(name) __typeof__(name) *name;
	DRIVER_FUNCTIONS(MEMBER)
} driver;

/* The least that is mapped at once. */
enum { PIECE = 64 << 20 };

struct cuda_range {
	struct cuda_range *next;
	void *base;
	size_t size, committed, piece;
};

static void find_driver(void)
{
	enum cudaDriverEntryPointQueryResult found;

	if (driver.cuMemMap)
		return;
#define FIND(name) \
	CU(cudaGetDriverEntryPointByVersion(#name, (void **)&driver.name, \
		12000, cudaEnableDefault, &found)); \
	BUG_ON(found != cudaDriverEntryPointSuccess);
	DRIVER_FUNCTIONS(FIND)
}

static void check(CUresult status, const char *what)
{
	const char *why = NULL;

	if (status == CUDA_SUCCESS)
		return;
	driver.cuGetErrorString(status, &why);
	err_die(ERR_UNAVAILABLE, "CUDA: %s: %s (error %d)", what,
		why ? why : "no words for it", (int)status);
}

static CUmemAllocationProp properties(const struct cuda *c)
{
	CUmemAllocationProp p = {.type = CU_MEM_ALLOCATION_TYPE_PINNED};

	p.location.type = CU_MEM_LOCATION_TYPE_DEVICE;
	p.location.id = c->device;
	return p;
}

void *cuda_alloc(struct nn_backend *be, size_t bytes)
{
	struct cuda *c = be->self;
	void *p;
	cudaError_t status;

	cuda_graph_flush(c);
	c->news++;
	status = cudaMalloc(&p, bytes ? bytes : 1);
	if (status == cudaErrorMemoryAllocation)
		mem_oom(bytes);
	CU(status);
	CU(cudaMemsetAsync(p, 0, bytes, c->stream));
	return p;
}

void *cuda_reserve(struct nn_backend *be, size_t *bytes)
{
	struct cuda *c = be->self;
	struct cuda_range *r = mem_alloc(1, sizeof *r);
	CUmemAllocationProp p = properties(c);
	size_t unit, free_bytes, total;
	CUdeviceptr at;

	find_driver();
	CU(cudaMemGetInfo(&free_bytes, &total));
	check(driver.cuMemGetAllocationGranularity(
		      &unit, &p, CU_MEM_ALLOC_GRANULARITY_RECOMMENDED),
		"cuMemGetAllocationGranularity");
	r->piece = (PIECE + unit - 1) / unit * unit;
	r->size = (*bytes ? *bytes : total) / r->piece * r->piece;
	check(driver.cuMemAddressReserve(&at, r->size, 0, 0, 0),
		"cuMemAddressReserve");
	/* NOLINTNEXTLINE: an address of the card, which is one of ours too */
	r->base = (void *)(uintptr_t)at;
	r->next = c->ranges;
	c->ranges = r;
	*bytes = r->size;
	return r->base;
}

static struct cuda_range **find_range(struct cuda *c, const void *p)
{
	struct cuda_range **r = &c->ranges;

	while (*r && (*r)->base != p)
		r = &(*r)->next;
	return r;
}

/* Memory for one more piece of a range. */
static void grow(struct cuda *c, struct cuda_range *r)
{
	CUmemAllocationProp p = properties(c);
	CUmemAccessDesc access = {
		p.location, CU_MEM_ACCESS_FLAGS_PROT_READWRITE};
	CUdeviceptr at = (uintptr_t)r->base + r->committed;
	CUmemGenericAllocationHandle memory;
	CUresult status;

	cuda_graph_flush(c);
	c->news++;
	status = r->committed < r->size
			 ? driver.cuMemCreate(&memory, r->piece, &p, 0)
			 : CUDA_ERROR_OUT_OF_MEMORY;

	if (status == CUDA_ERROR_OUT_OF_MEMORY)
		mem_oom(r->piece);
	check(status, "cuMemCreate");
	check(driver.cuMemMap(at, r->piece, 0, memory, 0), "cuMemMap");
	check(driver.cuMemSetAccess(at, r->piece, &access, 1),
		"cuMemSetAccess");
	/* It lives as long as it is mapped. */
	check(driver.cuMemRelease(memory), "cuMemRelease");
	r->committed += r->piece;
}

void cuda_commit(struct nn_backend *be, void *p, size_t bytes)
{
	struct cuda *c = be->self;
	struct cuda_range *r = *find_range(c, p);

	BUG_ON(!r);
	while (r->committed < bytes)
		grow(c, r);
}

static void range_free(struct cuda_range *r)
{
	CUdeviceptr at = (uintptr_t)r->base;

	for (size_t i = 0; i < r->committed; i += r->piece)
		check(driver.cuMemUnmap(at + i, r->piece), "cuMemUnmap");
	check(driver.cuMemAddressFree(at, r->size), "cuMemAddressFree");
	mem_free(r);
}

void cuda_free(struct nn_backend *be, void *p, size_t bytes)
{
	struct cuda *c = be->self;
	struct cuda_range **at = find_range(c, p), *r = *at;

	(void)bytes;
	cuda_graph_flush(c);
	CU(cudaStreamSynchronize(c->stream));
	if (!r) {
		CU(cudaFree(p));
		return;
	}
	*at = r->next;
	range_free(r);
}

void cuda_ranges_free(struct cuda *c)
{
	struct cuda_range *r, *next;

	for (r = c->ranges; r; r = next) {
		next = r->next;
		range_free(r);
	}
}

/* ---- what is brought from the host meanwhile ---- */

void cuda_bring(struct nn_backend *be, void *to, const void *from, size_t bytes)
{
	struct cuda *c = be->self;

	if (be->dry)
		return;
	CU(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDefault, c->beside));
	CU(cudaEventRecord(c->brought, c->beside));
}

void cuda_brought(struct nn_backend *be)
{
	struct cuda *c = be->self;

	cuda_graph_flush(c);
	CU(cudaStreamWaitEvent(c->stream, c->brought, 0));
}

/* ---- and what it is told later ---- */

void cuda_tell(struct nn_backend *be, int number, void *to, const void *from,
	size_t bytes)
{
	struct cuda *c = be->self;

	if (be->dry)
		return;
	/* Whoever waits for it waits for no graph. */
	cuda_graph_flush(c);
	CU(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDefault, c->stream));
	CU(cudaEventRecord(c->told[number], c->stream));
}

void cuda_told(struct nn_backend *be, int number)
{
	struct cuda *c = be->self;

	CU(cudaEventSynchronize(c->told[number]));
}

/* ---- memory of the host's that stays where it is ---- */

void *cuda_host_alloc(struct nn_backend *be, size_t bytes)
{
	void *p;
	cudaError_t status = cudaMallocHost(&p, bytes ? bytes : 1);

	(void)be;
	if (status == cudaErrorMemoryAllocation)
		mem_oom(bytes);
	CU(status);
	memset(p, 0, bytes);
	return p;
}

void cuda_host_free(struct nn_backend *be, void *p)
{
	(void)be;
	CU(cudaFreeHost(p));
}
