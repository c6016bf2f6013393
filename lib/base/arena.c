#include "base/arena.h"
#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#ifdef __has_feature /* clang's way to say so */
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

enum { ALIGN = 64, FIRST_BLOCK = 1 << 16 };

/* A block's bytes begin ALIGN after its header, which fits in ALIGN. */
struct arena_block {
	struct arena_block *next;
	size_t size, at; /* bytes of payload, bytes of it handed out */
};

_Static_assert(sizeof(struct arena_block) <= ALIGN, "header fits");

static char *payload(struct arena_block *b)
{
	return (char *)b + ALIGN;
}

/* Blocks double, so that a steady loop soon lives in blocks that it has. */
static struct arena_block *more(struct arena *a, size_t n)
{
	size_t size = a->held > FIRST_BLOCK ? a->held : FIRST_BLOCK;
	struct arena_block *b;

	if (size > (size_t)1 << 28)
		size = (size_t)1 << 28;
	if (size < n)
		size = n;
	b = mem_map(size + ALIGN);
	b->size = size;
	b->at = 0;
	a->held += size;
	if (a->now) {
		b->next = a->now->next;
		a->now->next = b;
	} else {
		b->next = NULL;
		a->first = b;
	}
	ASAN_POISON_MEMORY_REGION(payload(b), size);
	return b;
}

void *arena_alloc(struct arena *a, size_t n)
{
	char *p;

	if (n > SIZE_MAX / 2)
		mem_oom(n);
	n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (n == 0)
		n = ALIGN;
	if (!a->now)
		a->now = a->first ? a->first : more(a, n);
	while (a->now->size - a->now->at < n) {
		struct arena_block *b = a->now->next;

		a->now = b && b->size >= n ? b : more(a, n);
		a->now->at = 0;
	}
	p = payload(a->now) + a->now->at;
	a->now->at += n;
	a->used += n;
	if (a->used > a->peak)
		a->peak = a->used;
	ASAN_UNPOISON_MEMORY_REGION(p, n);
	return p;
}

void *arena_zero(struct arena *a, size_t n, size_t size)
{
	size_t bytes;
	void *p;

	if (__builtin_mul_overflow(n, size, &bytes))
		mem_oom(SIZE_MAX);
	p = arena_alloc(a, bytes);
	return memset(p, 0, bytes);
}

char *arena_dupn(struct arena *a, const char *s, size_t n)
{
	char *p = arena_alloc(a, n + 1);

	memcpy(p, s, n);
	p[n] = 0;
	return p;
}

char *arena_dup(struct arena *a, const char *s)
{
	return arena_dupn(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	p = arena_alloc(a, (size_t)(n < 0 ? 0 : n) + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)(n < 0 ? 0 : n) + 1, fmt, ap);
	va_end(ap);
	return p;
}

struct arena_mark arena_mark(const struct arena *a)
{
	return (struct arena_mark){a->now, a->now ? a->now->at : 0, a->used};
}

void arena_back(struct arena *a, struct arena_mark m)
{
	struct arena_block *b = m.block ? m.block : a->first;

	if (!b)
		return;
	b->at = m.block ? m.at : 0;
	a->now = b;
	a->used = m.used;
	ASAN_POISON_MEMORY_REGION(payload(b) + b->at, b->size - b->at);
	for (b = b->next; b; b = b->next) {
		b->at = 0;
		ASAN_POISON_MEMORY_REGION(payload(b), b->size);
	}
}

void arena_reset(struct arena *a)
{
	arena_back(a, (struct arena_mark){NULL, 0, 0});
}

void arena_release(struct arena *a)
{
	struct arena_block *b, *next;

	for (b = a->first; b; b = next) {
		next = b->next;
		ASAN_UNPOISON_MEMORY_REGION(payload(b), b->size);
		mem_unmap(b, b->size + ALIGN);
	}
	*a = (struct arena){0};
}
