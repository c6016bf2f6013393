#include "cli/lines.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { PART = 1 << 16 }; /* bytes that are read at a time */

static char stdin_name[] = "-";
static char *only_stdin[] = {stdin_name};

void lines_open(struct lines *in, int argc, char **argv)
{
	*in = (struct lines){.argc = argc, .argv = argv};
	if (argc == 0) {
		in->argc = 1;
		in->argv = only_stdin;
	}
	in->part = mem_alloc(PART, 1);
	buf_init(&in->buf, LINES_MAX);
}

static int open_next(struct lines *in, struct err *e)
{
	in->name = in->argv[in->next++];
	in->number = 0;
	in->at = in->have = 0;
	if (!strcmp(in->name, "-")) {
		in->name = "standard input";
		in->fd = STDIN_FILENO;
	} else {
		in->fd = open(in->name, O_RDONLY | O_CLOEXEC);
	}
	if (in->fd < 0)
		return err_set(e, ERR_NOINPUT, "cannot open '%s': %s", in->name,
			strerror(errno));
	in->open = true;
	return 0;
}

static void close_this(struct lines *in)
{
	if (in->open && in->fd != STDIN_FILENO)
		close(in->fd);
	in->open = false;
}

/* More bytes into in->part. 0 at the end, -1: error. */
static ssize_t fill(struct lines *in)
{
	ssize_t n;

	do
		n = read(in->fd, in->part, PART);
	while (n < 0 && errno == EINTR);
	in->at = 0;
	in->have = n > 0 ? (size_t)n : 0;
	return n;
}

/* Read up to a newline into in->buf. 1: a line, 0: end of file, -1: the line
 * is of no use, -2: nor is the rest of the file. */
static int read_line(struct lines *in, struct err *e)
{
	const char *end = NULL;
	ssize_t n = 1;

	buf_clear(&in->buf);
	while (!end && (in->at < in->have || (n = fill(in)) > 0)) {
		const char *from = in->part + in->at;
		size_t left = in->have - in->at, take = left;

		end = memchr(from, '\n', left);
		if (end)
			take = (size_t)(end - from);
		buf_add(&in->buf, from, take);
		in->at += take + (end != NULL);
	}
	if (n < 0) {
		err_set(e, ERR_IO, "cannot read '%s': %s", in->name,
			strerror(errno));
		return -2;
	}
	if (!end && in->buf.n == 0)
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

		if (!in->open) {
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
		if (got == -1)
			return -1;
		close_this(in);
		if (got < 0)
			return -1;
	}
}

bool lines_waits(const struct lines *in)
{
	struct pollfd p = {.fd = in->fd, .events = POLLIN};

	return in->open &&
	       !memchr(in->part + in->at, '\n', in->have - in->at) &&
	       poll(&p, 1, 0) == 0;
}

void lines_close(struct lines *in)
{
	close_this(in);
	mem_free(in->part);
	buf_release(&in->buf);
}
