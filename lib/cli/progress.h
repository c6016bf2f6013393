/*
 * Progress on stderr: a bar with rate and time left, redrawn at most five
 * times a second, on a terminal; a plain line a minute elsewhere; nothing
 * under -q.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "cli/cli.h"

struct progress {
	const struct cli *c;
	const char *unit;    /* "images" */
	double total;        /* 0: not known */
	double began, drawn; /* seconds on the monotonic clock */
	double first;        /* count at the start, for resumed work */
	bool tty, any;
};

void progress_begin(struct progress *p, const struct cli *c, const char *unit,
	double first, double total);
/* done so far; extra (may be NULL) is shown behind. */
void progress_at(struct progress *p, double done, const char *extra);
/* Clear the bar. */
void progress_end(struct progress *p);

/* Seconds on the monotonic clock. */
double progress_clock(void);

#endif
