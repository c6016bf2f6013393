#define _XOPEN_SOURCE 700
#include "cli/group.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tap.h"

/* What happened, a letter an event: "ab|" for a and b worked on together,
 * "A" and "B" for their being given. */
static char events[64];
static char last; /* when it is given, the input ends */
static int in_pipe[2];

static void event(char c)
{
	size_t n = strlen(events);

	if (n + 1 < sizeof events)
		events[n] = c;
}

static int take(struct parallel_line *l, void *to)
{
	(void)to;
	*(char *)l->own = *l->in.line;
	if (*l->in.line == '?')
		return err_set(&l->why, ERR_DATA, "odd");
	return 0;
}

static void work(struct parallel_line *const *lines, int n, void *to)
{
	(void)to;
	for (int i = 0; i < n; i++) {
		char c = *(char *)lines[i]->own;

		event(c);
		if (c == 'x')
			lines[i]->bad = err_set(
				&lines[i]->why, ERR_NOINPUT, "not there");
	}
	event('|');
}

static int give(struct cli *c, struct parallel_line *l, void *to, struct err *e)
{
	char own = *(char *)l->own;

	(void)c;
	(void)to;
	event((char)(own - 'a' + 'A'));
	if (own == last)
		close(in_pipe[1]);
	return own == 'z' ? err_set(e, ERR_IO, "full") : 0;
}

static const struct cli_prog prog = {.name = "group_test"};
static const struct group_steps steps = {1, take, work, give};

/* Feed the lines, whose end comes when `until` is given; 0: at once. */
static int feed(
	const char *lines, char until, int most, struct cli *c, struct err *e)
{
	memset(events, 0, sizeof events);
	*c = (struct cli){.prog = &prog, .strict = c->strict};
	last = until;
	if (pipe(in_pipe) || dup2(in_pipe[0], STDIN_FILENO) < 0 ||
		write(in_pipe[1], lines, strlen(lines)) < 0)
		exit(1);
	close(in_pipe[0]);
	if (!until)
		close(in_pipe[1]);
	return group_lines(c, most, &steps, NULL, e);
}

int main(void)
{
	char nowhere[] = "/nowhere/at/all", dash[] = "-";
	char *argv[] = {dash, nowhere, dash};
	struct cli c = {0};
	struct err e = {0};

	/* What is rejected is told on stderr, which is not looked at here. */
	if (!freopen("/dev/null", "w", stderr))
		exit(1);
	is_int(feed("a\nb\nc\nd\ne\n", 0, 2, &c, &e), 0, "five lines");
	is_str(events, "ab|ABcd|CDe|E", "two by two, and the rest");
	feed("a\nb\nc\n", 'c', 2, &c, &e);
	is_str(events, "ab|ABc|C", "nothing waits for what is not there");
	feed("a\n?\nb\nx\nc\n", 0, 8, &c, &e);
	is_str(events, "abxc|ABC", "what is bad leaves the order");
	is_int(c.rejected, 2, "and is rejected");
	feed("?\n?\n", 0, 2, &c, &e);
	is_str(events, "", "nothing to work on");
	is_int(feed("a\nz\nc\n", 0, 3, &c, &e), -1, "an output that fails");
	is_str(events, "azc|AZ", "ends it");
	c.strict = true;
	is_int(feed("a\n?\nc\n", 0, 3, &c, &e), -1, "a strict one");
	is_str(events, "ac|A", "ends at the first that is bad");

	c = (struct cli){.prog = &prog, .argc = 3, .argv = argv};
	memset(events, 0, sizeof events);
	if (pipe(in_pipe) || dup2(in_pipe[0], STDIN_FILENO) < 0 ||
		write(in_pipe[1], "a\n", 2) < 0)
		exit(1);
	close(in_pipe[1]);
	is_int(group_lines(&c, 8, &steps, NULL, &e), -1, "a missing file");
	is_int(e.code, ERR_NOINPUT, "is told");
	is_str(events, "a|A", "after what came before it");
	return done();
}
