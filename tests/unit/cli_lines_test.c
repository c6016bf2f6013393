#define _XOPEN_SOURCE 700
#include "cli/lines.h"

#include <stdlib.h>
#include <unistd.h>
#include "tap.h"

static char paths[4][32];
static struct err e;

/* The i-th temporary file, with these bytes. */
static char *file(int i, const char *bytes, size_t n)
{
	FILE *f;

	if (*paths[i])
		unlink(paths[i]);
	snprintf(paths[i], sizeof paths[i], "/tmp/lines_test.XXXXXX");
	f = fdopen(mkstemp(paths[i]), "w");
	fwrite(bytes, 1, n, f);
	fclose(f);
	return paths[i];
}

#define FILE_OF(i, text) file(i, text, sizeof text - 1)

static int next(struct lines *in)
{
	e = (struct err){0};
	return lines_next(in, &e);
}

static void is_line(struct lines *in, const char *text, long number)
{
	ok(next(in) == 1 && !strcmp(in->line, text) && in->n == strlen(text) &&
			in->number == number,
		"line %ld is '%s'", number, text);
}

static void test_files(void)
{
	char nowhere[] = "/nowhere/at/all", folder[] = "/tmp";
	char *argv[] = {FILE_OF(0, "one\n\nthree"), nowhere, FILE_OF(1, ""),
		folder, FILE_OF(2, "four\r\n")};
	struct lines in;

	lines_open(&in, 5, argv);
	is_line(&in, "one", 1);
	is_str(in.name, argv[0], "its file is known");
	is_line(&in, "", 2);
	is_line(&in, "three", 3);
	is_int(next(&in), -1, "a missing file");
	is_int(e.code, ERR_NOINPUT, "is an error");
	is_str(e.msg,
		"cannot open '/nowhere/at/all': No such file or directory",
		"that says which");
	is_int(next(&in), -1, "a folder");
	is_int(e.code, ERR_IO, "is another, and an empty file none");
	is_line(&in, "four\r", 1);
	is_int(next(&in), 0, "the end");
	is_int(next(&in), 0, "stays the end");
	lines_close(&in);
}

static void test_bad_lines(void)
{
	char *argv[] = {FILE_OF(0, "a\nb\0c\nd\n")};
	struct lines in;

	lines_open(&in, 1, argv);
	is_line(&in, "a", 1);
	is_int(next(&in), -1, "a NUL in a line");
	is_int(e.code, ERR_DATA, "is bad data");
	ok(strstr(e.msg, ":2: NUL byte"), "with its place: %s", e.msg);
	is_line(&in, "d", 3);
	is_int(next(&in), 0, "the end");
	lines_close(&in);
}

/* The longest line fits; one byte more is skipped, and what follows is read. */
static void test_long(void)
{
	size_t n = 2 * (size_t)LINES_MAX + 5;
	char *big = malloc(n), *argv[1];
	struct lines in;

	memset(big, 'x', n);
	big[LINES_MAX] = '\n';
	big[n - 3] = '\n';
	big[n - 2] = 'y';
	big[n - 1] = '\n';
	argv[0] = file(0, big, n);
	lines_open(&in, 1, argv);
	ok(next(&in) == 1 && in.n == LINES_MAX, "a line of the largest size");
	is_int(next(&in), -1, "a larger one");
	is_int(e.code, ERR_DATA, "is bad data");
	is_line(&in, "y", 3);
	ok(in.buf.cap <= 2 * (size_t)LINES_MAX, "memory has a limit");
	lines_close(&in);
	free(big);
}

static void test_stdin(void)
{
	char dash[] = "-", *argv[] = {FILE_OF(0, "file\n"), dash, dash};
	struct lines in;

	if (!freopen(FILE_OF(1, "in\n"), "r", stdin))
		exit(1);
	lines_open(&in, 3, argv);
	is_line(&in, "file", 1);
	is_line(&in, "in", 1);
	is_str(in.name, "standard input", "- is standard input");
	is_int(next(&in), 0, "which ends once");
	lines_close(&in);

	rewind(stdin);
	lines_open(&in, 0, NULL);
	is_line(&in, "in", 1);
	lines_close(&in);

	close(STDIN_FILENO);
	lines_open(&in, 0, NULL);
	is_int(next(&in), -1, "a closed standard input");
	is_int(e.code, ERR_IO, "is an error");
	is_int(next(&in), 0, "and the end");
	lines_close(&in);
}

int main(void)
{
	test_files();
	test_bad_lines();
	test_long();
	test_stdin();
	for (int i = 0; i < 3; i++)
		unlink(paths[i]);
	return done();
}
