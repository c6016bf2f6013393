/*
 * Sizes of pictures, by their headers, and a file that remembers them, a
 * record a picture with its length and date:
 *
 *	{"path":"img/1.jpg","width":300,"height":225,"bytes":7312,
 *	 "mtime":1470614400}
 *
 *	df_sizes_open(&s, "DeepFashion", "sizes.jsonl", e);
 *	df_sizes_get(&s, want, n, threads);
 *	df_sizes_close(&s, e);
 *
 * A picture that changed since is looked at again.
 */
#ifndef DATA_DF_SIZES_H
#define DATA_DF_SIZES_H

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/err.h"
#include "data/names.h"

struct df_sizes {
	const char *root, *path; /* path NULL: nothing is remembered */
	struct arena arena;
	struct names names;
	struct df_size {
		int64_t w, h, bytes, mtime;
	} * size; /* [cap], by number in names */
	int cap;
	bool changed;
};

/* A picture whose size is wanted, and what came of it. */
struct df_want {
	const char *name; /* relative to root; lives as long as the sizes */
	int64_t w, h;     /* 0: why not */
	const char *why;  /* in the sizes' arena */
};

/* A file of sizes that is not there is empty; ERR_DATA for one that is none. */
int df_sizes_open(
	struct df_sizes *s, const char *root, const char *path, struct err *e);
/* The sizes of n pictures, in so many threads. */
void df_sizes_get(struct df_sizes *s, struct df_want *want, int n, int threads);
/* Write the file, if there is something new. s is released either way. */
int df_sizes_close(struct df_sizes *s, struct err *e);

#endif
