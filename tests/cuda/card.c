/*
 * A card that is not there: CUDA's runtime and driver as far as the backend
 * calls them, on the host. Its memory can be touched by kernels and copies
 * only: whoever else reads or writes it, an op that forgets that the memory is
 * not the host's, is ended by SIGSEGV.
 */
#define _GNU_SOURCE
#include <cuda.h>
#include <cuda_runtime_api.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "card.h"

enum { RANGES = 1 << 16, GRANULE = 64 << 10 };
static const size_t total = (size_t)4 << 30;

/* What there is of memory. A reserved range has some from where it was mapped.
 */
static struct range {
	char *p;
	size_t size, mapped;
} range[RANGES];
static int ranges;

void card_fail(const char *what)
{
	fprintf(stderr, "card: %s\n", what);
	abort();
}

static struct range *find(const void *p)
{
	for (int i = ranges - 1; i >= 0; i--)
		if ((const char *)p >= range[i].p &&
			(const char *)p < range[i].p + range[i].size)
			return &range[i];
	return NULL;
}

bool card_has(const void *p)
{
	return find(p);
}

static void protect(int how)
{
	for (int i = 0; i < ranges; i++)
		if (range[i].mapped &&
			mprotect(range[i].p, range[i].mapped, how))
			card_fail("mprotect");
}

void card_unlock(void)
{
	card_busy = true;
	protect(PROT_READ | PROT_WRITE);
}

void card_lock(void)
{
	protect(PROT_NONE);
}

/* Whether a number is an address of memory that is the host's. */
static bool on_host(uintptr_t v)
{
	static const uintptr_t page = 4096;
	unsigned char there;

	/* NOLINTNEXTLINE: that is what we want to know */
	void *at = (void *)(v & ~(page - 1));

	/* mincore fails for what is not mapped. What nobody has touched is what
	 * padding happens to look like, in addresses that a pool reserves. */
	return v > 1 << 20 && v < (uintptr_t)1 << 47 && !find((void *)v) &&
	       !mincore(at, page, &there) && there & 1;
}

void card_check(const void *args, size_t n)
{
	/* Only when asked for: padding may look like an address, now and then.
	 */
	if (!getenv("CARD_CHECK"))
		return;
	for (size_t i = 0; i + sizeof(uintptr_t) <= n; i += sizeof(uintptr_t)) {
		uintptr_t v;

		memcpy(&v, (const char *)args + i, sizeof v);
		if (on_host(v))
			card_fail("a kernel is given the host's memory");
	}
}

static char *add(size_t size, size_t mapped)
{
	char *p = mmap(NULL, size, PROT_NONE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED || ranges == RANGES)
		card_fail("no addresses are left");
	range[ranges++] = (struct range){p, size, mapped};
	return p;
}

static void drop(struct range *r)
{
	munmap(r->p, r->size);
	*r = range[--ranges];
}

/* ---- the runtime ---- */

const char *cudaGetErrorString(cudaError_t e)
{
	return e == cudaSuccess ? "no error" : "an error of the card's";
}

cudaError_t cudaDriverGetVersion(int *v)
{
	*v = CUDART_VERSION;
	return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int *n)
{
	*n = 1;
	return cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(struct cudaDeviceProp *p, int device)
{
	*p = (struct cudaDeviceProp){.name = "a card that is not there",
		.totalGlobalMem = total,
		.major = 9,
		.multiProcessorCount = 1};
	return device ? cudaErrorInvalidValue : cudaSuccess;
}

cudaError_t cudaSetDevice(int device)
{
	return device ? cudaErrorInvalidValue : cudaSuccess;
}

cudaError_t cudaMemGetInfo(size_t *left, size_t *all)
{
	*left = *all = total;
	return cudaSuccess;
}

/* The last byte is the last of a page, but for the alignment that CUDA
 * promises: what is written behind it is seen, too. */
cudaError_t cudaMalloc(void **p, size_t n)
{
	size_t size = (n + 4095) / 4096 * 4096 + 4096;
	char *base = add(size, size - 4096);

	*p = base + (size - 4096 - n) / 256 * 256;
	return cudaSuccess;
}

cudaError_t cudaFree(void *p)
{
	struct range *r = p ? find(p) : NULL;

	if (!p)
		return cudaSuccess;
	if (!r)
		card_fail("freed what was not allocated");
	drop(r);
	return cudaSuccess;
}

void card_check_whole(const void *p, size_t n)
{
	struct range *r = find(p);

	if (r && n && (const char *)p + n > r->p + r->mapped)
		card_fail("a copy reaches beyond what is mapped");
}

cudaError_t cudaPointerGetAttributes(
	struct cudaPointerAttributes *a, const void *p)
{
	a->type = find(p) ? cudaMemoryTypeDevice : cudaMemoryTypeUnregistered;
	return cudaSuccess;
}

/* ---- the driver: memory mapped into reserved addresses ---- */

static char *host(CUdeviceptr at)
{
	return (char *)(uintptr_t)at;
}

CUresult cuGetErrorString(CUresult status, const char **text)
{
	*text = cudaGetErrorString((cudaError_t)status);
	return CUDA_SUCCESS;
}

CUresult cuMemGetAllocationGranularity(
	size_t *unit, const CUmemAllocationProp *p, int option)
{
	(void)p;
	(void)option;
	*unit = GRANULE;
	return CUDA_SUCCESS;
}

CUresult cuMemAddressReserve(CUdeviceptr *at, size_t n, size_t alignment,
	CUdeviceptr wish, unsigned long long flags)
{
	(void)alignment;
	(void)wish;
	(void)flags;
	*at = (uintptr_t)add(n, 0);
	return CUDA_SUCCESS;
}

CUresult cuMemAddressFree(CUdeviceptr at, size_t n)
{
	struct range *r = find(host(at));

	if (!r || r->p != host(at) || r->size != n || r->mapped)
		card_fail("freed addresses that were not reserved, or are "
			  "mapped");
	drop(r);
	return CUDA_SUCCESS;
}

CUresult cuMemCreate(CUmemGenericAllocationHandle *h, size_t n,
	const CUmemAllocationProp *p, unsigned long long flags)
{
	(void)p;
	(void)flags;
	*h = n;
	return CUDA_SUCCESS;
}

CUresult cuMemRelease(CUmemGenericAllocationHandle h)
{
	(void)h;
	return CUDA_SUCCESS;
}

CUresult cuMemMap(CUdeviceptr at, size_t n, size_t offset,
	CUmemGenericAllocationHandle h, unsigned long long flags)
{
	struct range *r = find(host(at));

	(void)flags;
	if (!r || offset || n != h || host(at) != r->p + r->mapped)
		card_fail("mapped elsewhere than behind what is mapped");
	return CUDA_SUCCESS;
}

CUresult cuMemSetAccess(
	CUdeviceptr at, size_t n, const CUmemAccessDesc *access, size_t count)
{
	struct range *r = find(host(at));

	if (!r || count != 1 ||
		access->flags != CU_MEM_ACCESS_FLAGS_PROT_READWRITE)
		card_fail("access to what is not mapped");
	r->mapped += n;
	return CUDA_SUCCESS;
}

CUresult cuMemUnmap(CUdeviceptr at, size_t n)
{
	struct range *r = find(host(at));

	if (!r || host(at) + n > r->p + r->size)
		card_fail("unmapped what is not mapped");
	r->mapped = r->mapped > n ? r->mapped - n : 0;
	return CUDA_SUCCESS;
}

cudaError_t cudaGetDriverEntryPointByVersion(const char *name, void **f,
	unsigned version, unsigned long long flags,
	enum cudaDriverEntryPointQueryResult *found)
{
	static const struct {
		const char *name;
		void (*f)(void);
	} all[] = {
#define FUNCTION(name) {#name, (void (*)(void))name}
		FUNCTION(cuGetErrorString),
		FUNCTION(cuMemGetAllocationGranularity),
		FUNCTION(cuMemAddressReserve), FUNCTION(cuMemAddressFree),
		FUNCTION(cuMemCreate), FUNCTION(cuMemRelease),
		FUNCTION(cuMemMap), FUNCTION(cuMemUnmap),
		FUNCTION(cuMemSetAccess)};

	(void)version;
	(void)flags;
	*found = cudaDriverEntryPointSymbolNotFound;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (!strcmp(all[i].name, name)) {
			memcpy(f, &all[i].f, sizeof *f);
			*found = cudaDriverEntryPointSuccess;
		}
	return cudaSuccess;
}
