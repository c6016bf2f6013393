#include "cli/filter.h"

int filter_skip(struct cli *c, const struct lines *in, struct err *e)
{
	/* Bad data, or a picture that isn't there, are one line's trouble. */
	if (e->code != ERR_DATA && e->code != ERR_NOINPUT)
		return -1;
	err_wrap(e, "%s:%ld", in->name, in->number);
	return cli_reject(c, e);
}

int filter_lines(struct cli *c,
	int (*use)(struct cli *c, const struct lines *in, struct arena *a,
		void *to, struct err *e),
	void *to, struct err *e)
{
	struct arena a = {0};
	struct lines in;
	int got, bad = 0;

	lines_open(&in, c->argc, c->argv);
	while (!bad && (got = lines_next(&in, e)) != 0) {
		if (got > 0)
			bad = use(c, &in, &a, to, e);
		else
			bad = e->code == ERR_DATA ? cli_reject(c, e) : -1;
		arena_reset(&a);
	}
	lines_close(&in);
	arena_release(&a);
	return bad;
}
