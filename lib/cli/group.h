/*
 * The loop of a filter that works on several lines together, because that is
 * quicker. As in parallel.h a line passes three steps, of which the first and
 * the last see the lines one at a time in the order of the input:
 *
 *	take	parse the line
 *	work	on all lines of the group that could be taken
 *	give	print what came of one
 *
 * A group is full with `most` lines. It is also worked on as it is when the
 * next line is not there yet, and at the end of the input: so pipelines
 * stream, and nothing waits for what may never come.
 */
#ifndef CLI_GROUP_H
#define CLI_GROUP_H

#include "cli/parallel.h"

struct group_steps {
	size_t own; /* bytes of a line's `own` */
	int (*take)(struct parallel_line *l, void *to); /* parallel.h's */
	/* What is wrong with a line goes into its bad and why. */
	void (*work)(struct parallel_line *const *lines, int n, void *to);
	int (*give)(struct cli *c, struct parallel_line *l, void *to,
		struct err *e); /* parallel.h's */
};

int group_lines(struct cli *c, int most, const struct group_steps *steps,
	void *to, struct err *e);

#endif
