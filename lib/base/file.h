/*
 * Files that appear under their name only when whole: written beside it under
 * a temporary name, flushed to the disk, renamed. Whole files read with a
 * limit. Paths put together.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>
#include <stdio.h>
#include "base/arena.h"
#include "base/err.h"

struct file_out {
	FILE *f;          /* write here */
	char *path, *tmp; /* final name; temporary one, NULL for stdout */
};

/* Begin a file; "-" is stdout. Missing folders are made. */
int file_begin(struct file_out *o, const char *path, struct err *e);
/* Flush, fsync, rename. After a failure nothing is left and path is as it
 * was. o is released either way. */
int file_commit(struct file_out *o, struct err *e);
/* The same without waiting for the disk, for one of very many files that can
 * be made again. */
int file_finish(struct file_out *o, struct err *e);
/* Such a file, of n bytes. */
int file_put(const char *path, const void *p, size_t n, struct err *e);
/* Throw away what was written. */
void file_abort(struct file_out *o);

/* A whole file, or all that a pipe gives, of at most max bytes into an arena,
 * a 0 after it. */
char *file_read(const char *path, size_t max, struct arena *a, size_t *n,
	struct err *e);

/* A file, "-" for standard input, that can be read again and anywhere: what
 * comes through a pipe is copied into a temporary file, which is gone when it
 * is closed. NULL after an error. */
FILE *file_open_again(const char *path, struct err *e);

/* mkdir -p; an existing folder is fine. */
int file_mkdirs(const char *path, struct err *e);
/* root/path, or path itself when it is absolute or root is NULL or empty. */
char *file_join(struct arena *a, const char *root, const char *path);
/* The part after the last slash. */
const char *file_base(const char *path);

#endif
