#include "cli/cli.h"
#include "cli/lines.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tap.h"

/*
 * A program that copies lines, rejects those that begin with '!', fails for
 * good at '?', and at '*' is sent SIGTERM, after which it stops.
 */
static bool flag;

static int copy(struct cli *c, struct err *e)
{
	struct lines in;
	int got = 0, bad = 0;

	cli_catch();
	cli_note(c, "begun");
	lines_open(&in, c->argc, c->argv);
	while (!bad && !cli_stopped() && (got = lines_next(&in, e)) != 0) {
		if (got < 0) {
			bad = cli_reject(c, e);
		} else if (*in.line == '!') {
			err_set(e, ERR_DATA, "%s:%ld: rejected", in.name,
				in.number);
			bad = cli_reject(c, e);
		} else if (*in.line == '?') {
			bad = err_set(e, ERR_UNAVAILABLE, "no device");
		} else if (*in.line == '*') {
			raise(SIGTERM);
		} else {
			puts(in.line);
			bad = cli_flush(e);
		}
	}
	lines_close(&in);
	return bad;
}

static const struct opt opts[] = {
	OPT_FLAG('f', "flag", &flag, "a flag"),
	{0},
};
static const struct cli_prog prog = {.name = "copy",
	.args = "[FILE...]",
	.about = "copy lines",
	.options = opts,
	.records = true,
	.run = copy};

static char out[4000], words[4000]; /* what it wrote to 1 and 2 */

static void slurp(FILE *f, char text[4000])
{
	rewind(f);
	text[fread(text, 1, 3999, f)] = 0;
	fclose(f);
}

enum { CLOSED = -1, FULL = -2, NORMAL = 0 };

/* How `copy arg1 arg2` ends when it reads input; what it wrote is in out and
 * words. how: what its standard output is. */
static int run(const char *arg1, const char *arg2, const char *input, int how)
{
	FILE *in = tmpfile(), *o = tmpfile(), *w = tmpfile();
	char name[] = "copy", a[64], b[64];
	char *argv[] = {name, a, b, NULL};
	int argc = 1 + (arg1 != NULL) + (arg2 != NULL), status;
	pid_t child;

	snprintf(a, sizeof a, "%s", arg1 ? arg1 : "");
	snprintf(b, sizeof b, "%s", arg2 ? arg2 : "");
	if (input)
		fputs(input, in);
	rewind(in);
	fflush(NULL);
	child = fork();
	if (!child) {
		dup2(fileno(in), STDIN_FILENO);
		dup2(fileno(w), STDERR_FILENO);
		dup2(how == FULL ? open("/dev/full", O_WRONLY) : fileno(o),
			STDOUT_FILENO);
		if (how == CLOSED)
			close(STDOUT_FILENO);
		if (!input)
			close(STDIN_FILENO);
		exit(cli_main(&prog, argc, argv));
	}
	waitpid(child, &status, 0);
	fclose(in);
	slurp(o, out);
	slurp(w, words);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

static void test_status(void)
{
	is_int(run(NULL, NULL, "a\nb\n", NORMAL), 0, "done");
	is_str(out, "a\nb\n", "records go to standard output");
	is_str(words, "copy: begun\n", "words to standard error");
	is_int(run("-q", NULL, "a\n", NORMAL), 0, "quiet");
	is_str(words, "", "without words");
	is_int(run("-q", NULL, "a\n!\nb\n", NORMAL), 1, "a record rejected");
	is_str(out, "a\nb\n", "the others are done");
	is_str(words, "copy: standard input:2: rejected\n", "it is reported");
	is_int(run("-q", "--strict", "a\n!\nb\n", NORMAL), 65, "strictly");
	is_str(out, "a\n", "it is the last");
	is_str(words, "copy: standard input:2: rejected\n", "reported once");
	is_int(run("-q", NULL, "?\n", NORMAL), 69, "a failure's own status");
	is_str(words, "copy: no device\n", "and its message");
	is_int(run("-q", "/nowhere", "", NORMAL), 1, "a missing file");
	is_int(run("--wrong", NULL, "", NORMAL), 64, "usage");
	is_str(words, "copy: unknown option '--wrong' (see copy --help)\n",
		"with a hint");
	is_int(run("-q", NULL, "a\n*\nb\n", NORMAL), 128 + SIGTERM,
		"a signal shows in the status");
	is_str(out, "a\n", "after what was begun is finished");
}

static void test_streams(void)
{
	is_int(run("-q", NULL, "a\n", FULL), 74, "a full disk");
	ok(strstr(words, "copy: cannot write standard output: No space"),
		"is reported: %s", words);
	is_int(run("-h", NULL, "", FULL), 74, "also by --help");
	is_int(run("-q", NULL, "a\n", CLOSED), 74, "standard output closed");
	is_str(out, "", "nothing is written anywhere");
	is_int(run("-q", NULL, "", CLOSED), 0, "which nobody minds unused");
	is_int(run("-q", NULL, NULL, NORMAL), 1, "standard input closed");
	is_str(words,
		"copy: cannot read 'standard input': Bad file descriptor\n",
		"is reported");
}

static void test_help(void)
{
	is_int(run("-h", NULL, "", NORMAL), 0, "--help");
	ok(strstr(out, "usage: copy [options] [FILE...]\ncopy lines\n"),
		"usage");
	ok(strstr(out, "-f, --flag ") && strstr(out, "    --strict ") &&
			strstr(out, "-q, --quiet "),
		"own and common options");
	is_int(run("--help=table", NULL, "", NORMAL), 0, "--help=table");
	ok(!strncmp(out, "f\tflag\t-\ta flag\n-\tstrict\t-\t", 25),
		"the same for programs");
	is_int(run("-V", NULL, "", NORMAL), 0, "--version");
	is_str(out, "copy " VERSION " " BACKENDS "\n",
		"name, version, backends");
}

int main(void)
{
	test_status();
	test_streams();
	test_help();
	return done();
}
