/*
 * A growable string of bytes with a limit: input from outside never decides
 * how much memory we use.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct buf {
	char *p; /* always followed by a 0 once something was added */
	size_t n, cap, max;
	bool overflow; /* something did not fit below max and was dropped */
};

void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b);
void buf_clear(struct buf *b);
/* Room for n bytes more and a 0; false, with overflow set, when the limit is
 * reached. */
bool buf_room(struct buf *b, size_t n);
/* Append; false as buf_room. */
static inline bool buf_add(struct buf *b, const void *p, size_t n)
{
	if ((b->cap - b->n <= n || b->max - b->n < n) && !buf_room(b, n))
		return false;
	if (n)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = 0;
	return true;
}
static inline bool buf_str(struct buf *b, const char *s)
{
	return buf_add(b, s, strlen(s));
}
bool buf_printf(struct buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
