#include "data/memory.h"
#include "base/mem.h"

void *data_memory_alloc(const struct data_memory *m, size_t bytes)
{
	return m->alloc ? m->alloc(m->arg, bytes) : mem_alloc(bytes, 1);
}

void data_memory_free(const struct data_memory *m, void *p)
{
	if (!m->alloc)
		mem_free(p);
	else if (p)
		m->free(m->arg, p);
}
