/*
 * What every program shares: options, help, messages, exit status, stdout
 * that is checked when it is closed, and signals.
 *
 *	static int run(struct cli *c, struct err *e) { ... return 0; }
 *	int main(int argc, char **argv)
 *	{
 *		static const struct cli_prog prog = {
 *			.name = "bbcrop", .args = "[FILE...]",
 *			.about = "cut boxes out of pictures",
 *			.options = opts, .run = run,
 *		};
 *		return cli_main(&prog, argc, argv);
 *	}
 *
 * Records go to stdout, words to stderr as "prog: words". Nothing reads $HOME
 * or the environment, but for the cache of app/fetch.h and what mpirun says.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include "base/err.h"
#include "cli/opt.h"

struct cli {
	const struct cli_prog *prog;
	int argc; /* operands */
	char **argv;
	bool quiet, verbose, strict;
	int rank;      /* of processes that do one work together, from 0; those
			* after the first put it behind their name */
	bool mute;     /* another of them says it: no warnings either */
	long rejected; /* records that were reported and skipped */
};

struct cli_prog {
	const char *name, *args, *about;
	const struct opt *options;
	bool records; /* reads records: has --strict */
	/* Returns 0, or -1 with the reason in e. */
	int (*run)(struct cli *c, struct err *e);
};

int cli_main(const struct cli_prog *prog, int argc, char **argv);

/* "prog: ..." on stderr, whatever -q says. */
void cli_warn(const struct cli *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The same, but silent under -q. */
void cli_note(const struct cli *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * One bad record: say what e holds and count it. Returns 0 to go on, -1 under
 * --strict, when the program ends with e's status.
 */
int cli_reject(struct cli *c, const struct err *e);

/* The end of a record on stdout: flushed, so that a pipeline streams.
 * -1 when stdout can't be written. */
int cli_flush(struct err *e);

/*
 * Signals. After cli_catch, the first SIGINT or SIGTERM only sets a flag (the
 * second ends the process at once), and SIGUSR1 sets another that reading
 * clears. cli_main ends a caught program by the same signal, so that the
 * shell sees the truth.
 */
void cli_catch(void);
bool cli_stopped(void);
bool cli_checkpoint_asked(void);
/* Which signal stopped it; 0: none. */
int cli_signal(void);
/* As if that signal had come here, which another process got. */
void cli_stop(int signal);

#endif
