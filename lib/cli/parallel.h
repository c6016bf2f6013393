/*
 * The loop of a filter in which many lines are worked on at a time, while what
 * is said about them stays in the order of the input. A line passes three
 * steps, of which the first and the last see the lines in their order and one
 * at a time, the middle one in any, by as many threads as jobs:
 *
 *	take	parse the line, give out names
 *	work	what takes long; speaks to nobody
 *	give	print what came of it
 *
 * A line is given as soon as it is worked on and those before it are given,
 * so pipelines stream, and no more than one line a job is held in memory.
 */
#ifndef CLI_PARALLEL_H
#define CLI_PARALLEL_H

#include "base/arena.h"
#include "cli/filter.h"

struct parallel_line {
	struct lines in; /* the line itself, where it comes from */
	struct arena arena;
	void *own;      /* the program's, zeroed for each line */
	struct err why; /* what is wrong with the line, when bad */
	bool bad;
};

struct parallel_steps {
	size_t own; /* bytes */
	/* -1: the line cannot be used, its why says the reason; it is then
	 * skipped in its turn, by filter_skip. */
	int (*take)(struct parallel_line *l, void *to);
	int (*work)(struct parallel_line *l, void *to);
	/* Returns as filter_lines' use does. */
	int (*give)(struct cli *c, struct parallel_line *l, void *to,
		struct err *e);
};

/* A bad line's turn: what is wrong with it is told, as by filter_skip. */
int parallel_reject(
	struct cli *c, const struct parallel_line *l, struct err *e);

/* With one job it all happens in the calling thread. */
int parallel_lines(struct cli *c, int jobs, const struct parallel_steps *steps,
	void *to, struct err *e);

#endif
