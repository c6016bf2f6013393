#include "app/picture_list.h"
#include "cli/filter.h"

struct list {
	struct gallery *g;
	const char *root;
};

static int add_record(struct cli *c, const struct lines *in, struct arena *a,
	void *to, struct err *e)
{
	struct list *l = to;

	(void)a;
	if (gallery_add_line(
		    l->g, l->root, in->line, in->n, in->name, in->number, e))
		return filter_skip(c, in, e);
	return 0;
}

/* Folders and pictures first, then what records name. */
int picture_list(
	struct cli *c, const char *root, struct gallery *g, struct err *e)
{
	struct list l = {g, root};
	int lists = 0;

	for (int i = 0; i < c->argc; i++) {
		int got = gallery_add_operand(g, c->argv[i], e);

		if (got < 0)
			return -1;
		if (!got)
			c->argv[lists++] = c->argv[i];
	}
	if (c->argc && !lists)
		return 0;
	c->argc = lists;
	return filter_lines(c, add_record, &l, e);
}
