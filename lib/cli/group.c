#include "cli/group.h"
#include "base/mem.h"

/* Read a line into l. Returns 0 at the end of all input; -1 when no line can
 * follow it, because this one is an input that cannot be read. */
static int read(struct parallel_line *l, struct lines *in,
	const struct group_steps *steps, void *to)
{
	int got = lines_next(in, &l->why);

	if (got == 0)
		return 0;
	arena_reset(&l->arena);
	l->in = *in;
	l->bad = got < 0;
	if (got < 0) {
		l->in.line = NULL; /* the message names the place */
		return l->why.code == ERR_DATA ? 1 : -1;
	}
	l->in.line = arena_dupn(&l->arena, in->line, in->n);
	l->own = arena_zero(&l->arena, 1, steps->own);
	l->bad = steps->take(l, to);
	return 1;
}

/* Work on n lines, then give them. ready has room for n. */
static int finish(struct cli *c, struct parallel_line *line, int n,
	struct parallel_line **ready, const struct group_steps *steps, void *to,
	struct err *e)
{
	int m = 0, bad = 0;

	for (int i = 0; i < n; i++)
		if (!line[i].bad)
			ready[m++] = &line[i];
	if (m)
		steps->work(ready, m, to);
	for (int i = 0; i < n && !bad; i++)
		bad = line[i].bad ? parallel_reject(c, &line[i], e)
				  : steps->give(c, &line[i], to, e);
	return bad;
}

int group_lines(struct cli *c, int most, const struct group_steps *steps,
	void *to, struct err *e)
{
	struct parallel_line *line = mem_alloc((size_t)most, sizeof *line);
	struct parallel_line **ready =
		mem_alloc((size_t)most, sizeof(struct parallel_line *));
	struct lines in;
	int n = 0, got = 1, bad = 0;

	lines_open(&in, c->argc, c->argv);
	while (!bad && got > 0) {
		got = read(&line[n], &in, steps, to);
		n += got != 0;
		if (n == most || got <= 0 || lines_waits(&in)) {
			bad = finish(c, line, n, ready, steps, to, e);
			n = 0;
		}
	}
	lines_close(&in);
	for (int i = 0; i < most; i++)
		arena_release(&line[i].arena);
	mem_free(line);
	mem_free(ready);
	return bad;
}
