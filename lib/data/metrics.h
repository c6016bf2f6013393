/*
 * What a training run says about itself: a record of numbers a step, appended
 * to a file that agrees with the checkpoint, and written to a second place
 * too. Each line is written at once, so that the file can be followed, and
 * survives the program's death.
 *
 *	struct metrics m;
 *	metrics_open(&m, "out/metrics.jsonl", "images", seen, e);
 *	metrics_also(&m, stdout, "standard output");
 *	metrics_add(&m, (struct metric[]){{"images", 64, 0},
 *		{"loss", 0.693147, 6}}, 2, e);
 *	metrics_close(&m);
 */
#ifndef DATA_METRICS_H
#define DATA_METRICS_H

#include <stdint.h>
#include <stdio.h>
#include "base/buf.h"
#include "base/err.h"

struct metric {
	const char *key;
	double value;
	int decimals; /* rounded to so many */
};

struct metrics {
	FILE *file, *also;
	const char *path, *name; /* of the one, and of the other */
	struct buf line;
};

/*
 * Append to a file, which is made, with its folders, if it isn't there. Of
 * what is in it the lines up to the checkpoint are kept: from the first whose
 * number under `key` is larger than `last`, or that is no whole record, all
 * are cut off. path must outlive m.
 */
int metrics_open(struct metrics *m, const char *path, const char *key,
	int64_t last, struct err *e);
/* Write to f too, which stays the caller's; name stands for it in messages. */
void metrics_also(struct metrics *m, FILE *f, const char *name);
/* A record of n numbers: one line, flushed. */
int metrics_add(
	struct metrics *m, const struct metric *metric, int n, struct err *e);
void metrics_close(struct metrics *m);

#endif
