/*
 * The loop of a program that takes its input line by line: what is wrong with
 * one line costs that line, what is wrong with the output ends the program.
 *
 *	static int use(struct cli *c, const struct lines *in, struct arena *a,
 *		void *to, struct err *e)
 *	{
 *		struct record r;
 *
 *		if (record_parse(&r, in->line, in->n, a, e))
 *			return filter_skip(c, in, e);
 *		...
 *	}
 *	return filter_lines(c, use, &job, e);
 */
#ifndef CLI_FILTER_H
#define CLI_FILTER_H

#include "base/arena.h"
#include "cli/cli.h"
#include "cli/lines.h"

/*
 * Call use for every line of the operands, or of standard input, with an arena
 * that is reset after it; use returns 0 to go on. Returns -1 with the error
 * that ends the program: use's, or an input that cannot be read.
 */
int filter_lines(struct cli *c,
	int (*use)(struct cli *c, const struct lines *in, struct arena *a,
		void *to, struct err *e),
	void *to, struct err *e);

/*
 * The line, or a part of it, cannot be used: put file and line before e and
 * reject it. Returns 0 to go on; -1 when e ends the program, because of
 * --strict or because an output failed, as the next one would too.
 */
int filter_skip(struct cli *c, const struct lines *in, struct err *e);

#endif
