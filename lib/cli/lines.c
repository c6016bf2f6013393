#define _DEFAULT_SOURCE
#include "cli/lines.h"

#include <errno.h>
#include <string.h>

static char stdin_name[] = "-";
static char *only_stdin[] = {stdin_name};

void lines_open(struct lines *in, int argc, char **argv)
{
	*in = (struct lines){.argc = argc, .argv = argv};
	if (argc == 0) {
		in->argc = 1;
		in->argv = only_stdin;
	}
	buf_init(&in->buf, LINES_MAX);
}

static int open_next(struct lines *in, struct err *e)
{
	in->name = in->argv[in->next++];
	in->number = 0;
	if (!strcmp(in->name, "-")) {
		in->name = "standard input";
		in->f = stdin;
		return 0;
	}
	in->f = fopen(in->name, "r");
	if (!in->f)
		return err_set(e, ERR_NOINPUT, "cannot open '%s': %s", in->name,
			strerror(errno));
	return 0;
}

static void close_this(struct lines *in)
{
	if (in->f && in->f != stdin)
		fclose(in->f);
	in->f = NULL;
}

/* Read up to a newline into in->buf. 1: a line, 0: end of file, -1: error */
static int read_line(struct lines *in, struct err *e)
{
	char part[4096];
	int c = 0;
	size_t n = 0;

	buf_clear(&in->buf);
	while ((c = getc_unlocked(in->f)) != EOF && c != '\n') {
		part[n++] = (char)c;
		if (n == sizeof part) {
			buf_add(&in->buf, part, n);
			n = 0;
		}
	}
	buf_add(&in->buf, part, n);
	if (ferror(in->f))
		return err_set(e, ERR_IO, "cannot read '%s': %s", in->name,
			strerror(errno));
	if (c == EOF && in->buf.n == 0)
		return 0;
	in->number++;
	if (in->buf.overflow)
		return err_set(e, ERR_DATA,
			"%s:%ld: line of more than %d "
			"bytes",
			in->name, in->number, LINES_MAX);
	if (in->buf.n && memchr(in->buf.p, 0, in->buf.n))
		return err_set(e, ERR_DATA, "%s:%ld: NUL byte in a line",
			in->name, in->number);
	return 1;
}

int lines_next(struct lines *in, struct err *e)
{
	for (;;) {
		int got;

		if (!in->f) {
			if (in->next == in->argc)
				return 0;
			if (open_next(in, e))
				return -1;
		}
		got = read_line(in, e);
		if (got > 0) {
			buf_add(&in->buf, "", 0);
			in->line = in->buf.p;
			in->n = in->buf.n;
			return 1;
		}
		if (got < 0 && !ferror(in->f))
			return -1;
		close_this(in);
		if (got < 0)
			return -1;
	}
}

void lines_close(struct lines *in)
{
	close_this(in);
	buf_release(&in->buf);
}
