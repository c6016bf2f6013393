/* The stack machine that reads pickles: pickle_stack.c has its stack and plain
 * values, pickle.c what is made of them. The first error stays. */
#ifndef FOREIGN_PICKLE_INT_H
#define FOREIGN_PICKLE_INT_H

#include "foreign/pickle.h"

struct pickle_machine {
	const uint8_t *p, *begin, *end;
	struct arena *a;
	struct pickle **stack, **memo;
	int n, cap, memos, next; /* next: MEMOIZE's place */
	int values;
	const char *error; /* NULL: none so far */
};

void pickle_complain(struct pickle_machine *m, const char *why);
/* A new value, counted. */
struct pickle *pickle_value(struct pickle_machine *m, enum pickle_kind kind);
/* One more item of a tuple, list or dict. */
void pickle_put(
	struct pickle_machine *m, struct pickle *into, struct pickle *v);
void pickle_push(struct pickle_machine *m, struct pickle *v);
/* NONE, and a complaint, when the stack is empty. */
struct pickle *pickle_top(struct pickle_machine *m);
struct pickle *pickle_pop(struct pickle_machine *m);
/* So many bytes of the pickle, the least first. */
uint64_t pickle_number(struct pickle_machine *m, int bytes);
/* Push a constant, if op is one of theirs. */
bool pickle_literal(struct pickle_machine *m, uint8_t op);

#endif
