/*
 * The lines of the files on a command line, or of stdin where there is none
 * ("-" is stdin too), one after the other, as if they were one file.
 *
 *	struct lines in;
 *	lines_open(&in, c->argc, c->argv);
 *	while ((got = lines_next(&in, &e)) > 0)
 *		use(in.line, in.n);	// at in.name, line in.number
 *	lines_close(&in);
 */
#ifndef CLI_LINES_H
#define CLI_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "base/err.h"

enum { LINES_MAX = 16 << 20 }; /* bytes in a line */

struct lines {
	char *line; /* without its newline, 0-terminated */
	size_t n;
	const char *name; /* of the file it came from */
	long number;      /* of the line in that file, from 1 */

	int argc, next;
	char **argv;
	int fd;
	bool open;
	char *part; /* of the file: its bytes at..have-1 are to come */
	size_t at, have;
	struct buf buf;
};

void lines_open(struct lines *in, int argc, char **argv);
/*
 * 1 with a line; 0 at the end of all; -1 with an error: ERR_NOINPUT and
 * ERR_IO end the reading of that file, ERR_DATA skips one line (too long, or
 * a NUL in it). Either way the next call goes on.
 */
int lines_next(struct lines *in, struct err *e);
/* Whether the next line is not there yet, so that lines_next would wait. */
bool lines_waits(const struct lines *in);
void lines_close(struct lines *in);

#endif
