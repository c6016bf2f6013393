/* coco2jsonl: a COCO file as records, one an image. */
#include "base/arena.h"
#include "cli/cli.h"
#include "data/coco_records.h"

static int run(struct cli *c, struct err *e)
{
	struct arena file = {0}, line = {0};
	struct coco coco;
	struct record r;
	int bad;

	if (c->argc > 1)
		return err_set(e, ERR_USAGE, "one file at most");
	bad = coco_read(
		&coco, c->argc ? c->argv[0] : "-", COCO_NEED_FILES, &file, e);
	for (int i = 0; !bad && i < coco.nimages; i++) {
		arena_reset(&line);
		coco_to_record(&r, &coco, i, &line);
		bad = record_write(&r, stdout, e) || cli_flush(e);
	}
	arena_release(&line);
	arena_release(&file);
	return bad ? -1 : 0;
}

int main(int argc, char **argv)
{
	static const struct opt opts[] = {{0}};
	static const struct cli_prog prog = {
		.name = "coco2jsonl",
		.args = "[FILE]",
		.about = "print a COCO file as records, one an image",
		.options = opts,
		.run = run,
	};

	return cli_main(&prog, argc, argv);
}
