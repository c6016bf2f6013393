/*
 * What a training run says about itself: a record a step, appended to a file
 * that agrees with the checkpoint. Each line is written at once, so that the
 * file can be followed (tail -f), and survives the program's death.
 *
 *	struct metrics m;
 *	metrics_open(&m, "out/metrics.jsonl", "images", seen, e);
 *	metrics_add(&m, record, e);
 *	metrics_close(&m);
 */
#ifndef DATA_METRICS_H
#define DATA_METRICS_H

#include <stdint.h>
#include <stdio.h>
#include "base/buf.h"
#include "base/err.h"
#include "json/json.h"

struct metrics {
	FILE *f;
	bool opened; /* and ours to close */
	const char *path;
	struct buf line;
};

/*
 * Append to a file, which is made, with its folders, if it isn't there. Of
 * what is in it the lines up to the checkpoint are kept: from the first whose
 * number under `key` is larger than `last`, or that is no whole record, all
 * are cut off. Devices and pipes are written as they are. path must outlive m.
 */
int metrics_open(struct metrics *m, const char *path, const char *key,
	int64_t last, struct err *e);
/* Write to a stream that stays the caller's; name stands for it in messages. */
void metrics_use(struct metrics *m, FILE *f, const char *name);
/* Write a record as a line, and flush it. */
int metrics_add(struct metrics *m, const struct json *record, struct err *e);
void metrics_close(struct metrics *m);

#endif
