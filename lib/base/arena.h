/*
 * Arenas: memory named by its life. A program has one for the run (options,
 * model, weights), one for the step (a batch: activations and tape) and one
 * for the record (a line of input).
 *
 * The law: a function that returns a pointer allocated it in the arena it was
 * given; whoever resets the arena owns the end; no pointer crosses to an
 * arena that lives longer.
 *
 *	struct arena a = {0};
 *	char *s = arena_printf(&a, "%s/%s", dir, name);
 *	...
 *	arena_reset(&a);	// s is gone, the memory is kept for the next
 *	arena_release(&a);	// the memory is given back
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena {
	struct arena_block *first, *now; /* chain, and the one being filled */
	size_t used; /* bytes handed out since the last reset */
	size_t peak; /* the most that used has been */
	size_t held; /* bytes taken from the host */
};

struct arena_mark {
	struct arena_block *block;
	size_t at, used;
};

/* n bytes, 64-byte aligned, not cleared. */
void *arena_alloc(struct arena *a, size_t n);
/* n*size bytes, cleared. */
void *arena_zero(struct arena *a, size_t n, size_t size);
char *arena_dup(struct arena *a, const char *s);
char *arena_dupn(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Give back everything since the mark, in the manner of a stack. */
struct arena_mark arena_mark(const struct arena *a);
void arena_back(struct arena *a, struct arena_mark m);

void arena_reset(struct arena *a);
void arena_release(struct arena *a);

#endif
