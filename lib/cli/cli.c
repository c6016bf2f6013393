#define _DEFAULT_SOURCE
#include "cli/cli.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t stop_signal, usr1_seen;

static void on_stop(int sig)
{
	if (stop_signal) {
		signal(sig, SIG_DFL);
		raise(sig);
	}
	stop_signal = sig;
}

static void on_usr1(int sig)
{
	(void)sig;
	usr1_seen = 1;
}

void cli_catch(void)
{
	struct sigaction sa = {.sa_handler = on_stop, .sa_flags = SA_RESTART};

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sa.sa_handler = on_usr1;
	sigaction(SIGUSR1, &sa, NULL);
}

bool cli_stopped(void)
{
	return stop_signal != 0;
}

int cli_signal(void)
{
	return stop_signal;
}

void cli_stop(int sig)
{
	stop_signal = sig;
}

bool cli_checkpoint_asked(void)
{
	bool seen = usr1_seen;

	usr1_seen = 0;
	return seen;
}

static void say(const struct cli *c, const char *fmt, va_list ap)
{
	char line[1024], rank[16] = "";

	vsnprintf(line, sizeof line, fmt, ap);
	/* Names of files may hold newlines, and what makes terminals do
	 * things. */
	for (char *s = line; *s; s++)
		if (iscntrl((unsigned char)*s))
			*s = '?';
	if (c->rank)
		snprintf(rank, sizeof rank, "[%d]", c->rank);
	fprintf(stderr, "%s%s: %s\n", c->prog->name, rank, line);
}

void cli_warn(const struct cli *c, const char *fmt, ...)
{
	va_list ap;

	if (c->mute)
		return;
	va_start(ap, fmt);
	say(c, fmt, ap);
	va_end(ap);
}

void cli_note(const struct cli *c, const char *fmt, ...)
{
	va_list ap;

	if (c->quiet || c->mute)
		return;
	va_start(ap, fmt);
	say(c, fmt, ap);
	va_end(ap);
}

int cli_reject(struct cli *c, const struct err *e)
{
	if (c->strict)
		return -1; /* cli_main says it */
	cli_warn(c, "%s", e->msg);
	c->rejected++;
	return 0;
}

int cli_flush(struct err *e)
{
	if (fflush(stdout) || ferror(stdout))
		return err_set(e, ERR_IO, "cannot write standard output: %s",
			strerror(errno));
	return 0;
}

static void print_help(
	const struct cli_prog *prog, const struct opt *const tables[], FILE *f)
{
	fprintf(f, "usage: %s [options] %s\n%s\n\n", prog->name, prog->args,
		prog->about);
	for (int t = 0; tables[t]; t++)
		opt_help(tables[t], f);
}

/* fclose is where a full disk is noticed. */
static int close_stdout(const struct cli *c, int status)
{
	bool bad = ferror(stdout) || fflush(stdout);

	if (fclose(stdout) || bad) {
		if (status == ERR_NONE || status == ERR_REJECTED) {
			cli_warn(c, "cannot write standard output: %s",
				strerror(errno));
			return ERR_IO;
		}
	}
	return status;
}

/*
 * A program started with a standard stream closed (prog >&-) would give its
 * number to the next file that it opens, and write records into it. Keep the
 * place with something that fails when used.
 */
static void guard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)!open("/dev/null",
				fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int cli_main(const struct cli_prog *prog, int argc, char **argv)
{
	static const struct opt none[] = {{0}};
	struct cli c = {.prog = prog};
	struct err e = {0};
	bool help = false, version = false;
	const struct opt common[] = {
		OPT_FLAG('q', "quiet", &c.quiet, "no progress, no notes"),
		OPT_FLAG('v', "verbose", &c.verbose, "say more"),
		OPT_FLAG('h', "help", &help, "this text"),
		OPT_FLAG('V', "version", &version, "version and backends"),
		{0}};
	const struct opt strict[] = {OPT_FLAG(0, "strict", &c.strict,
					     "stop at the first bad record"),
		{0}};
	const struct opt *const tables[] = {
		prog->options, prog->records ? strict : none, common, NULL};
	int status;

	guard_streams();
	if (argc > 1 && !strcmp(argv[1], "--help=table")) {
		for (int t = 0; tables[t]; t++)
			opt_table(tables[t], stdout);
		return close_stdout(&c, 0);
	}
	c.argc = opt_parse(tables, argc, argv, &e);
	c.argv = argv;
	if (c.argc < 0) {
		cli_warn(&c, "%s (see %s --help)", e.msg, prog->name);
		return ERR_USAGE;
	}
	if (help || version) {
		if (help)
			print_help(prog, tables, stdout);
		else
			printf("%s %s %s\n", prog->name, VERSION, BACKENDS);
		return close_stdout(&c, 0);
	}
	if (prog->run(&c, &e)) {
		BUG_ON(e.code == ERR_NONE);
		status = (int)e.code;
		cli_warn(&c, "%s", e.msg);
	} else {
		status = c.rejected ? ERR_REJECTED : ERR_NONE;
	}
	status = close_stdout(&c, status);
	if (stop_signal) {
		signal(stop_signal, SIG_DFL);
		raise(stop_signal);
	}
	return status;
}
