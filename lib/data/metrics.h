/*
 * What a training run says about itself: a record of numbers a step, to one
 * place or two. Each line is written at once, so that a file can be followed,
 * and survives the program's death.
 *
 *	struct metrics m = {0};
 *	metrics_open(&m, "out/metrics.jsonl", "images", seen, e);
 *	metrics_use(&m, stdout, "standard output");
 *	metrics_add(&m, (struct metric[]){{"images", 64, 0},
 *		{"loss", 0.693147, 6}, {0}}, e);
 *	metrics_close(&m);
 */
#ifndef DATA_METRICS_H
#define DATA_METRICS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "base/err.h"

struct metric {
	const char *key;
	double value;
	int decimals; /* rounded to so many */
};

enum { METRICS_PLACES = 2 };

struct metrics {
	struct {
		FILE *f;
		const char *name;
		bool ours; /* to close */
	} to[METRICS_PLACES];
	int n;
};

/*
 * A place more: a file, to which records are appended; it is made, with its
 * folders, if it isn't there. Of what is in it the lines up to the checkpoint
 * are kept: from the first whose number under `key` is larger than `last`, or
 * that is no whole record, all are cut off. Devices and pipes are written as
 * they are. path must outlive m.
 */
int metrics_open(struct metrics *m, const char *path, const char *key,
	int64_t last, struct err *e);
/* A place more: f, which stays the caller's; name stands for it in messages. */
void metrics_use(struct metrics *m, FILE *f, const char *name);
/* A record of some numbers, the last one followed by {0}: a line, flushed. */
int metrics_add(struct metrics *m, const struct metric *metric, struct err *e);
void metrics_close(struct metrics *m);

#endif
