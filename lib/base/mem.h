/*
 * The heap, for the few things that outlive an arena. These never return
 * NULL: a short-lived program that the host refuses memory says so and ends
 * with status 71, since no caller could do better. Sizes from outside must
 * have been bounded before they come here.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t n, size_t size);         /* n*size bytes, zeroed */
void *mem_grow(void *p, size_t n, size_t size); /* realloc to n*size */
char *mem_dup(const char *s);                   /* strdup */
void mem_free(void *p);

/* Freed memory is kept for what comes next, as far as the C library can be
 * told so: for programs that hold one picture after the other. Getting it anew
 * each time takes a tenth of a JPEG's decoding. */
void mem_keep(void);

/* Memory for tensors: 64-byte aligned, in huge pages where allowed. */
void *mem_map(size_t bytes);
void mem_unmap(void *p, size_t bytes);
/* *bytes of addresses, or, of 0, as many as the host has memory; fewer where
 * the process may not have them. They cost memory where they are touched.
 * mem_unmap gives them back. */
void *mem_reserve(size_t *bytes);

/* How often any of these asked the host for memory: what is steady asks no
 * more. */
long mem_count(void);

_Noreturn void mem_oom(size_t bytes);

#endif
