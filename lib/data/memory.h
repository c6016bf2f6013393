/* Where photographs lie before they go to a device, which takes them from
 * memory of its own choice most quickly. */
#ifndef DATA_MEMORY_H
#define DATA_MEMORY_H

#include <stddef.h>

/* Zeros: the usual. alloc gives zeroed bytes, or does not return. */
struct data_memory {
	void *(*alloc)(void *arg, size_t bytes);
	void (*free)(void *arg, void *p);
	void *arg;
};

void *data_memory_alloc(const struct data_memory *m, size_t bytes);
/* p may be NULL. */
void data_memory_free(const struct data_memory *m, void *p);

#endif
