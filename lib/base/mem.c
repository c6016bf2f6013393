#define _DEFAULT_SOURCE
#include "base/mem.h"
#include "base/err.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <unistd.h>

void mem_oom(size_t bytes)
{
	fprintf(stderr, "out of memory: %zu bytes refused\n", bytes);
	exit(ERR_OS);
}

static atomic_long asked;

long mem_count(void)
{
	return asked;
}

void *mem_alloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	asked++;
	if (!p)
		mem_oom(n * size);
	return p;
}

void *mem_grow(void *p, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n ? n : 1, size ? size : 1, &bytes))
		mem_oom(SIZE_MAX);
	asked++;
	p = realloc(p, bytes);
	if (!p)
		mem_oom(bytes);
	return p;
}

char *mem_dup(const char *s)
{
	char *p = strdup(s);

	asked++;
	if (!p)
		mem_oom(strlen(s) + 1);
	return p;
}

void mem_free(void *p)
{
	free(p);
}

void mem_keep(void)
{
#ifdef __GLIBC__
	mallopt(M_MMAP_THRESHOLD, 32 << 20);
	mallopt(M_TRIM_THRESHOLD, 64 << 20);
	mallopt(M_TOP_PAD, 4 << 20);
#endif
}

static void *map(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	asked++;
	if (p == MAP_FAILED)
		return NULL;
#ifdef MADV_HUGEPAGE
	/* Advice only: page faults cost a training step a tenth of its time. */
	(void)madvise(p, bytes, MADV_HUGEPAGE);
#endif
	return p;
}

void *mem_map(size_t bytes)
{
	void *p = map(bytes);

	if (!p)
		mem_oom(bytes);
	return p;
}

void *mem_reserve(size_t *bytes)
{
	size_t n = *bytes ? *bytes
			  : (size_t)sysconf(_SC_PHYS_PAGES) *
				    (size_t)sysconf(_SC_PAGESIZE);
	void *p;

	/* Less, where limits or the host's book-keeping ask for it. */
	while (!(p = map(n)))
		if ((n /= 2) < (size_t)1 << 20)
			mem_oom(n);
	*bytes = n;
	return p;
}

void mem_unmap(void *p, size_t bytes)
{
	if (p)
		munmap(p, bytes);
}
